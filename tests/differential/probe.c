// SPDX-License-Identifier: GPL-2.0-only
/* What an option takes: defaults, values, lengths, socket types. */
#include <string.h>

#include "diff.h"
#include "probe.h"

#define LONG_TEXT 40

static const char *const type_names[] = {
	"PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB",
	"STREAM",
};

void *probe_socket(void *ctx, int type)
{
	void *socket = zmq_socket(ctx, type);

	if (!socket)
		zt_fail("zmq_socket(%s): %s", type_names[type], zmq_strerror(errno));
	return socket;
}

void probe_int(void *socket, int option, int value)
{
	size_t size = sizeof(int);
	int got = -12345;

	if (zmq_setsockopt(socket, option, &value, sizeof(value)))
		say("%d=%s", value, zd_errno(errno));
	else if (zmq_getsockopt(socket, option, &got, &size))
		say("%d=ok", value);
	else
		say("%d=%d", value, got);
}

void probe_get(void *socket, int option, const char *what, size_t size)
{
	char buf[512];

	memset(buf, 0x55, sizeof(buf));
	if (zmq_getsockopt(socket, option, buf, &size))
		say("%s=%s", what, zd_errno(errno));
	else
		say("%s=%zu", what, size);
}

void probe_text(void *socket, int option, const char *what)
{
	char buf[512];
	size_t size = sizeof(buf);

	memset(buf, 0x55, sizeof(buf));
	if (zmq_getsockopt(socket, option, buf, &size))
		say("%s=%s", what, zd_errno(errno));
	else if (size < 1 || size > sizeof(buf) || strnlen(buf, size) + 1 != size)
		say("%s=no-text", what);
	else if (size > LONG_TEXT)
		say("%s=[%zu]", what, size - 1);
	else
		say("%s=[%s]", what, buf);
}

void probe_takers(int option, const void *value, size_t len)
{
	char list[128] = "";
	void *ctx = za_ctx();
	size_t type, takers = 0;

	for (type = 0; type < ZT_ARRAY(type_names); type++) {
		void *socket = probe_socket(ctx, type);

		if (!zmq_setsockopt(socket, option, value, len)) {
			if (takers++)
				strcat(list, ",");
			strcat(list, type_names[type]);
		}
		za_close(socket);
	}
	if (takers == ZT_ARRAY(type_names))
		say("takers=all");
	else
		say("takers=%s", takers ? list : "none");
	za_term(ctx);
}

/* Lengths other than that of an int. */
static void set_lengths(void *socket, int option)
{
	static const int zeros[4];
	static const char *const names[] = { "set0", "set3", "set5", "set8" };
	static const size_t lengths[] = { 0, 3, 5, 8 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(lengths); i++)
		say_set_bytes(socket, names[i], option, zeros, lengths[i]);
}

void probe_int_option(int option, const int *values, size_t count)
{
	void *ctx = za_ctx(), *socket = probe_socket(ctx, ZMQ_DEALER);
	size_t i;

	say("default=%d", za_get(socket, option));
	for (i = 0; i < count; i++)
		probe_int(socket, option, values[i]);
	set_lengths(socket, option);
	probe_get(socket, option, "get3", 3);
	probe_get(socket, option, "get4", 4);
	probe_get(socket, option, "get8", 8);
	za_set(socket, ZMQ_LINGER, 0);
	za_close(socket);
	za_term(ctx);
	probe_takers(option, &values[count - 1], sizeof(int));
}

void probe_flag_option(int type, int option, const int *values, size_t count)
{
	void *ctx = za_ctx(), *socket = probe_socket(ctx, type);
	size_t i;

	for (i = 0; i < count; i++)
		probe_int(socket, option, values[i]);
	set_lengths(socket, option);
	probe_get(socket, option, "get4", 4);
	za_close(socket);
	za_term(ctx);
	probe_takers(option, &values[count - 1], sizeof(int));
}
