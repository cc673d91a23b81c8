// SPDX-License-Identifier: GPL-2.0-only
/*
 * /etc/hosts: the first address of each family wins, as in glibc's "files".
 * Pure code: no lock, no sleep, no allocation.
 */
#include <linux/inet.h>
#include <linux/string.h>

#include "common.h"
#include "resolve/hosts.h"
#include "resolve/lines.h"
#include "resolve/literal.h"

static bool zmq_hosts_names(char *line, const char *name)
{
	char *word;

	while ((word = zmq_line_token(&line))) {
		if (!strcasecmp(word, name))
			return true;
	}
	return false;
}

/* No zones here: a link-local address in this file names no link. */
static void zmq_hosts_take(struct zmq_hosts_query *q, const char *addr)
{
	struct in6_addr addr6;
	const char *end;

	if (!strchr(addr, ':')) {
		if (!q->have4)
			q->have4 = zmq_literal_inet4(addr, &q->addr4);
	} else if (q->want6 && !q->have6) {
		if (!in6_pton(addr, -1, addr6.s6_addr, -1, &end) || *end)
			return;
		q->addr6 = addr6;
		q->have6 = true;
	}
}

/**
 * zmq_hosts_line() - look at one line of /etc/hosts
 * @query: struct zmq_hosts_query; a find is noted in it
 * @line: the line; is cut into words
 *
 * Return: false once the best answer is there, so that reading can end.
 */
bool zmq_hosts_line(void *query, char *line)
{
	struct zmq_hosts_query *q = query;
	char *comment, *addr;

	comment = strchr(line, '#');
	if (comment)
		*comment = '\0';
	addr = zmq_line_token(&line);
	if (addr && zmq_hosts_names(line, q->name))
		zmq_hosts_take(q, addr);
	return q->want6 ? !q->have6 : !q->have4;
}
EXPORT_SYMBOL_KUNIT(zmq_hosts_line);

/**
 * zmq_hosts_is_localhost() - does a name mean this host by definition?
 * @name: host name, without a dot at its end
 *
 * Such names must never reach a DNS server: RFC 6761 section 6.3.
 *
 * Return: true for "localhost" and names that end in ".localhost".
 */
bool zmq_hosts_is_localhost(const char *name)
{
	static const char localhost[] = "localhost";
	size_t len = strlen(name), tail = sizeof(localhost) - 1;

	if (len < tail || strcasecmp(name + len - tail, localhost))
		return false;
	return len == tail || name[len - tail - 1] == '.';
}
EXPORT_SYMBOL_KUNIT(zmq_hosts_is_localhost);
