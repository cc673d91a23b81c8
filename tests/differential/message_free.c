// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of the caller (zmq_msg_init_data()) are given back exactly once, whatever
 * becomes of the message; and iov calls, whose buffers are the caller's, too.
 */
#include <stdlib.h>
#include <sys/uio.h>

#include "diff.h"

static char data[5000] = "data";
static int freed, misled;

static void give_back(void *buf, void *hint)
{
	if (buf != data || hint != &freed)
		__atomic_add_fetch(&misled, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&freed, 1, __ATOMIC_SEQ_CST);
}

static int times(void)
{
	return __atomic_load_n(&freed, __ATOMIC_SEQ_CST);
}

static void make_another(zmq_msg_t *msg, size_t size)
{
	zt_ok(zmq_msg_init_data(msg, data, size, give_back, &freed));
}

static void make(zmq_msg_t *msg, size_t size)
{
	__atomic_store_n(&freed, 0, __ATOMIC_SEQ_CST);
	make_another(msg, size);
}

/* libzmq gives back in its own time, and so could do it twice. */
static void say_freed(const char *what)
{
	zt_until(times(), ZA_TIMEO);
	zd_settle();
	say("%s=%d%s", what, times(), misled ? "!" : "");
}

static void pipeline(void **push, void **pull)
{
	*push = zd_socket(ZMQ_PUSH);
	*pull = zd_socket(ZMQ_PULL);
	zd_link(*pull, *push);
}

/* Of any size: none is small enough to be kept in the message itself. */
static void by_close(void)
{
	static const size_t sizes[] = { 0, 1, 33, 34, sizeof(data) };
	zmq_msg_t msg;
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		make(&msg, sizes[i]);
		say("%d", times());
		zt_ok(zmq_msg_close(&msg));
		say_rc("again", zmq_msg_close(&msg));
		say_freed("close");
	}
}

static void by_send(void)
{
	static const size_t sizes[][2] = { { 0, 1 }, { 34, sizeof(data) } };
	void *push, *pull;
	zmq_msg_t msg;
	size_t i;

	pipeline(&push, &pull);
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		make(&msg, sizes[i][0]);
		zt_ok(zmq_msg_send(&msg, push, ZMQ_SNDMORE));
		say("size=%zu", zmq_msg_size(&msg));
		zt_ok(zmq_msg_close(&msg));
		make_another(&msg, sizes[i][1]);
		zt_ok(zmq_msg_send(&msg, push, 0));
		zt_ok(zmq_msg_close(&msg));
		say_recv(pull);
		zt_until(times() == 2, ZA_TIMEO);
		say_freed("send");
	}
}

/* What could not be sent is the program's as before. */
static void by_failed_send(void)
{
	void *alone = zd_socket(ZMQ_PUSH), *closed = zd_socket(ZMQ_PUSH);
	void *pull = zd_socket(ZMQ_PULL);
	zmq_msg_t msg;

	make(&msg, sizeof(data));
	say_rc("alone", zmq_msg_send(&msg, alone, ZMQ_DONTWAIT));
	say_rc("pull", zmq_msg_send(&msg, pull, ZMQ_DONTWAIT));
	za_close(closed);
	say_rc("closed", zmq_msg_send(&msg, closed, ZMQ_DONTWAIT));
	say("size=%zu freed=%d", zmq_msg_size(&msg), times());
	zt_ok(zmq_msg_close(&msg));
	say_freed("close");
}

/* Copies share the buffer: the last one gives it back, in whatever order. */
static void by_copies(void)
{
	void *push, *pull;
	zmq_msg_t msg, copy[3];
	int i;

	pipeline(&push, &pull);
	make(&msg, sizeof(data));
	for (i = 0; i < 3; i++) {
		zt_ok(zmq_msg_init(&copy[i]));
		zt_ok(zmq_msg_copy(&copy[i], i ? &copy[i - 1] : &msg));
		say("%d", zmq_msg_data(&copy[i]) == data);
	}
	zt_ok(zmq_msg_close(&copy[1]));
	zt_ok(zmq_msg_send(&copy[0], push, 0));
	say_recv(pull);
	zt_ok(zmq_msg_close(&msg));
	zd_settle();
	say("freed=%d", times());
	zt_ok(zmq_msg_close(&copy[2]));
	say_freed("last");
}

/* What takes a message's place ends the content that it had. */
static void by_replacement(void)
{
	void *push, *pull;
	zmq_msg_t msg, other;

	pipeline(&push, &pull);
	make(&msg, sizeof(data));
	say_rc("none", zmq_msg_recv(&msg, pull, ZMQ_DONTWAIT));
	say("size=%zu freed=%d", zmq_msg_size(&msg), times());
	make(&msg, sizeof(data));
	zd_put(push, "new", NULL);
	say_rc("recv", zmq_msg_recv(&msg, pull, 0));
	say_freed("received");
	zt_ok(zmq_msg_close(&msg));

	zt_ok(zmq_msg_init_size(&other, 100));
	make(&msg, sizeof(data));
	zt_ok(zmq_msg_move(&msg, &other));
	say_freed("moved-over");
	make(&other, 5);
	zt_ok(zmq_msg_copy(&other, &msg));
	say_freed("copied-over");
	zt_ok(zmq_msg_close(&other));
	zt_ok(zmq_msg_close(&msg));

	make(&msg, sizeof(data));
	zt_ok(zmq_msg_init(&other));
	zt_ok(zmq_msg_move(&other, &msg));
	zt_ok(zmq_msg_close(&msg));
	say("freed=%d", times());
	zt_ok(zmq_msg_close(&other));
	say_freed("moved");
}

/* Nobody ever got it. */
static void by_end_of_context(void)
{
	void *push = zd_connect(ZMQ_PUSH, zd_free_endpoint());
	zmq_msg_t msg;

	make(&msg, sizeof(data));
	say_rc("send", zmq_msg_send(&msg, push, 0));
	za_close(push);
	za_term(zd_ctx());
	say_freed("end");
}

/* By inproc libzmq hands the buffer itself to the receiver. */
static void by_inproc(void)
{
	void *pull = zd_bound(ZMQ_PULL, "inproc://a"), *push = zd_connect(ZMQ_PUSH, "inproc://a");
	zmq_msg_t msg;

	make(&msg, sizeof(data));
	zt_ok(zmq_msg_send(&msg, push, 0));
	say("sent=%d", times());
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say("same=%d", !memcmp(zmq_msg_data(&msg), data, sizeof(data)));
	zt_ok(zmq_msg_close(&msg));
	say_freed("close");
}

/* --- several parts in one call ---------------------------------------------------- */

/* Small and large parts, empty ones, and what belongs to the next message. */
static void iov_sizes(void)
{
	static char large[2 << 20];
	struct iovec out[] = { { large, 0 }, { large, 33 }, { large, 4096 }, { large, 4097 },
			       { large, sizeof(large) }, { large, 1 } }, in[8];
	void *push, *pull;
	size_t count, i;
	int round;

	zt_fill(large, sizeof(large), 7);
	pipeline(&push, &pull);
	for (round = 0; round < 2; round++) {
		say_rc("send", zmq_sendiov(push, out, ZT_ARRAY(out), ZMQ_SNDMORE));
		zd_put(push, "next", NULL);
		count = ZT_ARRAY(in);
		say_rc("recv", zmq_recviov(pull, in, &count, 0));
		for (i = 0; i < count; i++) {
			say("%zu%s", in[i].iov_len,
			    memcmp(in[i].iov_base, large, in[i].iov_len) ? "!" : "");
			free(in[i].iov_base);
		}
		say_recv(pull);
	}
}

/* Less room than parts: the rest is there for the next call. */
static void iov_few(void)
{
	struct iovec in[2];
	void *push, *pull;
	size_t count, i;
	int round;

	pipeline(&push, &pull);
	zd_put(push, "a", "b", "c", NULL);
	for (round = 0; round < 2; round++) {
		count = ZT_ARRAY(in);
		say_rc("recv", zmq_recviov(pull, in, &count, 0));
		say("count=%zu", count);
		for (i = 0; i < count; i++) {
			say("%s", zd_frame(in[i].iov_base, in[i].iov_len));
			free(in[i].iov_base);
		}
	}
}

/* Without ZMQ_SNDMORE each part is a message. Nobody there: the first one fails. */
static void iov_flags(void)
{
	struct iovec out[] = { { "a", 1 }, { "bc", 2 } };
	void *push, *pull;

	say_rc("alone", zmq_sendiov(zd_socket(ZMQ_PUSH), out, 2, ZMQ_DONTWAIT | ZMQ_SNDMORE));
	pipeline(&push, &pull);
	say_rc("apart", zmq_sendiov(push, out, 2, 0));
	say_recv_many(pull, 2);
	say_rc("together", zmq_sendiov(push, out, 2, ZMQ_SNDMORE));
	say_recv(pull);
	say_rc("dontwait", zmq_sendiov(push, out, 2, ZMQ_DONTWAIT | ZMQ_SNDMORE));
	say_recv(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "by_close", "API 8", by_close,
	  "0 again=EFAULT close=1 0 again=EFAULT close=1 0 again=EFAULT close=1 0 again=EFAULT close=1 0 again=EFAULT close=1",
	},
	{ "by_send", "API 8", by_send,
	  "size=0 [][d] send=2 size=0 [<34>][<5000>] send=2",
	},
	{ "by_failed_send", "API 6.2", by_failed_send,
	  "alone=EAGAIN pull=ENOTSUP closed=ENOTSOCK size=5000 freed=0 close=1",
	},
	{ "by_copies", "API 8", by_copies,
	  "1 1 1 [<5000>] freed=0 last=1",
	},
	{ "by_replacement", "API 6.2", by_replacement,
	  "none=EAGAIN size=0 freed=1 recv=3 received=1 moved-over=1 copied-over=1 freed=0 moved=1",
	},
	{ "by_end_of_context", "API 8", by_end_of_context,
	  "send=5000 end=1",
	},
	{ "by_inproc", "API 8", by_inproc,
	  "sent=0 same=1 close=1",
	  "sent=1 same=1 close=1",
	  .why = "The free function of zmq_msg_init_data() is called by the thread that sends",
	},
	{ "iov_sizes", "API 6.2", iov_sizes,
	  "send=1 recv=6 0 33 4096 4097 2097152 1 [next] send=1 recv=6 0 33 4096 4097 2097152 1 [next]",
	},
	{ "iov_few", "API 6.2", iov_few,
	  "recv=2 count=2 [a] [b] recv=1 count=1 [c]",
	},
	{ "iov_flags", "API 6.2", iov_flags,
	  "alone=EAGAIN apart=2 [a] [bc] together=2 [a][bc] dontwait=2 [a][bc]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
