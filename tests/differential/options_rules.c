// SPDX-License-Identifier: GPL-2.0-only
/* Rules that hold for all options: errors, lengths, when a value takes effect. */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "probe.h"

/* Numbers that no option has, or one of contexts only. */
static void unknown_number(void)
{
	static const int numbers[] = { -1, 0, 1, 2, 3, 10, 20, 26, 29, 30, 67, 70, 82, 83, 500 };
	void *s = zd_socket(ZMQ_DEALER);
	char name[16];
	size_t i;

	for (i = 0; i < ZT_ARRAY(numbers); i++) {
		sprintf(name, "%d", numbers[i]);
		say_set(s, name, numbers[i], 0);
		say_get(s, name, numbers[i]);
	}
}

static void null_socket(void)
{
	say_set(NULL, "set", ZMQ_LINGER, 0);
	say_get(NULL, "get", ZMQ_LINGER);
	say_set(NULL, "unknown", 500, 0);
}

static void closed_socket(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	za_close(s);
	say_set(s, "set", ZMQ_LINGER, 0);
	say_get(s, "get", ZMQ_LINGER);
}

/* Once a call has noticed, ETERM comes before whatever else is wrong. */
static void after_shutdown(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	say_get(s, "events", ZMQ_EVENTS);
	say_set(s, "set", ZMQ_LINGER, 0);
	say_set(s, "unknown", 500, 0);
	say_get(s, "get", ZMQ_LINGER);
	say_get(s, "unknown", 500);
}

static void read_only(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	say_set(s, "rcvmore", ZMQ_RCVMORE, 0);
	say_set(s, "fd", ZMQ_FD, 0);
	say_set(s, "events", ZMQ_EVENTS, 0);
	say_set(s, "type", ZMQ_TYPE, 0);
	say_set_bytes(s, "last-endpoint", ZMQ_LAST_ENDPOINT, "tcp://*:1", 9);
	say_set(s, "mechanism", ZMQ_MECHANISM, 0);
	say_set(s, "thread-safe", ZMQ_THREAD_SAFE, 0);
}

/* A refusal leaves what was there. */
static void refused_value(void)
{
	void *s = zd_socket(ZMQ_DEALER);
	int64_t max = 7;
	size_t size = sizeof(max);

	za_set(s, ZMQ_SNDHWM, 5);
	say_set(s, "hwm", ZMQ_SNDHWM, -1);
	say_get(s, "then", ZMQ_SNDHWM);
	zt_ok(zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &max, 8));
	say_set(s, "max", ZMQ_MAXMSGSIZE, 9);
	zt_ok(zmq_getsockopt(s, ZMQ_MAXMSGSIZE, &max, &size));
	say("then=%d", (int)max);
	zd_set_text(s, ZMQ_ROUTING_ID, "me");
	say_set_bytes(s, "id", ZMQ_ROUTING_ID, "", 0);
	probe_get(s, ZMQ_ROUTING_ID, "then", 255);
}

/* Value in the first 4 bytes of any buffer that holds it, the rest cleared. */
static void wide_buffers(void)
{
	static const struct {
		const char *name;
		int option;
	} options[] = {
		{ "rcvmore", ZMQ_RCVMORE }, { "events", ZMQ_EVENTS }, { "fd", ZMQ_FD },
		{ "thread-safe", ZMQ_THREAD_SAFE },
	};
	void *s = zd_socket(ZMQ_PUB);
	size_t i, k, size;
	char buf[16];

	for (i = 0; i < ZT_ARRAY(options); i++) {
		memset(buf, 0x55, sizeof(buf));
		size = sizeof(buf);
		say_rc(options[i].name, zmq_getsockopt(s, options[i].option, buf, &size));
		for (k = 4; k < sizeof(buf) && !buf[k]; k++)
			;
		say("%zu/%zu", size, k);
		probe_get(s, options[i].option, "get3", 3);
	}
}

/* Text fills its buffer up with zeros; too small a buffer is refused. */
static void text_buffers(void)
{
	void *s = zd_socket(ZMQ_DEALER);
	char buf[300];
	size_t size = sizeof(buf), i, len;

	probe_get(s, ZMQ_LAST_ENDPOINT, "empty", 1);
	probe_get(s, ZMQ_LAST_ENDPOINT, "none", 0);
	len = strlen(zd_bind(s));
	memset(buf, 0x55, sizeof(buf));
	zt_ok(zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, buf, &size));
	say("%s", size == len + 1 ? "with-nul" : "other");
	for (i = size; i < sizeof(buf) && !buf[i]; i++)
		;
	say("rest=%s", i == sizeof(buf) ? "zero" : "dirty");
	size = len + 1;
	say_rc("exact", zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, buf, &size));
	size = len;
	say_rc("less", zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, buf, &size));
}

/* Types that are asked for an option of other types. */
static void foreign_options(void)
{
	static const struct {
		const char *name;
		int option;
		int type;
	} options[] = {
		{ "ROUTER_MANDATORY/PUSH", ZMQ_ROUTER_MANDATORY, ZMQ_PUSH },
		{ "ROUTER_HANDOVER/DEALER", ZMQ_ROUTER_HANDOVER, ZMQ_DEALER },
		{ "REQ_RELAXED/REP", ZMQ_REQ_RELAXED, ZMQ_REP },
		{ "XPUB_VERBOSE/SUB", ZMQ_XPUB_VERBOSE, ZMQ_SUB },
		{ "STREAM_NOTIFY/ROUTER", ZMQ_STREAM_NOTIFY, ZMQ_ROUTER },
		{ "PROBE_ROUTER/PAIR", ZMQ_PROBE_ROUTER, ZMQ_PAIR },
		{ "SUBSCRIBE/XSUB", ZMQ_SUBSCRIBE, ZMQ_XSUB },
		{ "SUBSCRIBE/XPUB", ZMQ_SUBSCRIBE, ZMQ_XPUB },
		{ "UNSUBSCRIBE/PUB", ZMQ_UNSUBSCRIBE, ZMQ_PUB },
	};
	size_t i;

	for (i = 0; i < ZT_ARRAY(options); i++)
		say_set(zd_socket(options[i].type), options[i].name, options[i].option, 1);
}

static void say_each_type(int option)
{
	void *s;
	int type;

	for (type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		s = probe_socket(zd_ctx(), type);
		say("%d", za_get(s, option));
	}
}

static void type_of_each(void)
{
	say_each_type(ZMQ_TYPE);
}

/* SUB and XSUB have nothing to linger for. */
static void linger_of_each(void)
{
	say_each_type(ZMQ_LINGER);
}

static void thread_safe_of_each(void)
{
	say_each_type(ZMQ_THREAD_SAFE);
}

/* A descriptor from the beginning to the end, each socket its own. */
static void fd_stays(void)
{
	void *a = zd_socket(ZMQ_DEALER), *b = zd_socket(ZMQ_DEALER);
	int fd = za_get(a, ZMQ_FD);
	struct pollfd pfd = { .fd = fd };

	say("%s", fd >= 0 && poll(&pfd, 1, 0) == 0 ? "open" : "bad");
	say("%s", fd != za_get(b, ZMQ_FD) ? "own" : "shared");
	zd_link(a, b);
	za_put(b, "x", 0);
	say_recv(a);
	say("%s", fd == za_get(a, ZMQ_FD) ? "same" : "other");
}

static void ipv4only_is_not_ipv6(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	za_set(s, ZMQ_IPV6, 1);
	say_get(s, "v4only", ZMQ_IPV4ONLY);
	za_set(s, ZMQ_IPV4ONLY, 1);
	say_get(s, "v6", ZMQ_IPV6);
	za_set(s, ZMQ_IPV4ONLY, 0);
	say_get(s, "v6", ZMQ_IPV6);
}

/* A name without credentials makes a client of PLAIN; the other one stays. */
static void plain_credentials(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	zd_set_text(s, ZMQ_PLAIN_PASSWORD, "secret");
	say_get(s, "mechanism", ZMQ_MECHANISM);
	probe_text(s, ZMQ_PLAIN_USERNAME, "user");
	za_set(s, ZMQ_PLAIN_SERVER, 1);
	zd_set_text(s, ZMQ_PLAIN_USERNAME, "me");
	say_get(s, "server", ZMQ_PLAIN_SERVER);
	probe_text(s, ZMQ_PLAIN_PASSWORD, "password");
	za_set(s, ZMQ_PLAIN_SERVER, 0);
	say_get(s, "mechanism", ZMQ_MECHANISM);
	probe_text(s, ZMQ_PLAIN_USERNAME, "user");
}

/* Keys that were never set read as zeros. */
static void curve_keys_unset(void)
{
	void *s = zd_socket(ZMQ_DEALER);
	char key[41];
	size_t size = 32, i;

	memset(key, 0x55, sizeof(key));
	zt_ok(zmq_getsockopt(s, ZMQ_CURVE_SECRETKEY, key, &size));
	for (i = 0; i < 32 && !key[i]; i++)
		;
	say("zeros=%zu", i);
	size = 41;
	zt_ok(zmq_getsockopt(s, ZMQ_CURVE_SERVERKEY, key, &size));
	say("%s", key);
	say_get(s, "mechanism", ZMQ_MECHANISM);
}

/* Does a sender that is limited to one message, and whose peer does not read, ever stop? */
static void say_filled(void *pull)
{
	void *push = zd_socket(ZMQ_PUSH);
	static char body[65536];
	int n = 0;

	za_set(push, ZMQ_SNDBUF, sizeof(body));
	za_set(push, ZMQ_SNDHWM, 1);
	za_set(push, ZMQ_SNDTIMEO, zt_scaled(500));
	zd_link(pull, push);
	while (n < 100 && zmq_send(push, body, sizeof(body), 0) >= 0)
		n++;
	say("%s", n < 40 ? "bounded" : "unbounded");
}

/*
 * What a listener is given at bind() holds for its later connections, whatever is
 * set after. Bodies of 64 KiB make the system's buffers small beside them.
 */
static void listener_keeps_its_copy(void)
{
	void *one = zd_socket(ZMQ_PULL), *all = zd_socket(ZMQ_PULL);

	za_set(one, ZMQ_RCVBUF, 65536);
	za_set(one, ZMQ_RCVHWM, 1);
	zd_bind(one);
	za_set(one, ZMQ_RCVHWM, 0);
	say_filled(one);
	za_set(all, ZMQ_RCVBUF, 65536);
	za_set(all, ZMQ_RCVHWM, 0);
	zd_bind(all);
	za_set(all, ZMQ_RCVHWM, 1);
	say_filled(all);
}

static const struct zd_behaviour behaviours[] = {
	{ "unknown_number", "API 2.1", unknown_number,
	  "-1=EINVAL -1=EINVAL 0=EINVAL 0=EINVAL 1=EINVAL 1=EINVAL 2=EINVAL 2=EINVAL 3=EINVAL 3=EINVAL 10=EINVAL 10=EINVAL 20=EINVAL 20=EINVAL 26=EINVAL 26=EINVAL 29=EINVAL 29=EINVAL 30=EINVAL 30=EINVAL 67=EINVAL 67=EINVAL 70=EINVAL 70=EINVAL 82=EINVAL 82=EINVAL 83=EINVAL 83=EINVAL 500=EINVAL 500=EINVAL",
	},
	{ "null_socket", "API 2.1", null_socket,
	  "set=ENOTSOCK get=ENOTSOCK unknown=ENOTSOCK",
	},
	{ "closed_socket", "API 2.1", closed_socket,
	  "set=ENOTSOCK get=ENOTSOCK",
	},
	{ "after_shutdown", "API 2.1", after_shutdown,
	  "events=ETERM set=ETERM unknown=ETERM get=ETERM unknown=ETERM",
	},
	{ "read_only", "API 2.1", read_only,
	  "rcvmore=EINVAL fd=EINVAL events=EINVAL type=EINVAL last-endpoint=EINVAL mechanism=EINVAL thread-safe=EINVAL",
	},
	{ "refused_value", "API 2.1", refused_value,
	  "hwm=EINVAL then=5 max=EINVAL then=7 id=EINVAL then=2",
	},
	{ "wide_buffers", "API 2.1", wide_buffers,
	  "rcvmore=ok 4/16 get3=EINVAL events=ok 4/16 get3=EINVAL fd=ok 4/16 get3=EINVAL thread-safe=ok 4/16 get3=EINVAL",
	},
	{ "text_buffers", "API 2.1", text_buffers,
	  "empty=1 none=EINVAL with-nul rest=zero exact=ok less=EINVAL",
	},
	{ "foreign_options", "API 2.1", foreign_options,
	  "ROUTER_MANDATORY/PUSH=EINVAL ROUTER_HANDOVER/DEALER=EINVAL REQ_RELAXED/REP=EINVAL XPUB_VERBOSE/SUB=EINVAL STREAM_NOTIFY/ROUTER=EINVAL PROBE_ROUTER/PAIR=EINVAL SUBSCRIBE/XSUB=EINVAL SUBSCRIBE/XPUB=EINVAL UNSUBSCRIBE/PUB=EINVAL",
	},
	{ "type_of_each", "API 2.1", type_of_each,
	  "0 1 2 3 4 5 6 7 8 9 10 11",
	},
	{ "linger_of_each", "API 2.1", linger_of_each,
	  "-1 -1 0 -1 -1 -1 -1 -1 -1 -1 0 -1",
	},
	{ "thread_safe_of_each", "API 2.1", thread_safe_of_each,
	  "0 0 0 0 0 0 0 0 0 0 0 0",
	},
	{ "fd_stays", "API 2.1", fd_stays,
	  "open own [x] same",
	},
	{ "ipv4only_is_not_ipv6", "API 2.1", ipv4only_is_not_ipv6,
	  "v4only=0 v6=0 v6=1",
	},
	{ "plain_credentials", "API 2.1", plain_credentials,
	  "mechanism=1 user=[] server=0 password=[secret] mechanism=0 user=[me]",
	},
	{ "curve_keys_unset", "API 2.1", curve_keys_unset,
	  "zeros=32 0000000000000000000000000000000000000000 mechanism=0",
	},
	{ "listener_keeps_its_copy", "API 2.1", listener_keeps_its_copy,
	  "bounded unbounded",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
