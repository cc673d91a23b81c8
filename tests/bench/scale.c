// SPDX-License-Identifier: GPL-2.0-only
/* The frame of a scale program: arguments, memory, the line of results. */
#include "scale.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PAYLOAD		64
#define FILES		20000
#define VALUES_MAX	16
#define SETTLE_TRIES	50
#define SETTLE_NS	20000000
#define SETTLE_KIB	64

static struct {
	const char *name;
	double value;
} values[VALUES_MAX];

static unsigned int value_count;

/**
 * scale_value() - note a result
 * @name: what it is, in the unit that tests/bench/scale.py says
 * @value: the figure
 */
void scale_value(const char *name, double value)
{
	if (value_count == VALUES_MAX)
		bench_fail("too many values");
	values[value_count].name = name;
	values[value_count++].value = value;
}

static long field_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	if (!at)
		bench_fail("/proc has no %s", name);
	return strtol(at + strlen(name), NULL, 10);
}

static void read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (n < 0)
		bench_fail("%s: %s", path, strerror(errno));
	text[n] = '\0';
	close(fd);
}

static void read_once(struct scale_memory *m)
{
	char text[4096];

	read_file("/proc/meminfo", text, sizeof(text));
	m->system = field_of(text, "MemTotal:") - field_of(text, "MemFree:") -
		    field_of(text, "Buffers:") - field_of(text, "\nCached:");
	m->slab = field_of(text, "\nSlab:");
	read_file("/proc/self/status", text, sizeof(text));
	m->self = field_of(text, "VmRSS:");
}

/**
 * scale_memory_get() - memory in use, once that stands still
 * @m: the figures
 *
 * Caches are dropped before (by root only), as they would grow meanwhile.
 */
void scale_memory_get(struct scale_memory *m)
{
	const struct timespec nap = { .tv_nsec = SETTLE_NS };
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	struct scale_memory last;
	int i;

	if (fd >= 0) {
		if (write(fd, "3", 1) != 1)
			bench_fail("drop_caches: %s", strerror(errno));
		close(fd);
	}
	read_once(m);
	for (i = 0; i < SETTLE_TRIES; i++) {
		last = *m;
		nanosleep(&nap, NULL);
		read_once(m);
		if (labs(m->system - last.system) < SETTLE_KIB &&
		    labs(m->slab - last.slab) < SETTLE_KIB)
			return;
	}
	bench_fail("memory in use does not stand still");
}

/**
 * scale_memory_values() - note what each of many things has taken
 * @before: before there was the first of them
 * @count: how many there are now
 */
void scale_memory_values(const struct scale_memory *before, unsigned int count)
{
	struct scale_memory now;

	scale_memory_get(&now);
	scale_value("system_bytes", (now.system - before->system) * 1024.0 / count);
	scale_value("slab_bytes", (now.slab - before->slab) * 1024.0 / count);
	scale_value("process_bytes", (now.self - before->self) * 1024.0 / count);
}

/**
 * scale_main() - main() of a scale program
 * @argc: from main()
 * @argv: from main(): MODE PEERS COUNT
 * @modes: the program's measurements
 * @library: file of the library that is measured, for the record
 *
 * Prints "MODE PEERS COUNT NANOSECONDS LIBRARY NAME=VALUE...".
 *
 * Return: exit status.
 */
int scale_main(int argc, char **argv, const struct bench_mode *modes,
	       const char *library)
{
	struct rlimit files = { FILES, FILES };
	const struct bench_mode *mode;
	struct bench b = { .size = PAYLOAD };
	uint64_t elapsed;
	unsigned int i;

	mode = argc == 4 ? bench_mode_find(modes, argv[1]) : NULL;
	if (!mode)
		bench_fail("usage: MODE PEERS COUNT");
	b.peers = strtoul(argv[2], NULL, 10);
	b.count = strtoull(argv[3], NULL, 10);
	if (!b.peers || !b.count)
		bench_fail("PEERS and COUNT are at least 1");
	if (setrlimit(RLIMIT_NOFILE, &files))
		bench_fail("%d open files: %s", FILES, strerror(errno));
	elapsed = bench_pair(&b, mode);
	printf("%s %u %" PRIu64 " %" PRIu64 " %s", mode->name, b.peers, b.count,
	       elapsed, library);
	for (i = 0; i < value_count; i++)
		printf(" %s=%.3f", values[i].name, values[i].value);
	putchar('\n');
	return 0;
}
