// SPDX-License-Identifier: GPL-2.0-only
/* What is known of all sockets, put together. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

void *zss_list_add(struct zss_list *list, size_t size)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 4;
		list->rows = reallocarray(list->rows, list->room, size);
		if (!list->rows)
			err(1, "%zu rows", list->room);
	}
	return memset((char *)list->rows + list->count++ * size, 0, size);
}

/* Dumps come in the order of the numbers. */
struct zss_socket *zss_model_find(const struct zss_model *m, uint64_t id)
{
	size_t low = 0, high = m->sockets.count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct zss_socket *s = zss_socket_at(m, mid);

		if (s->id == id)
			return s;
		if (s->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void zss_peer_free(struct zss_peer *p)
{
	free(p->endpoint);
	free(p->local);
	free(p->remote);
	free(p->type);
	free(p->reason);
	free(p->error);
	free(p->routing_id.p);
}

void zss_model_add_endpoint(struct zss_model *m, struct zss_endpoint *e)
{
	struct zss_socket *s = zss_model_find(m, e->socket);

	if (s)
		*(struct zss_endpoint *)zss_list_add(&s->endpoints, sizeof(*e)) = *e;
	else
		free(e->uri);
}

void zss_model_add_peer(struct zss_model *m, struct zss_peer *p)
{
	struct zss_socket *s = zss_model_find(m, p->socket);

	if (!s) {
		zss_peer_free(p);
		return;
	}
	s->queued_in += p->in.depth;
	s->queued_out += p->out.depth;
	*(struct zss_peer *)zss_list_add(&s->peers, sizeof(*p)) = *p;
}

static void zss_socket_free(struct zss_socket *s)
{
	size_t i;

	for (i = 0; i < s->peers.count; i++)
		zss_peer_free(zss_peer_at(s, i));
	for (i = 0; i < s->endpoints.count; i++)
		free(zss_endpoint_at(s, i)->uri);
	for (i = 0; i < s->dropped.count; i++) {
		free(zss_drop_at(s, i)->reason);
		free(zss_drop_at(s, i)->text);
	}
	free(s->peers.rows);
	free(s->endpoints.rows);
	free(s->dropped.rows);
	free(s->comm);
	free(s->error);
}

void zss_model_free(struct zss_model *m)
{
	size_t i;

	for (i = 0; i < m->sockets.count; i++)
		zss_socket_free(zss_socket_at(m, i));
	free(m->sockets.rows);
}
