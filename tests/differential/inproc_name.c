// SPDX-License-Identifier: GPL-2.0-only
/* inproc: which names there are, and who has them: API 4.4. */
#include "diff.h"

#define NAME "inproc://name"
#define OTHER "inproc://other"

static void say_last(void *s, const char *what)
{
	char ep[512];
	size_t size = sizeof(ep);

	if (zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, ep, &size))
		say("%s=%s", what, zd_errno(errno));
	else
		say("%s=%s", what, size > 64 ? zd_frame(ep, size - 1) : ep);
}

static void name_taken(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *other = zd_socket(ZMQ_PULL);

	say_rc("other", zmq_bind(other, NAME));
	say_rc("same", zmq_bind(pull, NAME));
	za_close(pull);
	zt_until(!zmq_bind(other, NAME), ZA_TIMEO);
	say("closed=free");
}

static void several_names(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *a, *b;

	say_rc("second", zmq_bind(pull, OTHER));
	a = zd_connect(ZMQ_PUSH, NAME);
	b = zd_connect(ZMQ_PUSH, OTHER);
	zd_put(a, "a", NULL);
	say_recv(pull);
	zd_put(b, "b", NULL);
	say_recv(pull);
	say_rc("unbind", zmq_unbind(pull, NAME));
	b = zd_connect(ZMQ_PUSH, OTHER);
	zd_put(b, "b2", NULL);
	say_recv(pull);
}

static void last_endpoint(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	say_last(pull, "new");
	za_bind(pull, NAME);
	say_last(pull, "bound");
	za_connect(push, NAME);
	say_last(push, "connected");
	za_connect(push, OTHER);
	say_last(push, "waiting");
	say_rc("taken", zmq_bind(push, NAME));
	say_last(push, "after");
	zt_ok(zmq_unbind(pull, NAME));
	say_last(pull, "unbound");
}

/* Both calls on the same text, and a message. */
static void say_name(const char *ep)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	say("%s", zd_frame(ep, strlen(ep)));
	say_rc("bind", zmq_bind(pull, ep));
	say_rc("connect", zmq_connect(push, ep));
	if (zmq_send(push, "1", 1, ZMQ_DONTWAIT) == 1)
		say_recv_now(pull);
	say_rc("unbind", zmq_unbind(pull, ep));
}

/* Any byte is a letter, and none has a meaning. */
static void odd_names(void)
{
	say_name("inproc:///");
	say_name("inproc://*");
	say_name("inproc://*:*");
	say_name("inproc://a b");
	say_name("inproc://a;b");
	say_name("inproc://@");
	say_name("inproc://://");
	say_name("inproc://\xc3\xa4\x01\n");
}

static void bad_names(void)
{
	say_name("inproc://");
	say_name("inproc:/x");
	say_name("inproc");
	say_name("://x");
	say_name("INPROC://x");
	say_name(" inproc://x");
}

static void say_long(size_t size)
{
	char ep[1024] = "inproc://";
	void *pull;

	memset(ep + 9, 'n', size);
	say_name(ep);
	pull = zd_bound(ZMQ_PULL, ep);
	say_last(pull, "last");
	/* The last byte counts. */
	ep[9 + size - 1] = 'N';
	say_rc("differs", zmq_bind(pull, ep));
}

static void long_names(void)
{
	say_long(107);
	say_long(108);
	say_long(246);
	say_long(247);
	say_long(256);
}

static void name_is_whole(void)
{
	void *pull = zd_bound(ZMQ_PULL, "inproc://a");

	say_rc("A", zmq_bind(pull, "inproc://A"));
	say_rc("a/", zmq_bind(pull, "inproc://a/"));
	say_rc("aa", zmq_bind(pull, "inproc://aa"));
}

static const struct zd_behaviour behaviours[] = {
	{ "name_taken", "API 4.4", name_taken,
	  "other=EADDRINUSE same=EADDRINUSE closed=free",
	},
	{ "several_names", "API 4.4", several_names,
	  "second=ok [a] [b] unbind=ok [b2]",
	},
	{ "last_endpoint", "API 4.4, test_last_endpoint", last_endpoint,
	  "new= bound=inproc://name connected=inproc://name waiting=inproc://other taken=EADDRINUSE after=inproc://other unbound=inproc://name",
	},
	{ "odd_names", "API 4.4", odd_names,
	  "[inproc:///] bind=ok connect=ok [1] unbind=ok [inproc://*] bind=ok connect=ok [1] unbind=ok [inproc://*:*] bind=ok connect=ok [1] unbind=ok [inproc://a\\x20b] bind=ok connect=ok [1] unbind=ok [inproc://a;b] bind=ok connect=ok [1] unbind=ok [inproc://@] bind=ok connect=ok [1] unbind=ok [inproc://://] bind=ok connect=ok [1] unbind=ok [inproc://\\xc3\\xa4\\x01\\x0a] bind=ok connect=ok [1] unbind=ok",
	},
	{ "bad_names", "API 4.1", bad_names,
	  "[inproc://] bind=EINVAL connect=EINVAL unbind=EINVAL [inproc:/x] bind=EINVAL connect=EINVAL unbind=EINVAL [inproc] bind=EINVAL connect=EINVAL unbind=EINVAL [://x] bind=EINVAL connect=EINVAL unbind=EINVAL [INPROC://x] bind=EPROTONOSUPPORT connect=EPROTONOSUPPORT unbind=EPROTONOSUPPORT [\\x20inproc://x] bind=EPROTONOSUPPORT connect=EPROTONOSUPPORT unbind=EPROTONOSUPPORT",
	},
	{ "long_names", "API 4.4", long_names,
	  "[<116>] bind=ok connect=ok [1] unbind=ok last=[<116>] differs=ok [<117>] bind=ok connect=ok [1] unbind=ok last=[<117>] differs=ok [<255>] bind=ok connect=ok [1] unbind=ok last=[<255>] differs=ok [<256>] bind=ok connect=ok [1] unbind=ok last=[<256>] differs=ok [<265>] bind=ok connect=ok [1] unbind=ok last=[<265>] differs=ok",
	},
	{ "name_is_whole", "API 4.4", name_is_whole,
	  "A=ok a/=ok aa=ok",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
