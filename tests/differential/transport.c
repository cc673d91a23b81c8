// SPDX-License-Identifier: GPL-2.0-only
/* One table of behaviours, run on every transport. */
#define _GNU_SOURCE
#include <stdlib.h>

#include "transport.h"

/* Of this process, which runs one behaviour. */
static const char *chosen_name;
static void (*chosen_run)(void);

static void on_tcp(void)
{
	chosen_name = "tcp";
	chosen_run();
}

static void on_ipc(void)
{
	chosen_name = "ipc";
	chosen_run();
}

static void on_inproc(void)
{
	chosen_name = "inproc";
	chosen_run();
}

static const struct {
	const char *name;
	void (*run)(void);
} transports[] = {
	{ "tcp", on_tcp },
	{ "ipc", on_ipc },
	{ "inproc", on_inproc },
};

int transport_main(int argc, char **argv, const struct transport_row *rows, size_t count)
{
	size_t i, n = count * ZT_ARRAY(transports);
	struct zd_behaviour *behaviours = calloc(n, sizeof(*behaviours));

	zt_check(behaviours);
	for (i = 0; i < n; i++) {
		const struct transport_row *row = &rows[i / ZT_ARRAY(transports)];
		char *name;

		zt_check(asprintf(&name, "%s_%s", row->name,
				  transports[i % ZT_ARRAY(transports)].name) > 0);
		behaviours[i] = (struct zd_behaviour){
			.name = name,
			.rule = row->rule,
			.run = transports[i % ZT_ARRAY(transports)].run,
			.want = row->want,
		};
		/* "one NAME": on_tcp() and its like are not told whose they are. */
		if (argc > 2 && !strcmp(argv[2], name))
			chosen_run = row->run;
	}
	return zd_main(argc, argv, behaviours, n);
}

const char *transport_name(void)
{
	return chosen_name;
}

void transport_choose(const char *name)
{
	chosen_name = name;
}

const char *transport_bind(void *socket)
{
	static int count;
	char name[16], ep[256];
	char *copy;

	if (!strcmp(chosen_name, "tcp"))
		return zd_bind(socket);
	sprintf(name, "%d", ++count);
	if (!strcmp(chosen_name, "ipc")) {
		za_bind(socket, zd_ipc(name));
	} else {
		sprintf(ep, "inproc://%s", name);
		za_bind(socket, ep);
	}
	za_last(socket, ep);
	copy = strdup(ep);
	zt_check(copy);
	return copy;
}

void transport_couple(void *binder, void *connector)
{
	za_connect(connector, transport_bind(binder));
}

void *transport_pair(int binder, int connector, void **other)
{
	void *s = zd_socket(binder);

	*other = zd_socket(connector);
	transport_couple(s, *other);
	return s;
}

void *transport_fan(int type, int peer, void **peers, int count)
{
	void *s = zd_socket(type);
	int i;

	for (i = 0; i < count; i++) {
		peers[i] = zd_socket(peer);
		transport_couple(peers[i], s);
	}
	return s;
}
