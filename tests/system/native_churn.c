// SPDX-License-Identifier: GPL-2.0-only
/* A dump of 10,000 sockets while others come and go: each that stays is shown exactly once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_dump.h"

#define SOCKETS 10000
#define DUMPS 3
/* Sockets that churn() has open at a time. */
#define YOUNG 50

/**
 * struct churn - sockets that come and go
 * @made: how many came
 * @stop: no more, please
 */
struct churn {
	unsigned long made;
	bool stop;
};

/* In an order of its own: the oldest goes, or the newest, or one between. */
static void *churn(void *arg)
{
	struct churn *c = arg;
	unsigned int seed = 1;
	int fds[YOUNG], i;

	for (i = 0; i < YOUNG; i++)
		fds[i] = nz_socket(ZMQ_PULL);
	while (!__atomic_load_n(&c->stop, __ATOMIC_RELAXED)) {
		i = rand_r(&seed) % YOUNG;
		close(fds[i]);
		fds[i] = nz_socket(ZMQ_PULL);
		__atomic_add_fetch(&c->made, 1, __ATOMIC_RELAXED);
	}
	for (i = 0; i < YOUNG; i++)
		close(fds[i]);
	return NULL;
}

/**
 * struct seen - how often a dump has shown what
 * @times: by number of the socket, from @first on
 * @first: number of the first socket that stays
 * @count: how many numbers there are
 * @last: number in the last row: they come in order
 */
struct seen {
	unsigned char *times;
	uint64_t first;
	uint64_t count;
	uint64_t last;
};

static void see(const struct nlattr **attrs, void *arg)
{
	struct seen *s = arg;
	uint64_t id = znl_u64(attrs[ZMQ_A_SOCKET_ID]);

	zt_check(id > s->last);
	s->last = id;
	if (id >= s->first && id < s->first + s->count)
		s->times[id - s->first]++;
}

static uint64_t id_of(int nl, int fd)
{
	struct znl_sock row;

	zt_eq(znl_get_sock(nl, fd, &row), 0);
	return row.id;
}

/* Marks what stays: numbers that a PAIR has. */
static void mark(const struct nlattr **attrs, void *arg)
{
	struct seen *s = arg;
	uint64_t id = znl_u64(attrs[ZMQ_A_SOCKET_ID]);

	if (znl_u32(attrs[ZMQ_A_SOCKET_TYPE]) == ZMQ_PAIR && id >= s->first &&
	    id < s->first + s->count)
		s->times[id - s->first] = 1;
}

static void dump(int nl, znl_each_t each, struct seen *s)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_SOCKET_GET, NLM_F_DUMP);
	zt_eq(znl_ask(nl, &msg, each, s).err, 0);
}

/* A dump with something made between any two of its reads. */
static void dump_slowly(int nl, struct churn *c, struct seen *s)
{
	struct znl_answer answer;
	struct znl_msg msg;
	int reads = 0;

	znl_request(&msg, nl, ZMQ_CMD_SOCKET_GET, NLM_F_DUMP);
	znl_send(nl, &msg);
	while (znl_more(nl, see, s, &answer)) {
		unsigned long made = __atomic_load_n(&c->made, __ATOMIC_RELAXED);

		zt_until(__atomic_load_n(&c->made, __ATOMIC_RELAXED) != made, NZ_TIMEO);
		reads++;
	}
	zt_eq(answer.err, 0);
	zt_check(reads > 2);
}

TEST(exactly_once)
{
	struct rlimit limit = { SOCKETS + 1000, SOCKETS + 1000 };
	int n = zt_count(SOCKETS), nl = znl_socket(), *fds = calloc(n, sizeof(int)), i;
	struct churn c = {};
	pthread_t thread;
	struct seen stays = {}, s = {};

	if (setrlimit(RLIMIT_NOFILE, &limit))
		SKIP(return, "no right to open so many");
	zt_check(fds);
	zt_eq(pthread_create(&thread, NULL, churn, &c), 0);
	for (i = 0; i < n; i++)
		fds[i] = nz_socket(ZMQ_PAIR);
	stays.first = id_of(nl, fds[0]);
	stays.count = id_of(nl, fds[n - 1]) - stays.first + 1;
	/* The churn made some in between. */
	EXPECT_GT(stays.count, n);
	s = stays;
	stays.times = calloc(stays.count, 1);
	s.times = malloc(s.count);
	zt_check(stays.times && s.times);
	dump(nl, mark, &stays);
	for (i = 0; i < DUMPS; i++) {
		uint64_t k, found = 0;

		memset(s.times, 0, s.count);
		s.last = 0;
		dump_slowly(nl, &c, &s);
		for (k = 0; k < s.count; k++) {
			found += stays.times[k];
			zt_check(!stays.times[k] || s.times[k] == 1);
			zt_check(s.times[k] <= 1);
		}
		zt_eq(found, n);
	}
	__atomic_store_n(&c.stop, true, __ATOMIC_RELAXED);
	zt_eq(pthread_join(thread, NULL), 0);
	for (i = 0; i < n; i++)
		close(fds[i]);
	zt_eq(znl_socks(nl, NULL, 0), 0);
	free(stays.times);
	free(s.times);
	free(fds);
	close(nl);
}

/* The reader goes away in the middle, or begins another dump before it has read the first. */
TEST(given_up)
{
	int n = zt_count(1000), *fds = calloc(n, sizeof(int)), nl, i;
	struct znl_answer answer;
	struct seen s = {};
	struct znl_msg msg;

	zt_check(fds);
	for (i = 0; i < n; i++)
		fds[i] = nz_socket(ZMQ_PAIR);
	for (i = 0; i < 10; i++) {
		nl = znl_socket();
		znl_request(&msg, nl, ZMQ_CMD_PEER_GET - i % 3, NLM_F_DUMP);
		znl_send(nl, &msg);
		close(nl);
	}
	nl = znl_socket();
	znl_request(&msg, nl, ZMQ_CMD_SOCKET_GET, NLM_F_DUMP);
	znl_send(nl, &msg);
	zt_check(znl_more(nl, see, &s, &answer));
	znl_send(nl, &msg);
	while (znl_more(nl, see, &s, &answer))
		;
	EXPECT_EQ(EBUSY, answer.err);
	close(nl);
	for (i = 0; i < n; i++)
		close(fds[i]);
	free(fds);
}

TEST_HARNESS_MAIN
