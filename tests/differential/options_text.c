// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options that are no ints: texts, bytes, keys, 64 bits, what can only be read.
 * "null" is (NULL, 0), "empty" ("", 0); text that was read stands in brackets.
 */
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "probe.h"

/* More than any option takes. */
static char long_text[512];

/* (NULL, 0), ("", 0), one character, and @max and one more of them. */
static void text_edges(void *socket, int option, size_t max)
{
	say_set_bytes(socket, "null", option, NULL, 0);
	say_set_bytes(socket, "empty", option, "", 0);
	say_set_bytes(socket, "one", option, "x", 1);
	memset(long_text, 'x', sizeof(long_text));
	say_set_bytes(socket, "max", option, long_text, max);
	say_set_bytes(socket, "max+1", option, long_text, max + 1);
}

/* Default and edges of a text; what is left after the last refusal; the buffers that hold it. */
static void text_option(int option, size_t max)
{
	void *s = zd_socket(ZMQ_DEALER);

	probe_text(s, option, "default");
	text_edges(s, option, max);
	probe_text(s, option, "then");
	zd_set_text(s, option, "abc");
	probe_get(s, option, "get3", 3);
	probe_get(s, option, "get4", 4);
	probe_get(s, option, "get99", 99);
	say_set_bytes(s, "null", option, NULL, 0);
	probe_text(s, option, "last");
	probe_takers(option, "abc", 3);
}

#define TEXT(name, max)							\
	static void name(void)						\
	{								\
		text_option(ZMQ_##name, max);				\
	}

TEXT(PLAIN_USERNAME, 255)
TEXT(PLAIN_PASSWORD, 255)
TEXT(ZAP_DOMAIN, 255)
TEXT(SOCKS_PROXY, 100)
TEXT(BINDTODEVICE, 16)

/* Raw bytes, without a NUL. */
static void ROUTING_ID(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	probe_get(s, ZMQ_ROUTING_ID, "default", 255);
	text_edges(s, ZMQ_ROUTING_ID, 255);
	probe_get(s, ZMQ_ROUTING_ID, "get254", 254);
	probe_get(s, ZMQ_ROUTING_ID, "get255", 255);
	/* Reserved for those that a ROUTER makes up, but taken. */
	say_set_bytes(s, "zero", ZMQ_ROUTING_ID, "\0abc", 4);
	probe_get(s, ZMQ_ROUTING_ID, "get256", 256);
	probe_takers(ZMQ_ROUTING_ID, "abc", 3);
}

static void SUBSCRIBE(void)
{
	void *s = zd_socket(ZMQ_SUB);

	text_edges(s, ZMQ_SUBSCRIBE, 500);
	say_get(s, "get", ZMQ_SUBSCRIBE);
	probe_takers(ZMQ_SUBSCRIBE, "a", 1);
}

static void UNSUBSCRIBE(void)
{
	void *s = zd_socket(ZMQ_SUB);

	text_edges(s, ZMQ_UNSUBSCRIBE, 500);
	say_get(s, "get", ZMQ_UNSUBSCRIBE);
	probe_takers(ZMQ_UNSUBSCRIBE, "a", 1);
}

static void CONNECT_ROUTING_ID(void)
{
	void *s = zd_socket(ZMQ_ROUTER);

	text_edges(s, ZMQ_CONNECT_ROUTING_ID, 255);
	say_get(s, "get", ZMQ_CONNECT_ROUTING_ID);
	probe_takers(ZMQ_CONNECT_ROUTING_ID, "abc", 3);
}

static void XPUB_WELCOME_MSG(void)
{
	void *s = zd_socket(ZMQ_XPUB);

	text_edges(s, ZMQ_XPUB_WELCOME_MSG, 500);
	say_get(s, "get", ZMQ_XPUB_WELCOME_MSG);
	probe_takers(ZMQ_XPUB_WELCOME_MSG, "abc", 3);
}

static void TCP_ACCEPT_FILTER(void)
{
	static const char *const texts[] = {
		"127.0.0.1", "127.0.0.1/32", "0.0.0.0/0", "foo", "0.0.0.0foo", "0.0.0.0/foo",
		"0.0.0.0/", "0.0.0.0/-1", "0.0.0.0/33", "::1", "::1/128",
	};
	void *s = zd_socket(ZMQ_DEALER);
	size_t i;

	for (i = 0; i < ZT_ARRAY(texts); i++)
		say_set_bytes(s, texts[i], ZMQ_TCP_ACCEPT_FILTER, texts[i], strlen(texts[i]));
	za_set(s, ZMQ_IPV6, 1);
	say_set_bytes(s, "v6:::1/128", ZMQ_TCP_ACCEPT_FILTER, "::1/128", 7);
	say_set_bytes(s, "v6:::1/129", ZMQ_TCP_ACCEPT_FILTER, "::1/129", 7);
	say_set_bytes(s, "empty", ZMQ_TCP_ACCEPT_FILTER, "", 0);
	say_set_bytes(s, "null", ZMQ_TCP_ACCEPT_FILTER, NULL, 0);
	say_get(s, "get", ZMQ_TCP_ACCEPT_FILTER);
	probe_takers(ZMQ_TCP_ACCEPT_FILTER, "127.0.0.1", 9);
}

/* A list that (NULL, 0) clears; pid_t, uid_t, gid_t are ints. */
static void ipc_filter(int option)
{
	const int id = 0;
	void *s = zd_socket(ZMQ_DEALER);

	say_set(s, "set", option, 4711);
	say_set_bytes(s, "set3", option, &id, 3);
	say_set_bytes(s, "empty", option, "", 0);
	say_set_bytes(s, "null", option, NULL, 0);
	say_get(s, "get", option);
	probe_takers(option, &id, sizeof(id));
}

static void IPC_FILTER_PID(void)
{
	ipc_filter(ZMQ_IPC_FILTER_PID);
}

static void IPC_FILTER_UID(void)
{
	ipc_filter(ZMQ_IPC_FILTER_UID);
}

static void IPC_FILTER_GID(void)
{
	ipc_filter(ZMQ_IPC_FILTER_GID);
}

static void AFFINITY(void)
{
	uint64_t mask = 99;
	size_t size = sizeof(mask);
	void *s = zd_socket(ZMQ_DEALER);

	zt_ok(zmq_getsockopt(s, ZMQ_AFFINITY, &mask, &size));
	say("default=%d/%zu", (int)mask, size);
	mask = ~0ULL;
	say_set_bytes(s, "set8", ZMQ_AFFINITY, &mask, 8);
	mask = 0;
	zt_ok(zmq_getsockopt(s, ZMQ_AFFINITY, &mask, &size));
	say("then=%llx", (unsigned long long)mask);
	say_set_bytes(s, "set4", ZMQ_AFFINITY, &mask, 4);
	probe_get(s, ZMQ_AFFINITY, "get4", 4);
	probe_get(s, ZMQ_AFFINITY, "get8", 8);
	probe_get(s, ZMQ_AFFINITY, "get16", 16);
	mask = 1;
	probe_takers(ZMQ_AFFINITY, &mask, 8);
}

static void MAXMSGSIZE(void)
{
	static const int64_t values[] = { INT64_MIN, -2, 0, INT64_MAX };
	size_t size = sizeof(int64_t), same = 0, i;
	void *s = zd_socket(ZMQ_DEALER);
	int64_t max = 0;

	zt_ok(zmq_getsockopt(s, ZMQ_MAXMSGSIZE, &max, &size));
	say("default=%d/%zu", (int)max, size);
	for (i = 0; i < ZT_ARRAY(values); i++) {
		zt_ok(zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &values[i], 8));
		zt_ok(zmq_getsockopt(s, ZMQ_MAXMSGSIZE, &max, &size));
		same += max == values[i];
	}
	say("same=%zu", same);
	say_set_bytes(s, "set4", ZMQ_MAXMSGSIZE, &max, 4);
	probe_get(s, ZMQ_MAXMSGSIZE, "get4", 4);
	probe_get(s, ZMQ_MAXMSGSIZE, "get16", 16);
	probe_takers(ZMQ_MAXMSGSIZE, &max, 8);
}

#define Z85_KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

/* 32 bytes, or 40 characters with or without the NUL; read as 32 or as 41. */
static void curve_key(int option)
{
	char text[41];
	size_t size = sizeof(text);
	void *s = zd_socket(ZMQ_DEALER);

	memset(text, 0x5a, sizeof(text));
	say_set_bytes(s, "set31", option, text, 31);
	say_set_bytes(s, "set32", option, text, 32);
	say_set_bytes(s, "set33", option, text, 33);
	say_set_bytes(s, "set39", option, Z85_KEY, 39);
	say_set_bytes(s, "set40", option, Z85_KEY, 40);
	say_set_bytes(s, "set41", option, Z85_KEY, 41);
	zt_ok(zmq_getsockopt(s, option, text, &size));
	say("get41=%s", strcmp(text, Z85_KEY) ? "other" : "same");
	probe_get(s, option, "get32", 32);
	probe_get(s, option, "get40", 40);
	probe_get(s, option, "get42", 42);
	say_get(s, "mechanism", ZMQ_MECHANISM);
	probe_takers(option, Z85_KEY, 40);
}

static void CURVE_PUBLICKEY(void)
{
	curve_key(ZMQ_CURVE_PUBLICKEY);
}

static void CURVE_SECRETKEY(void)
{
	curve_key(ZMQ_CURVE_SECRETKEY);
}

static void CURVE_SERVERKEY(void)
{
	curve_key(ZMQ_CURVE_SERVERKEY);
}

/* Each way to ask for a mechanism shows at once in MECHANISM, and the last one counts. */
static void MECHANISM(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	say_get(s, "default", ZMQ_MECHANISM);
	za_set(s, ZMQ_PLAIN_SERVER, 1);
	say_get(s, "plain-server", ZMQ_MECHANISM);
	za_set(s, ZMQ_CURVE_SERVER, 1);
	say_get(s, "curve-server", ZMQ_MECHANISM);
	za_set(s, ZMQ_CURVE_SERVER, 0);
	say_get(s, "no-server", ZMQ_MECHANISM);
	zd_set_text(s, ZMQ_PLAIN_USERNAME, "u");
	say_get(s, "username", ZMQ_MECHANISM);
	say_get(s, "server", ZMQ_PLAIN_SERVER);
	zt_ok(zmq_setsockopt(s, ZMQ_PLAIN_USERNAME, NULL, 0));
	say_get(s, "null", ZMQ_MECHANISM);
	zd_set_text(s, ZMQ_CURVE_SERVERKEY, Z85_KEY);
	say_get(s, "serverkey", ZMQ_MECHANISM);
	say_set(s, "set", ZMQ_MECHANISM, 0);
}

/* A transport that Debian's library does not have. */
static void VMCI(void)
{
	const uint64_t size = 1024;
	void *s = zd_socket(ZMQ_DEALER);

	say_set_bytes(s, "size", ZMQ_VMCI_BUFFER_SIZE, &size, 8);
	say_set_bytes(s, "min", ZMQ_VMCI_BUFFER_MIN_SIZE, &size, 8);
	say_set_bytes(s, "max", ZMQ_VMCI_BUFFER_MAX_SIZE, &size, 8);
	say_set(s, "timeout", ZMQ_VMCI_CONNECT_TIMEOUT, 100);
	probe_get(s, ZMQ_VMCI_BUFFER_SIZE, "get", 8);
	say_get(s, "get", ZMQ_VMCI_CONNECT_TIMEOUT);
}

/* A mechanism of Debian's library that we do not have. */
static void GSSAPI(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	say_get(s, "server", ZMQ_GSSAPI_SERVER);
	say_get(s, "plaintext", ZMQ_GSSAPI_PLAINTEXT);
	probe_text(s, ZMQ_GSSAPI_PRINCIPAL, "principal");
	probe_text(s, ZMQ_GSSAPI_SERVICE_PRINCIPAL, "service");
	say_set(s, "set", ZMQ_GSSAPI_PLAINTEXT, 1);
	say_get(s, "then", ZMQ_GSSAPI_PLAINTEXT);
	say_set_bytes(s, "set", ZMQ_GSSAPI_PRINCIPAL, "p", 1);
	say_get(s, "mechanism", ZMQ_MECHANISM);
}

static const struct zd_behaviour behaviours[] = {
	{ "PLAIN_USERNAME", "API 2.2", PLAIN_USERNAME,
	  "default=[] null=ok empty=EINVAL one=ok max=ok max+1=EINVAL then=[255] get3=EINVAL get4=4 get99=4 null=ok last=[abc] takers=all",
	},
	{ "PLAIN_PASSWORD", "API 2.2", PLAIN_PASSWORD,
	  "default=[] null=ok empty=EINVAL one=ok max=ok max+1=EINVAL then=[255] get3=EINVAL get4=4 get99=4 null=ok last=[abc] takers=all",
	},
	{ "ZAP_DOMAIN", "API 2.2", ZAP_DOMAIN,
	  "default=[] null=EINVAL empty=EINVAL one=ok max=ok max+1=EINVAL then=[255] get3=EINVAL get4=4 get99=4 null=EINVAL last=[abc] takers=all",
	},
	{ "SOCKS_PROXY", "API 2.2", SOCKS_PROXY,
	  "default=[] null=ok empty=EINVAL one=ok max=ok max+1=ok then=[101] get3=EINVAL get4=4 get99=4 null=ok last=[] takers=all",
	},
	{ "BINDTODEVICE", "API 2.2", BINDTODEVICE,
	  "default=[] null=ok empty=EINVAL one=ok max=ok max+1=EINVAL then=[xxxxxxxxxxxxxxxx] get3=EINVAL get4=4 get99=4 null=ok last=[] takers=all",
	},
	{ "ROUTING_ID", "API 2.2", ROUTING_ID,
	  "default=0 null=EINVAL empty=EINVAL one=ok max=ok max+1=EINVAL get254=EINVAL get255=255 zero=ok get256=4 takers=all",
	},
	{ "SUBSCRIBE", "API 2.2", SUBSCRIBE,
	  "null=ok empty=ok one=ok max=ok max+1=ok get=EINVAL takers=SUB",
	},
	{ "UNSUBSCRIBE", "API 2.2", UNSUBSCRIBE,
	  "null=ok empty=ok one=ok max=ok max+1=ok get=EINVAL takers=SUB",
	},
	{ "CONNECT_ROUTING_ID", "API 2.2", CONNECT_ROUTING_ID,
	  "null=EINVAL empty=EINVAL one=ok max=ok max+1=ok get=EINVAL takers=REP,ROUTER,STREAM",
	  .ours =
	  "null=EINVAL empty=EINVAL one=ok max=ok max+1=EINVAL get=EINVAL takers=REP,ROUTER,STREAM",
	  .why = "A routing id has 255 bytes at most",
	},
	{ "XPUB_WELCOME_MSG", "API 2.2", XPUB_WELCOME_MSG,
	  "null=ok empty=ok one=ok max=ok max+1=ok get=EINVAL takers=PUB,XPUB",
	},
	{ "TCP_ACCEPT_FILTER", "API 2.2", TCP_ACCEPT_FILTER,
	  "127.0.0.1=ok 127.0.0.1/32=ok 0.0.0.0/0=ok foo=EINVAL 0.0.0.0foo=EINVAL 0.0.0.0/foo=EINVAL 0.0.0.0/=EINVAL 0.0.0.0/-1=EINVAL 0.0.0.0/33=EINVAL ::1=EINVAL ::1/128=EINVAL v6:::1/128=ok v6:::1/129=EINVAL empty=EINVAL null=ok get=EINVAL takers=all",
	},
	{ "IPC_FILTER_PID", "API 2.2", IPC_FILTER_PID,
	  "set=ok set3=EINVAL empty=EINVAL null=ok get=EINVAL takers=all",
	},
	{ "IPC_FILTER_UID", "API 2.2", IPC_FILTER_UID,
	  "set=ok set3=EINVAL empty=EINVAL null=ok get=EINVAL takers=all",
	},
	{ "IPC_FILTER_GID", "API 2.2", IPC_FILTER_GID,
	  "set=ok set3=EINVAL empty=EINVAL null=ok get=EINVAL takers=all",
	},
	{ "AFFINITY", "API 2.2", AFFINITY,
	  "default=0/8 set8=ok then=ffffffffffffffff set4=EINVAL get4=EINVAL get8=8 get16=EINVAL takers=all",
	},
	{ "MAXMSGSIZE", "API 2.2", MAXMSGSIZE,
	  "default=-1/8 same=4 set4=EINVAL get4=EINVAL get16=EINVAL takers=all",
	},
	{ "CURVE_PUBLICKEY", "API 2.2", CURVE_PUBLICKEY,
	  "set31=EINVAL set32=ok set33=EINVAL set39=EINVAL set40=ok set41=ok get41=same get32=32 get40=EINVAL get42=EINVAL mechanism=2 takers=all",
	},
	{ "CURVE_SECRETKEY", "API 2.2", CURVE_SECRETKEY,
	  "set31=EINVAL set32=ok set33=EINVAL set39=EINVAL set40=ok set41=ok get41=same get32=32 get40=EINVAL get42=EINVAL mechanism=2 takers=all",
	},
	{ "CURVE_SERVERKEY", "API 2.2", CURVE_SERVERKEY,
	  "set31=EINVAL set32=ok set33=EINVAL set39=EINVAL set40=ok set41=ok get41=same get32=32 get40=EINVAL get42=EINVAL mechanism=2 takers=all",
	},
	{ "MECHANISM", "API 2.2", MECHANISM,
	  "default=0 plain-server=1 curve-server=2 no-server=0 username=1 server=0 null=0 serverkey=2 set=EINVAL",
	},
	{ "VMCI", "API 2.2", VMCI,
	  "size=EINVAL min=EINVAL max=EINVAL timeout=EINVAL get=EINVAL get=EINVAL",
	},
	{ "GSSAPI", "API 2.2", GSSAPI,
	  "server=0 plaintext=0 principal=[] service=[] set=ok then=1 set=ok mechanism=3",
	  "server=EINVAL plaintext=EINVAL principal=EINVAL service=EINVAL set=EINVAL then=EINVAL set=EINVAL mechanism=0",
	  "GSSAPI options are refused" },
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
