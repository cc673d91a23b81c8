// SPDX-License-Identifier: GPL-2.0-only
/* Two sockets, one to meet the other. */
#include "diff.h"
#include "ends.h"

#define BIG 70000

struct ends ends_new(int server, int client)
{
	struct ends e;

	e.server = watch_new(server, &e.ours);
	e.client = watch_new(client, &e.theirs);
	return e;
}

void ends_exchange(struct ends *e)
{
	static const size_t sizes[] = { 0, 1, 222, 223, 255, 256, BIG };
	char id[16];
	size_t i;
	int len;

	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		za_put_big(e->client, sizes[i], i, ZMQ_SNDMORE);
		za_put_big(e->client, sizes[i], i + 100, 0);
		len = zmq_recv(e->server, id, sizeof(id), 0);
		zt_eq(len, 5);
		za_want_big(e->server, sizes[i], i, 1);
		za_want_big(e->server, sizes[i], i + 100, 0);
		zt_eq(zmq_send(e->server, id, len, ZMQ_SNDMORE), len);
		za_put_big(e->server, sizes[i], i, 0);
		za_want_big(e->client, sizes[i], i, 0);
	}
	say("both-ways");
}

void ends_meet(struct ends *e)
{
	zd_link(e->server, e->client);
	ends_exchange(e);
	say_watched(e->ours, 3);
	say_quiet(e->ours);
	say_watched(e->theirs, 3);
	say_quiet(e->theirs);
}

void ends_refused(struct ends *e, int ours, int theirs)
{
	zd_link(e->server, e->client);
	zmq_send(e->client, "x", 1, ZMQ_DONTWAIT);
	say_watched(e->ours, ours);
	say_watched(e->theirs, theirs);
	say_quiet(e->ours);
	say_quiet(e->theirs);
	say_recv_now(e->server);
}
