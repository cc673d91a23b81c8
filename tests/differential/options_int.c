// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of type int, one behaviour each: default, the edges of what is legal,
 * lengths of set and get, and the socket types that take it. Values are said as
 * SET=READ; "ok" stands for what was taken and can't be read.
 */
#include "diff.h"
#include "probe.h"

/* An option that can be read: its function; the last value must be legal. */
#define READABLE(name, ...)						\
	static void name(void)						\
	{								\
		static const int values[] = { __VA_ARGS__ };		\
									\
		probe_int_option(ZMQ_##name, values, ZT_ARRAY(values));	\
	}

/* One that can't, tried on a socket type that knows it. */
#define WRITABLE(name, type, ...)					\
	static void name(void)						\
	{								\
		static const int values[] = { __VA_ARGS__ };		\
									\
		probe_flag_option(type, ZMQ_##name, values, ZT_ARRAY(values)); \
	}

READABLE(RATE, -1, 0, 1, 1000)
READABLE(RECOVERY_IVL, -1, 0, 500)
READABLE(SNDBUF, -2, -1, 0, 16384)
READABLE(RCVBUF, -2, -1, 0, 16384)
READABLE(LINGER, -2, -1, 0, 300)
READABLE(RECONNECT_IVL, -2, -1, 0, 300)
READABLE(BACKLOG, -1, 0, 1, 4096)
READABLE(RECONNECT_IVL_MAX, -1, 0, 50, 1000)
READABLE(SNDHWM, -1, 0, 1, 1000000)
READABLE(RCVHWM, -1, 0, 1, 1000000)
READABLE(MULTICAST_HOPS, -1, 0, 1, 255)
READABLE(RCVTIMEO, -2, -1, 0, 300)
READABLE(SNDTIMEO, -2, -1, 0, 300)
READABLE(IPV4ONLY, -1, 2, 0, 1)
READABLE(TCP_KEEPALIVE, -2, 2, -1, 0, 1)
READABLE(TCP_KEEPALIVE_CNT, -2, -1, 0, 5)
READABLE(TCP_KEEPALIVE_IDLE, -2, -1, 0, 5)
READABLE(TCP_KEEPALIVE_INTVL, -2, -1, 0, 5)
READABLE(IMMEDIATE, -1, 2, 0, 1)
READABLE(IPV6, -1, 2, 0, 1)
READABLE(PLAIN_SERVER, -1, 2, 0, 1)
READABLE(CURVE_SERVER, -1, 2, 0, 1)
READABLE(CONFLATE, -1, 2, 1, 0)
READABLE(TOS, -1, 0, 0x28, 255)
READABLE(HANDSHAKE_IVL, -1, 0, 100)
READABLE(INVERT_MATCHING, -1, 2, 0, 1)
READABLE(HEARTBEAT_IVL, -1, 0, 100)
READABLE(HEARTBEAT_TTL, -100, -99, 6553600, 6553599)
READABLE(HEARTBEAT_TIMEOUT, -2, -1, 0, 100)
READABLE(CONNECT_TIMEOUT, -1, 0, 100)
READABLE(TCP_MAXRT, -1, 0, 100)
READABLE(MULTICAST_MAXTPDU, -1, 0, 1, 1400)
READABLE(USE_FD, -2, -1, 3)

WRITABLE(ROUTER_MANDATORY, ZMQ_ROUTER, -1, 0, 2, 1)
WRITABLE(ROUTER_RAW, ZMQ_ROUTER, -1, 0, 2, 1)
WRITABLE(ROUTER_HANDOVER, ZMQ_ROUTER, -1, 0, 2, 1)
WRITABLE(PROBE_ROUTER, ZMQ_ROUTER, -1, 0, 2, 1)
WRITABLE(REQ_CORRELATE, ZMQ_REQ, -1, 0, 2, 1)
WRITABLE(REQ_RELAXED, ZMQ_REQ, -1, 0, 2, 1)
WRITABLE(XPUB_VERBOSE, ZMQ_XPUB, -1, 0, 2, 1)
WRITABLE(XPUB_VERBOSER, ZMQ_XPUB, -1, 0, 2, 1)
WRITABLE(XPUB_NODROP, ZMQ_XPUB, -1, 0, 2, 1)
WRITABLE(XPUB_MANUAL, ZMQ_XPUB, -1, 0, 2, 1)
WRITABLE(STREAM_NOTIFY, ZMQ_STREAM, -1, 0, 2, 1)

/* No other length than an int's, in or out. */
#define SET_LENGTHS "set0=EINVAL set3=EINVAL set5=EINVAL set8=EINVAL"
#define GET_LENGTHS "get3=EINVAL get4=4 get8=EINVAL"

#define READ_ROW(name, want)						\
	{ #name, "API 2.2", name, want " " SET_LENGTHS " " GET_LENGTHS " takers=all" }
#define WRITE_ROW(name, want, takers)					\
	{ #name, "API 2.2", name, want " " SET_LENGTHS " get4=EINVAL takers=" takers }

static const struct zd_behaviour behaviours[] = {
	READ_ROW(RATE, "default=100 -1=EINVAL 0=EINVAL 1=1 1000=1000"),
	READ_ROW(RECOVERY_IVL, "default=10000 -1=EINVAL 0=0 500=500"),
	READ_ROW(SNDBUF, "default=-1 -2=EINVAL -1=-1 0=0 16384=16384"),
	READ_ROW(RCVBUF, "default=-1 -2=EINVAL -1=-1 0=0 16384=16384"),
	READ_ROW(LINGER, "default=-1 -2=EINVAL -1=-1 0=0 300=300"),
	READ_ROW(RECONNECT_IVL, "default=100 -2=EINVAL -1=-1 0=0 300=300"),
	READ_ROW(BACKLOG, "default=100 -1=EINVAL 0=0 1=1 4096=4096"),
	READ_ROW(RECONNECT_IVL_MAX, "default=0 -1=EINVAL 0=0 50=50 1000=1000"),
	READ_ROW(SNDHWM, "default=1000 -1=EINVAL 0=0 1=1 1000000=1000000"),
	READ_ROW(RCVHWM, "default=1000 -1=EINVAL 0=0 1=1 1000000=1000000"),
	READ_ROW(MULTICAST_HOPS, "default=1 -1=EINVAL 0=EINVAL 1=1 255=255"),
	READ_ROW(RCVTIMEO, "default=-1 -2=EINVAL -1=-1 0=0 300=300"),
	READ_ROW(SNDTIMEO, "default=-1 -2=EINVAL -1=-1 0=0 300=300"),
	READ_ROW(IPV4ONLY, "default=1 -1=EINVAL 2=EINVAL 0=0 1=1"),
	READ_ROW(TCP_KEEPALIVE, "default=-1 -2=EINVAL 2=EINVAL -1=-1 0=0 1=1"),
	READ_ROW(TCP_KEEPALIVE_CNT, "default=-1 -2=EINVAL -1=-1 0=0 5=5"),
	READ_ROW(TCP_KEEPALIVE_IDLE, "default=-1 -2=EINVAL -1=-1 0=0 5=5"),
	READ_ROW(TCP_KEEPALIVE_INTVL, "default=-1 -2=EINVAL -1=-1 0=0 5=5"),
	READ_ROW(IMMEDIATE, "default=0 -1=EINVAL 2=EINVAL 0=0 1=1"),
	READ_ROW(IPV6, "default=0 -1=EINVAL 2=EINVAL 0=0 1=1"),
	READ_ROW(PLAIN_SERVER, "default=0 -1=EINVAL 2=EINVAL 0=0 1=1"),
	READ_ROW(CURVE_SERVER, "default=0 -1=EINVAL 2=EINVAL 0=0 1=1"),
	READ_ROW(CONFLATE, "default=0 -1=EINVAL 2=EINVAL 1=1 0=0"),
	READ_ROW(TOS, "default=0 -1=EINVAL 0=0 40=40 255=255"),
	READ_ROW(HANDSHAKE_IVL, "default=30000 -1=EINVAL 0=0 100=100"),
	READ_ROW(INVERT_MATCHING, "default=0 -1=1 2=1 0=0 1=1"),
	READ_ROW(HEARTBEAT_IVL, "default=0 -1=EINVAL 0=0 100=100"),
	READ_ROW(HEARTBEAT_TTL, "default=0 -100=EINVAL -99=0 6553600=EINVAL 6553599=6553500"),
	READ_ROW(HEARTBEAT_TIMEOUT, "default=-1 -2=EINVAL -1=EINVAL 0=0 100=100"),
	READ_ROW(CONNECT_TIMEOUT, "default=0 -1=EINVAL 0=0 100=100"),
	READ_ROW(TCP_MAXRT, "default=0 -1=EINVAL 0=0 100=100"),
	READ_ROW(MULTICAST_MAXTPDU, "default=1500 -1=EINVAL 0=EINVAL 1=1 1400=1400"),
	READ_ROW(USE_FD, "default=-1 -2=EINVAL -1=-1 3=3"),
	WRITE_ROW(ROUTER_MANDATORY, "-1=EINVAL 0=ok 2=ok 1=ok", "REP,ROUTER"),
	WRITE_ROW(ROUTER_RAW, "-1=EINVAL 0=ok 2=ok 1=ok", "REP,ROUTER"),
	WRITE_ROW(ROUTER_HANDOVER, "-1=EINVAL 0=ok 2=ok 1=ok", "REP,ROUTER"),
	WRITE_ROW(PROBE_ROUTER, "-1=EINVAL 0=ok 2=ok 1=ok", "REQ,REP,DEALER,ROUTER"),
	WRITE_ROW(REQ_CORRELATE, "-1=EINVAL 0=ok 2=ok 1=ok", "REQ"),
	WRITE_ROW(REQ_RELAXED, "-1=EINVAL 0=ok 2=ok 1=ok", "REQ"),
	WRITE_ROW(XPUB_VERBOSE, "-1=EINVAL 0=ok 2=ok 1=ok", "PUB,XPUB"),
	WRITE_ROW(XPUB_VERBOSER, "-1=EINVAL 0=ok 2=ok 1=ok", "PUB,XPUB"),
	WRITE_ROW(XPUB_NODROP, "-1=EINVAL 0=ok 2=ok 1=ok", "PUB,XPUB"),
	WRITE_ROW(XPUB_MANUAL, "-1=EINVAL 0=ok 2=ok 1=ok", "PUB,XPUB"),
	WRITE_ROW(STREAM_NOTIFY, "-1=EINVAL 0=ok 2=EINVAL 1=ok", "STREAM"),
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
