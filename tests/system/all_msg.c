// SPDX-License-Identifier: GPL-2.0-only
/* api_all: messages as objects and as buffers. */
#include <stdlib.h>
#include <sys/uio.h>

#include "all.h"

void all_message_objects(const void *arg)
{
	zmq_msg_t msg, other;

	(void)arg;
	zt_ok(zmq_msg_init(&msg));
	zt_eq(zmq_msg_size(&msg), 0);
	zt_eq(zmq_msg_more(&msg), 0);
	zt_eq(zmq_msg_get(&msg, ZMQ_MORE), 0);
	zt_err(zmq_msg_get(&msg, 4711), EINVAL);
	zt_err(zmq_msg_set(&msg, ZMQ_MORE, 1), EINVAL);
	zt_check(!zmq_msg_gets(&msg, "Socket-Type"));
	zt_eq(errno, EINVAL);

	/* Small and large content live in different places. */
	for (size_t size = 20; size <= 200000; size *= 100) {
		zt_ok(zmq_msg_init_size(&other, size));
		zt_eq(zmq_msg_size(&other), size);
		zt_fill(zmq_msg_data(&other), size, size);
		zt_ok(zmq_msg_move(&msg, &other));
		zt_eq(zmq_msg_size(&other), 0);
		zt_eq(zmq_msg_size(&msg), size);
		zt_check(zt_same(zmq_msg_data(&msg), size, size));
		zt_ok(zmq_msg_close(&other));
	}
	zt_ok(zmq_msg_close(&msg));
	zt_err(zmq_msg_close(&msg), EFAULT);
}

static void count_free(void *data, void *hint)
{
	free(data);
	__atomic_add_fetch((int *)hint, 1, __ATOMIC_SEQ_CST);
}

/* Copies share the content; it is given back once, with the last of them. */
void all_message_copies(const void *arg)
{
	zmq_msg_t msg, copy;
	char *data = strdup("somebody else's");
	int freed = 0;

	(void)arg;
	zt_ok(zmq_msg_init_data(&msg, data, strlen(data), count_free, &freed));
	zt_check(zmq_msg_data(&msg) == data);
	zt_eq(zmq_msg_get(&msg, ZMQ_SHARED), 0);
	zt_ok(zmq_msg_init(&copy));
	zt_ok(zmq_msg_copy(&copy, &msg));
	zt_check(zmq_msg_data(&copy) == data);
	zt_eq(zmq_msg_get(&copy, ZMQ_SHARED), 1);
	zt_ok(zmq_msg_close(&msg));
	zt_eq(freed, 0);
	zt_check(!memcmp(zmq_msg_data(&copy), "somebody else's", 15));
	zt_ok(zmq_msg_close(&copy));
	zt_eq(freed, 1);
}

static void fill_text(zmq_msg_t *msg, const char *text)
{
	zt_ok(zmq_msg_init_size(msg, strlen(text)));
	memcpy(zmq_msg_data(msg), text, strlen(text));
}

static void want_text(zmq_msg_t *msg, const char *text, int more)
{
	zt_eq(zmq_msg_size(msg), strlen(text));
	zt_check(!memcmp(zmq_msg_data(msg), text, strlen(text)));
	zt_eq(zmq_msg_more(msg), more);
	zt_eq(zmq_msg_get(msg, ZMQ_MORE), more);
}

/* Both names of sending and receiving a message, and what is known of a peer. */
void all_message_exchange(const void *arg)
{
	void *ctx = za_ctx(), *pull, *push;
	const char *type;
	zmq_msg_t msg;

	(void)arg;
	all_pipeline(ctx, &pull, &push);
	fill_text(&msg, "first");
	zt_eq(zmq_msg_send(&msg, push, ZMQ_SNDMORE), 5);
	zt_eq(zmq_msg_size(&msg), 0);
	zt_ok(zmq_msg_close(&msg));
	fill_text(&msg, "second part");
	zt_eq(zmq_sendmsg(push, &msg, 0), 11);

	zt_eq(zmq_msg_recv(&msg, pull, 0), 5);
	want_text(&msg, "first", 1);
	type = zmq_msg_gets(&msg, "Socket-Type");
	zt_check(type && !strcmp(type, "PUSH"));
	type = zmq_msg_gets(&msg, "Peer-Address");
	zt_check(type && !strcmp(type, "127.0.0.1"));
	zt_check(!zmq_msg_gets(&msg, "No-Such"));
	zt_eq(errno, EINVAL);
	zt_eq(zmq_recvmsg(pull, &msg, 0), 11);
	want_text(&msg, "second part", 0);
	zt_err(zmq_msg_recv(&msg, pull, ZMQ_DONTWAIT), EAGAIN);
	zt_err(zmq_recvmsg(push, &msg, 0), ENOTSUP);
	zt_ok(zmq_msg_close(&msg));
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

void all_buffers(const void *arg)
{
	static const char constant[] = "not copied, never changed";
	void *ctx = za_ctx(), *pull, *push;
	char buf[8];

	(void)arg;
	all_pipeline(ctx, &pull, &push);
	zt_eq(zmq_send(push, "head", 4, ZMQ_SNDMORE), 4);
	zt_eq(zmq_send_const(push, constant, sizeof(constant) - 1, 0),
	      sizeof(constant) - 1);
	zt_eq(zmq_send(push, NULL, 0, 0), 0);
	zt_eq(zmq_recv(pull, buf, sizeof(buf), 0), 4);
	zt_check(!memcmp(buf, "head", 4));
	zt_eq(za_get(pull, ZMQ_RCVMORE), 1);
	/* Cut, and told so: the length of all of it. */
	zt_eq(zmq_recv(pull, buf, sizeof(buf), 0), sizeof(constant) - 1);
	zt_check(!memcmp(buf, constant, sizeof(buf)));
	zt_eq(za_get(pull, ZMQ_RCVMORE), 0);
	zt_eq(zmq_recv(pull, buf, sizeof(buf), 0), 0);
	zt_err(zmq_recv(pull, buf, sizeof(buf), ZMQ_DONTWAIT), EAGAIN);
	zt_err(zmq_send(pull, "x", 1, 0), ENOTSUP);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

void all_iov(const void *arg)
{
	static const char *const text[] = { "one", "", "three and a bit" };
	void *ctx = za_ctx(), *pull, *push;
	struct iovec iov[5];
	size_t count = ZT_ARRAY(iov), i;

	(void)arg;
	all_pipeline(ctx, &pull, &push);
	for (i = 0; i < ZT_ARRAY(text); i++) {
		iov[i].iov_base = (void *)text[i];
		iov[i].iov_len = strlen(text[i]);
	}
	zt_eq(zmq_sendiov(push, iov, ZT_ARRAY(text), ZMQ_SNDMORE), 15);
	memset(iov, 0, sizeof(iov));
	zt_eq(zmq_recviov(pull, iov, &count, 0), ZT_ARRAY(text));
	zt_eq(count, ZT_ARRAY(text));
	for (i = 0; i < count; i++) {
		zt_eq(iov[i].iov_len, strlen(text[i]));
		zt_check(!memcmp(iov[i].iov_base, text[i], iov[i].iov_len));
		free(iov[i].iov_base);
	}
	zt_eq(za_get(pull, ZMQ_RCVMORE), 0);
	zt_err(zmq_sendiov(push, iov, 0, 0), EINVAL);
	count = 0;
	zt_err(zmq_recviov(pull, iov, &count, 0), EINVAL);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}
