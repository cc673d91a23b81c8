/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scale programs share: memory of the machine and of a process, and
 * crowds of peers that are plain TCP sockets, so that only one side of a
 * measurement is the library.
 */
#ifndef SCALE_H
#define SCALE_H

#include "bench.h"

/**
 * struct scale_memory - what is in use, in KiB
 * @system: all memory of the machine but free pages and page cache
 * @slab: of it, objects of the kernel
 * @self: resident pages of this process
 */
struct scale_memory {
	long system;
	long slab;
	long self;
};

int scale_main(int argc, char **argv, const struct bench_mode *modes,
	       const char *library);
void scale_value(const char *name, double value);
void scale_memory_get(struct scale_memory *m);
void scale_memory_values(const struct scale_memory *before, unsigned int count);

/**
 * struct crowd - connections made of bytes, to one listener
 * @fds: the sockets
 * @count: how many
 */
struct crowd {
	int *fds;
	unsigned int count;
};

/* Longest body of a frame that crowds send and receive: the short form. */
#define CROWD_BODY	255

void crowd_alloc(struct crowd *c, unsigned int count);
void crowd_connect(struct crowd *c, unsigned int i, int port, const char *type);
void crowd_send(struct crowd *c, unsigned int i, int flags, const void *body,
		size_t len);
size_t crowd_recv(struct crowd *c, unsigned int i, int *flags, void *body);
void crowd_write(struct crowd *c, unsigned int i, const void *bytes, size_t len);
void crowd_read(struct crowd *c, unsigned int i, void *bytes, size_t len);

#endif /* SCALE_H */
