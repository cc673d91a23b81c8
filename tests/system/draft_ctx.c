// SPDX-License-Identifier: GPL-2.0-only
/* zmq_ctx_set_ext() and zmq_ctx_get_ext(): options whose values have a length. */
#include <dlfcn.h>

#include "zapi.h"

#define THREAD_NAME_PREFIX 9
#define ZERO_COPY_RECV 10
#define TEXT "MyPrefix9012345"

static int (*set_ext)(void *ctx, int option, const void *val, size_t len);
static int (*get_ext)(void *ctx, int option, void *val, size_t *len);

static void find_functions(void)
{
	*(void **)&set_ext = dlsym(RTLD_DEFAULT, "zmq_ctx_set_ext");
	*(void **)&get_ext = dlsym(RTLD_DEFAULT, "zmq_ctx_get_ext");
	zt_check(set_ext && get_ext);
}

static int get_int(void *ctx, int option)
{
	size_t len = sizeof(int);
	int val = -99;

	zt_eq(get_ext(ctx, option, &val, &len), 0);
	zt_eq(len, sizeof(int));
	return val;
}

/* All that zmq_ctx_set() takes, and no more. */
static void ints(const void *arg)
{
	static const struct {
		int option, initial, valid, invalid;
	} options[] = {
		{ ZMQ_IO_THREADS, 1, 0, -1 },
		{ ZMQ_MAX_SOCKETS, 1023, 7, 0 },
		{ ZMQ_MAX_MSGSZ, 0x7fffffff, 5, -1 },
		{ ZMQ_THREAD_SCHED_POLICY, -1, 1, -1 },
		{ ZERO_COPY_RECV, 1, 0, -1 },
		{ ZMQ_IPV6, 0, 1, -1 },
		{ ZMQ_BLOCKY, 1, 0, -1 },
	};
	void *ctx = za_ctx();
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(options); i++) {
		int option = options[i].option;

		zt_eq(get_int(ctx, option), options[i].initial);
		zt_err(set_ext(ctx, option, &options[i].invalid, sizeof(int)), EINVAL);
		zt_eq(set_ext(ctx, option, &options[i].valid, sizeof(int)), 0);
		zt_eq(get_int(ctx, option), options[i].valid);
		zt_eq(zmq_ctx_get(ctx, option), options[i].valid);
	}
	zt_eq(get_int(ctx, ZMQ_SOCKET_LIMIT), 65535);
	zt_eq(get_int(ctx, ZMQ_MSG_T_SIZE), 64);
	za_term(ctx);
}

static void errors(const void *arg)
{
	void *ctx = za_ctx(), *gone = za_ctx();
	int val = 1, other[32] = { 0 };
	size_t len = sizeof(val);
	char text[64];

	(void)arg;
	za_term(gone);
	zt_err(set_ext(NULL, ZMQ_IPV6, &val, len), EFAULT);
	zt_err(set_ext(other, ZMQ_IPV6, &val, len), EFAULT);
	zt_err(set_ext(gone, ZMQ_IPV6, &val, len), EFAULT);
	zt_err(get_ext(NULL, ZMQ_IPV6, &val, &len), EFAULT);
	zt_err(get_ext(gone, ZMQ_IPV6, &val, &len), EFAULT);
	zt_err(set_ext(ctx, -1, &val, len), EINVAL);
	zt_err(get_ext(ctx, -1, &val, &len), EINVAL);
	zt_err(set_ext(ctx, ZMQ_IPV6, NULL, len), EINVAL);
	zt_err(set_ext(ctx, ZMQ_IPV6, &val, 1), EINVAL);
	zt_err(set_ext(ctx, ZMQ_IPV6, text, sizeof(text)), EINVAL);
	zt_err(set_ext(ctx, ZMQ_IPV6, &val, 0), EINVAL);
	zt_err(get_ext(ctx, ZMQ_IPV6, NULL, &len), EINVAL);
	zt_err(get_ext(ctx, ZMQ_IPV6, &val, NULL), EINVAL);
	len = 3;
	zt_err(get_ext(ctx, ZMQ_IPV6, &val, &len), EINVAL);
	len = sizeof(text);
	zt_err(get_ext(ctx, ZMQ_IPV6, text, &len), EINVAL);
	za_term(ctx);
}

static void want_prefix(void *ctx, const char *want)
{
	char text[64] = "";
	size_t len = sizeof(text);

	zt_eq(get_ext(ctx, THREAD_NAME_PREFIX, text, &len), 0);
	zt_eq(len, strlen(want) + 1);
	zt_check(!strcmp(text, want));
}

static void prefix(const void *arg)
{
	void *ctx = za_ctx();
	char text[64] = "";
	size_t len = sizeof(TEXT) - 1;

	(void)arg;
	want_prefix(ctx, "");
	zt_eq(zmq_ctx_get(ctx, THREAD_NAME_PREFIX), 0);
	zt_eq(set_ext(ctx, THREAD_NAME_PREFIX, TEXT, sizeof(TEXT)), 0);
	want_prefix(ctx, TEXT);
	/* It does not fit without its end. */
	zt_err(get_ext(ctx, THREAD_NAME_PREFIX, text, &len), EINVAL);
	zt_err(set_ext(ctx, THREAD_NAME_PREFIX, TEXT "x", sizeof(TEXT) + 1), EINVAL);
	zt_err(set_ext(ctx, THREAD_NAME_PREFIX, "", 0), EINVAL);
	want_prefix(ctx, TEXT);
	/* Without its end, and as short as an int is when read. */
	zt_eq(set_ext(ctx, THREAD_NAME_PREFIX, "abcdef", 3), 0);
	want_prefix(ctx, "abc");
	zt_eq(zmq_ctx_set(ctx, THREAD_NAME_PREFIX, 1234), 0);
	want_prefix(ctx, "1234");
	zt_eq(get_int(ctx, THREAD_NAME_PREFIX), 1234);
	zt_eq(zmq_ctx_get(ctx, THREAD_NAME_PREFIX), 1234);
	za_term(ctx);
}

static const struct zt_case cases[] = {
	{ "ints", ints },
	{ "errors", errors },
	{ "prefix", prefix },
};

int main(int argc, char **argv)
{
	zt_lib_check(ZT_SHIM);
	find_functions();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
