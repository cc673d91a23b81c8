// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: frames and their flags, sizes and truncation, what a call leaves in the
 * message it was given, copies and moves, buffers of the caller.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "diff.h"

static void pipeline(void **push, void **pull)
{
	*push = zd_socket(ZMQ_PUSH);
	*pull = zd_socket(ZMQ_PULL);
	zd_link(*pull, *push);
}

/* Of the part that was received last; whoever polls changes nothing. */
static void rcvmore(void)
{
	void *push, *pull;
	char buf[8];

	pipeline(&push, &pull);
	say_get(pull, "before", ZMQ_RCVMORE);
	zd_put(push, "a", "b", "c", NULL);
	zd_put(push, "d", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_get(pull, "ready", ZMQ_RCVMORE);
	while (zmq_recv(pull, buf, sizeof(buf), 0) == 1) {
		zmq_pollitem_t item = { .socket = pull, .events = ZMQ_POLLIN };

		say("%c=%d", buf[0], za_get(pull, ZMQ_RCVMORE));
		zmq_poll(&item, 1, 0);
		say("%d", za_get(pull, ZMQ_RCVMORE));
		if (buf[0] == 'd')
			break;
	}
}

/* A failed receive changes nothing either. */
static void rcvmore_after_eagain(void)
{
	void *push, *pull;
	char buf[8];

	pipeline(&push, &pull);
	zd_put(push, "a", NULL);
	say_recv(pull);
	say_rc("recv", zmq_recv(pull, buf, 8, ZMQ_DONTWAIT));
	say_get(pull, "more", ZMQ_RCVMORE);
}

/* The whole size is told, the rest of the frame is gone. */
static void truncation(void)
{
	void *push, *pull;
	char buf[8] = "-------";

	pipeline(&push, &pull);
	zd_put(push, "abcdef", "ghi", NULL);
	say_rc("recv", zmq_recv(pull, buf, 3, 0));
	say("[%s]", buf);
	say_get(pull, "more", ZMQ_RCVMORE);
	say_rc("none", zmq_recv(pull, NULL, 0, 0));
	zd_put(push, "next", NULL);
	say_recv(pull);
}

static void empty_frames(void)
{
	void *push, *pull;

	pipeline(&push, &pull);
	say_rc("null", zmq_send(push, NULL, 0, 0));
	say_rc("more", zmq_send(push, "", 0, ZMQ_SNDMORE));
	say_rc("last", zmq_send(push, "", 0, 0));
	say_recv_many(pull, 2);
}

/* 255 and 256 bytes differ in how they are sent, 33 and 34 in how they are kept. */
static void sizes(void)
{
	static const size_t lengths[] = { 1, 33, 34, 255, 256, 8192, 65536, 1 << 20 };
	void *push, *pull;
	size_t i, same = 0;
	zmq_msg_t msg;

	pipeline(&push, &pull);
	for (i = 0; i < ZT_ARRAY(lengths); i++) {
		za_put_big(push, lengths[i], i, 0);
		zt_ok(zmq_msg_init(&msg));
		say("%d", zmq_msg_recv(&msg, pull, 0));
		same += zmq_msg_size(&msg) == lengths[i] &&
			zt_same(zmq_msg_data(&msg), lengths[i], i);
		zmq_msg_close(&msg);
	}
	say("same=%zu", same);
}

static void many_parts(void)
{
	void *push, *pull;
	char text[16];
	int i, parts = 0;

	pipeline(&push, &pull);
	for (i = 0; i < 1000; i++) {
		sprintf(text, "%d", i);
		za_put(push, text, i < 999 ? ZMQ_SNDMORE : 0);
	}
	do {
		int n = zmq_recv(pull, text, sizeof(text) - 1, 0);

		zt_check(n > 0);
		text[n] = 0;
		parts += atoi(text) == parts;
	} while (za_get(pull, ZMQ_RCVMORE));
	say("parts=%d", parts);
}

/* Nothing is there until the last part was sent. */
static void half_a_message(void)
{
	void *push, *pull;

	pipeline(&push, &pull);
	say_send(push, "first", "a", ZMQ_SNDMORE);
	say_send(push, "second", "b", ZMQ_SNDMORE);
	say_none(pull);
	say_events(pull);
	say_send(push, "last", "c", 0);
	say_recv(pull);
}

/* A half that stays one is never seen. */
static void half_and_close(void)
{
	void *push, *pull;

	pipeline(&push, &pull);
	za_set(push, ZMQ_LINGER, -1);
	zd_put(push, "whole", NULL);
	say_send(push, "half", "a", ZMQ_SNDMORE);
	za_close(push);
	say_recv(pull);
	say_none(pull);
}

/* Flags that nobody knows are ignored. */
static void unknown_flags(void)
{
	void *push, *pull;
	char buf[8];

	pipeline(&push, &pull);
	say_send(push, "send", "a", 0x40);
	say_rc("recv", zmq_recv(pull, buf, sizeof(buf), 0x40));
	say_get(pull, "more", ZMQ_RCVMORE);
}

/* --- zmq_msg_t -------------------------------------------------------------------- */

static void msg_init(zmq_msg_t *msg, const char *text)
{
	zt_ok(zmq_msg_init_size(msg, strlen(text)));
	memcpy(zmq_msg_data(msg), text, strlen(text));
}

static void say_msg(const char *what, zmq_msg_t *msg)
{
	say("%s=%s%s", what, zd_frame(zmq_msg_data(msg), zmq_msg_size(msg)),
	    zmq_msg_more(msg) ? "+" : "");
}

/* Success takes the content, failure leaves it. */
static void send_takes(void)
{
	void *push, *pull, *alone = zd_socket(ZMQ_PUSH);
	zmq_msg_t msg;

	pipeline(&push, &pull);
	msg_init(&msg, "content");
	say_rc("alone", zmq_msg_send(&msg, alone, ZMQ_DONTWAIT));
	say_msg("kept", &msg);
	say_rc("send", zmq_msg_send(&msg, push, 0));
	say_msg("taken", &msg);
	say("again=%d", zmq_msg_send(&msg, push, 0));
	say_rc("close", zmq_msg_close(&msg));
	say_recv_many(pull, 2);
}

/* What a message held before it received is gone. */
static void recv_replaces(void)
{
	void *push, *pull;
	zmq_msg_t msg;

	pipeline(&push, &pull);
	zd_put(push, "new", "more", NULL);
	msg_init(&msg, "old content");
	say_rc("recv", zmq_msg_recv(&msg, pull, 0));
	say_msg("msg", &msg);
	say_rc("recv", zmq_msg_recv(&msg, pull, 0));
	say_msg("msg", &msg);
	say("get=%d", zmq_msg_get(&msg, ZMQ_MORE));
	say_rc("none", zmq_msg_recv(&msg, pull, ZMQ_DONTWAIT));
	say_rc("close", zmq_msg_close(&msg));
}

/* The flag of a message that was received says nothing about where it goes next. */
static void forwarded(void)
{
	void *push, *pull, *next, *last;
	zmq_msg_t msg;

	pipeline(&push, &pull);
	pipeline(&next, &last);
	zd_put(push, "a", "b", NULL);
	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say_msg("in", &msg);
	zt_ok(zmq_msg_send(&msg, next, 0));
	say_recv(last);
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	zt_ok(zmq_msg_send(&msg, next, ZMQ_SNDMORE));
	zd_put(next, "c", NULL);
	say_recv(last);
}

static void invalid_msg(void)
{
	void *push, *pull;
	zmq_msg_t msg, good;

	pipeline(&push, &pull);
	zt_ok(zmq_msg_init(&good));
	/* What is not a message has to be told from one; a send would abort libzmq. */
	memset(&msg, 0x55, sizeof(msg));
	say_rc("recv", zmq_msg_recv(&msg, pull, ZMQ_DONTWAIT));
	say_rc("close", zmq_msg_close(&msg));
	say_rc("move", zmq_msg_move(&msg, &good));
	say_rc("copy", zmq_msg_copy(&good, &msg));
	zt_ok(zmq_msg_init(&msg));
	say_rc("close", zmq_msg_close(&msg));
	say_rc("again", zmq_msg_close(&msg));
	say_rc("recv", zmq_msg_recv(&msg, pull, ZMQ_DONTWAIT));
}

static void copy_and_move(void)
{
	char large[2000] = "large";
	zmq_msg_t a, b, c;

	msg_init(&a, "small");
	msg_init(&b, "old");
	zt_ok(zmq_msg_init(&c));
	say_rc("copy", zmq_msg_copy(&b, &a));
	say_msg("a", &a);
	say_msg("b", &b);
	say_rc("move", zmq_msg_move(&c, &b));
	say_msg("b", &b);
	say_msg("c", &c);
	zt_ok(zmq_msg_close(&a));
	zt_ok(zmq_msg_init_size(&a, sizeof(large)));
	memcpy(zmq_msg_data(&a), large, sizeof(large));
	say("shared=%d", zmq_msg_get(&a, ZMQ_SHARED));
	zt_ok(zmq_msg_copy(&b, &a));
	say("shared=%d", zmq_msg_get(&a, ZMQ_SHARED));
	zt_ok(zmq_msg_close(&a));
	say("b=%d", memcmp(zmq_msg_data(&b), large, sizeof(large)));
}

static void msg_properties(void)
{
	zmq_msg_t msg;

	msg_init(&msg, "x");
	say("more=%d", zmq_msg_get(&msg, ZMQ_MORE));
	say("shared=%d", zmq_msg_get(&msg, ZMQ_SHARED));
	say_rc("srcfd", zmq_msg_get(&msg, ZMQ_SRCFD));
	say_rc("unknown", zmq_msg_get(&msg, 99));
	say_rc("set", zmq_msg_set(&msg, ZMQ_MORE, 1));
	say("gets=%s", zmq_msg_gets(&msg, "Socket-Type") ? "text" : zd_errno(errno));
}

static int freed;

static void count_free(void *data, void *hint)
{
	(void)data;
	__atomic_add_fetch((int *)hint, 1, __ATOMIC_SEQ_CST);
}

static int times_freed(void)
{
	return __atomic_load_n(&freed, __ATOMIC_SEQ_CST);
}

/* A buffer of the caller is given back once, when the last one has let go. */
static void buffer_of_caller(void)
{
	static char data[5000] = "data";
	void *push, *pull;
	zmq_msg_t msg, copy;

	pipeline(&push, &pull);
	zt_ok(zmq_msg_init_data(&msg, data, sizeof(data), count_free, &freed));
	zt_ok(zmq_msg_init(&copy));
	zt_ok(zmq_msg_copy(&copy, &msg));
	zt_ok(zmq_msg_close(&msg));
	say("copied=%d", times_freed());
	say_rc("send", zmq_msg_send(&copy, push, 0));
	say_recv(pull);
	zt_until(times_freed() == 1, ZA_TIMEO);
	zt_ok(zmq_msg_close(&copy));
	zt_ok(zmq_msg_init_data(&msg, data, sizeof(data), count_free, &freed));
	zt_ok(zmq_msg_close(&msg));
	say("closed=%d", times_freed());
}

/* Without a function to give it back it must stay. */
static void constant_data(void)
{
	static char data[100] = "data";
	void *push, *pull;
	zmq_msg_t msg;

	pipeline(&push, &pull);
	zt_ok(zmq_msg_init_data(&msg, data, 4, NULL, NULL));
	say("shared=%d", zmq_msg_get(&msg, ZMQ_SHARED));
	say_rc("send", zmq_msg_send(&msg, push, 0));
	say_rc("const", zmq_send_const(push, data, 4, ZMQ_SNDMORE));
	say_rc("null", zmq_send_const(push, NULL, 0, 0));
	say_recv_many(pull, 2);
}

/* By inproc libzmq hands over the data itself. */
static void constant_inproc(void)
{
	void *pull = zd_bound(ZMQ_PULL, "inproc://a"), *push = zd_connect(ZMQ_PUSH, "inproc://a");
	static char data[100] = "data";
	zmq_msg_t msg;

	zt_ok(zmq_send_const(push, data, sizeof(data), 0));
	zt_ok(zmq_msg_init(&msg));
	say_rc("recv", zmq_msg_recv(&msg, pull, 0));
	say("shared=%d same=%d", zmq_msg_get(&msg, ZMQ_SHARED),
	    !memcmp(zmq_msg_data(&msg), data, sizeof(data)));
}

/* --- several parts in one call ---------------------------------------------------- */

static void iov_parts(void)
{
	void *push, *pull;
	char text[] = "abcdef";
	struct iovec out[] = { { text, 1 }, { text + 1, 2 }, { text + 3, 3 } }, in[5];
	size_t count = 5, i;

	pipeline(&push, &pull);
	say_rc("send", zmq_sendiov(push, out, 3, ZMQ_SNDMORE));
	say_rc("recv", zmq_recviov(pull, in, &count, 0));
	say("count=%zu", count);
	for (i = 0; i < count; i++)
		say("%s", zd_frame(in[i].iov_base, in[i].iov_len));
}

static void iov_errors(void)
{
	void *push, *pull;
	struct iovec iov = { "x", 1 };
	size_t none = 0, one = 1;

	pipeline(&push, &pull);
	say_rc("null-socket", zmq_sendiov(NULL, &iov, 1, 0));
	say_rc("count-0", zmq_sendiov(push, &iov, 0, 0));
	say_rc("null-iov", zmq_sendiov(push, NULL, 1, 0));
	say_rc("null-socket", zmq_recviov(NULL, &iov, &one, 0));
	say_rc("count-0", zmq_recviov(pull, &iov, &none, 0));
	say_rc("null-iov", zmq_recviov(pull, NULL, &one, 0));
	say_rc("null-count", zmq_recviov(pull, &iov, NULL, 0));
	say_rc("empty", zmq_recviov(pull, &iov, &one, ZMQ_DONTWAIT));
}

static const struct zd_behaviour behaviours[] = {
	{ "rcvmore", "API 2.2", rcvmore,
	  "before=0 ready=0 a=1 1 b=1 1 c=0 0 d=0 0",
	},
	{ "rcvmore_after_eagain", "API 2.2", rcvmore_after_eagain,
	  "[a] recv=EAGAIN more=0",
	},
	{ "truncation", "API 6.2", truncation,
	  "recv=6 [abc----] more=1 none=3 [next]",
	},
	{ "empty_frames", "API 6.2", empty_frames,
	  "null=ok more=ok last=ok [] [][]",
	},
	{ "sizes", "API 6.2", sizes,
	  "1 33 34 255 256 8192 65536 1048576 same=8",
	},
	{ "many_parts", "API 6.2", many_parts,
	  "parts=1000",
	},
	{ "half_a_message", "API 1.3", half_a_message,
	  "first=1 second=1 none events=0 last=1 [a][b][c]",
	},
	{ "half_and_close", "API 1.3", half_and_close,
	  "half=1 [whole] none",
	},
	{ "unknown_flags", "API 6.2", unknown_flags,
	  "send=1 recv=1 more=0",
	},
	{ "send_takes", "API 6.2", send_takes,
	  "alone=EAGAIN kept=[content] send=7 taken=[] again=0 close=ok [content] []",
	},
	{ "recv_replaces", "API 6.2", recv_replaces,
	  "recv=3 msg=[new]+ recv=4 msg=[more] get=0 none=EAGAIN close=ok",
	},
	{ "forwarded", "API 6.2", forwarded,
	  "in=[a]+ [a] [b][c]",
	},
	{ "invalid_msg", "API 6.2", invalid_msg,
	  "recv=EFAULT close=EFAULT move=EFAULT copy=EFAULT close=ok again=EFAULT recv=EFAULT",
	},
	{ "copy_and_move", "API 6.2", copy_and_move,
	  "copy=ok a=[small] b=[small] move=ok b=[] c=[small] shared=0 shared=1 b=0",
	},
	{ "msg_properties", "API 8", msg_properties,
	  "more=0 shared=0 srcfd=EINVAL unknown=EINVAL set=EINVAL gets=EINVAL",
	},
	{ "buffer_of_caller", "API 8", buffer_of_caller,
	  "copied=0 send=5000 [<5000>] closed=2",
	},
	{ "constant_data", "API 8", constant_data,
	  "shared=1 send=4 const=4 null=ok [data] [data][]",
	},
	{ "constant_inproc", "API 8", constant_inproc,
	  "recv=100 shared=1 same=1",
	  "recv=100 shared=0 same=1",
	  .why = "zmq_msg_get() with ZMQ_SHARED is 0 for every message that was received",
	},
	{ "iov_parts", "API 6.2", iov_parts,
	  "send=3 recv=3 count=3 [a] [bc] [def]",
	},
	{ "iov_errors", "API 6.2", iov_errors,
	  "null-socket=ENOTSOCK count-0=EINVAL null-iov=EINVAL null-socket=ENOTSOCK count-0=EINVAL null-iov=EINVAL null-count=EINVAL empty=EAGAIN",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
