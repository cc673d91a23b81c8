// SPDX-License-Identifier: GPL-2.0-only
/* Which sockets and events are wanted. */
#include <err.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "names.h"

void zss_filter_type(struct zss_filter *f, const char *name)
{
	int type = zss_number(&zss_types, name);

	if (type < 0)
		errx(2, "%s is no socket type", name);
	f->types |= 1U << type;
}

void zss_filter_user(struct zss_filter *f, const char *name)
{
	struct passwd *pw = getpwnam(name);
	char *end;

	errno = 0;
	f->by_uid = true;
	f->uid = pw ? pw->pw_uid : strtoul(name, &end, 10);
	if (!pw && (errno || *end || end == name))
		errx(2, "%s is no user", name);
}

void zss_filter_state(struct zss_filter *f, const char *name)
{
	if (zss_number(&zss_socket_states, name) < 0 && zss_number(&zss_peer_states, name) < 0)
		errx(2, "%s is no state of a socket or a peer", name);
	f->state = name;
}

static bool zss_has(const char *text, const char *part)
{
	return text && strstr(text, part);
}

static bool zss_filter_owner(const struct zss_filter *f, uint64_t id, uint32_t type, uint32_t uid)
{
	return (!f->id || f->id == id) && (!f->by_uid || f->uid == uid) &&
	       (!f->types || (type < 32 && f->types & 1U << type));
}

static bool zss_filter_endpoint(const struct zss_filter *f, const struct zss_socket *s)
{
	size_t i;

	for (i = 0; i < s->endpoints.count; i++)
		if (zss_has(zss_endpoint_at(s, i)->uri, f->endpoint))
			return true;
	for (i = 0; i < s->peers.count; i++) {
		const struct zss_peer *p = zss_peer_at(s, i);

		if (zss_has(p->endpoint, f->endpoint) || zss_has(p->local, f->endpoint) ||
		    zss_has(p->remote, f->endpoint))
			return true;
	}
	return false;
}

static bool zss_filter_states(const struct zss_filter *f, const struct zss_socket *s)
{
	int state = zss_number(&zss_peer_states, f->state);
	size_t i;

	if (zss_number(&zss_socket_states, f->state) == (int)s->state)
		return true;
	for (i = 0; i < s->peers.count; i++)
		if ((int)zss_peer_at(s, i)->state == state)
			return true;
	return false;
}

bool zss_filter_socket(const struct zss_filter *f, const struct zss_socket *s)
{
	return zss_filter_owner(f, s->id, s->type, s->uid) && (!f->pid || f->pid == s->pid) &&
	       (!f->endpoint || zss_filter_endpoint(f, s)) &&
	       (!f->state || zss_filter_states(f, s));
}

bool zss_filter_event(const struct zss_filter *f, uint64_t id, uint32_t type, uint32_t uid,
		      const char *local, const char *remote)
{
	return zss_filter_owner(f, id, type, uid) &&
	       (!f->endpoint || zss_has(local, f->endpoint) || zss_has(remote, f->endpoint));
}
