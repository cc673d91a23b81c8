// SPDX-License-Identifier: GPL-2.0-only
/* Numbers of the kernel's interface as words. */
#include <linux/zmq.h>
#include <linux/zmq_netlink.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "names.h"

#define NAMES(...) { (const char *const []){ __VA_ARGS__ }, \
	sizeof((const char *const []){ __VA_ARGS__ }) / sizeof(char *) }

const struct zss_names zss_types = NAMES("PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER",
					 "PULL", "PUSH", "XPUB", "XSUB", "STREAM");
const struct zss_names zss_socket_states = NAMES("open", "terminated", "lingering");
const struct zss_names zss_endpoint_kinds = NAMES("bind", "connect");
const struct zss_names zss_peer_states = NAMES("waiting", "connecting", "proxy", "handshake",
					       "ready", "draining", "idle", "gone");
const struct zss_names zss_mechanisms = NAMES("NULL", "PLAIN", "CURVE", "GSSAPI");
const struct zss_names zss_peer_flags = NAMES("closing", "blocked", "stopped", "starved", "mute");
const struct zss_names zss_events = NAMES("connected", "connect-delayed", "connect-retried",
					  "listening", "bind-failed", "accepted", "accept-failed",
					  "closed", "close-failed", "disconnected",
					  "monitor-stopped", "handshake-failed",
					  "handshake-succeeded", "handshake-failed-protocol",
					  "handshake-failed-auth");

_Static_assert(ZMQ_PEER_STATE_GONE == 7 && ZMQ_SOCKET_STATE_LINGERING == 2, "as in the lists");
_Static_assert(ZMQ_PEER_FLAG_MUTE == 1 << 4, "as in the list");
_Static_assert(ZMQ_EVENT_HANDSHAKE_FAILED_AUTH == 1 << 14, "as in the list");

const char *zss_name(const struct zss_names *names, uint32_t n, char *buf)
{
	if (n < names->count)
		return names->names[n];
	snprintf(buf, ZSS_NAME_MAX, "?%u", n);
	return buf;
}

const char *zss_bit_name(const struct zss_names *names, uint32_t bits, char *buf)
{
	return zss_name(names, ffs(bits) - 1, buf);
}

int zss_number(const struct zss_names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (!strcasecmp(names->names[i], name))
			return i;
	return -1;
}
