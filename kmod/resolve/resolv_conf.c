// SPDX-License-Identifier: GPL-2.0-only
/*
 * /etc/resolv.conf as resolv.conf(5) describes it. What the module does not
 * do (sortlist, rotate, use-vc, edns0 ...) is skipped, as glibc skips options
 * that it does not know.
 * Pure code but for the look-up of an interface: no sleep, no allocation.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "common.h"
#include "resolve/lines.h"
#include "resolve/literal.h"
#include "resolve/resolv_conf.h"

#define ZMQ_DNS_PORT 53

/**
 * zmq_resolv_conf_init() - start with the values of an empty file
 * @conf: the configuration
 * @net: see struct zmq_resolv_conf; must outlive the reading
 */
void zmq_resolv_conf_init(struct zmq_resolv_conf *conf, struct net *net)
{
	conf->net = net;
	conf->nr_servers = 0;
	conf->nr_search = 0;
	conf->ndots = 1;
	conf->timeout = 5;
	conf->attempts = 2;
}
EXPORT_SYMBOL_KUNIT(zmq_resolv_conf_init);

static void zmq_resolv_conf_server(struct zmq_resolv_conf *conf,
				   const char *addr)
{
	struct sockaddr_storage *ss = &conf->servers[conf->nr_servers];

	if (conf->nr_servers == ZMQ_RESOLV_SERVERS)
		return;
	if (zmq_literal_parse(conf->net, addr, ss))
		return;
	if (ss->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_port = htons(ZMQ_DNS_PORT);
	else
		((struct sockaddr_in *)ss)->sin_port = htons(ZMQ_DNS_PORT);
	conf->nr_servers++;
}

static void zmq_resolv_conf_search(struct zmq_resolv_conf *conf, char *line,
				   unsigned int max)
{
	char *word;

	conf->nr_search = 0;
	while (conf->nr_search < max && (word = zmq_line_token(&line))) {
		size_t len = strlen(word);

		if (!zmq_dns_name_ok(word))
			continue;
		if (word[len - 1] == '.')
			word[len - 1] = '\0';
		strscpy(conf->search[conf->nr_search++], word,
			ZMQ_DNS_NAME_MAX + 1);
	}
}

static void zmq_resolv_conf_options(struct zmq_resolv_conf *conf, char *line)
{
	struct {
		const char *name;
		unsigned int *value;
		unsigned int min, max;
	} options[] = {
		{ "ndots",	&conf->ndots,		0, 15 },
		{ "timeout",	&conf->timeout,		1, 30 },
		{ "attempts",	&conf->attempts,	1, 5 },
	};
	char *word;

	while ((word = zmq_line_token(&line))) {
		char *name = strsep(&word, ":");
		unsigned int i, value;

		if (!word || kstrtouint(word, 10, &value))
			continue;
		for (i = 0; i < ARRAY_SIZE(options); i++) {
			if (!strcmp(name, options[i].name))
				*options[i].value = clamp(value, options[i].min,
							  options[i].max);
		}
	}
}

/**
 * zmq_resolv_conf_line() - take one line of the file
 * @conf: struct zmq_resolv_conf
 * @line: the line; is cut into words
 *
 * Return: true: later lines may replace earlier ones, so all are wanted.
 */
bool zmq_resolv_conf_line(void *conf, char *line)
{
	struct zmq_resolv_conf *c = conf;
	char *keyword, *value;

	/* "the keyword must start the line" */
	if (*line == ' ' || *line == '\t' || *line == '#' || *line == ';')
		return true;
	keyword = zmq_line_token(&line);
	if (!keyword)
		return true;
	if (!strcmp(keyword, "nameserver")) {
		value = zmq_line_token(&line);
		if (value)
			zmq_resolv_conf_server(c, value);
	} else if (!strcmp(keyword, "search")) {
		zmq_resolv_conf_search(c, line, ZMQ_RESOLV_SEARCH);
	} else if (!strcmp(keyword, "domain")) {
		zmq_resolv_conf_search(c, line, 1);
	} else if (!strcmp(keyword, "options")) {
		zmq_resolv_conf_options(c, line);
	}
	return true;
}
EXPORT_SYMBOL_KUNIT(zmq_resolv_conf_line);

/**
 * zmq_resolv_conf_finish() - there are no more lines
 * @conf: the configuration; without a usable nameserver line, the server is
 *	the one on the local machine
 */
void zmq_resolv_conf_finish(struct zmq_resolv_conf *conf)
{
	if (!conf->nr_servers)
		zmq_resolv_conf_server(conf, "127.0.0.1");
}
EXPORT_SYMBOL_KUNIT(zmq_resolv_conf_finish);

static int zmq_resolv_conf_join(const char *name, const char *domain,
				char out[ZMQ_DNS_NAME_MAX + 1])
{
	int len = snprintf(out, ZMQ_DNS_NAME_MAX + 1, "%s.%s", name, domain);

	return len > ZMQ_DNS_NAME_MAX ? -ENAMETOOLONG : 0;
}

/**
 * zmq_resolv_conf_candidate() - the full names behind a host name, in order
 * @conf: search list and "ndots"
 * @name: host name that zmq_dns_name_ok() accepted; a dot at its end makes it
 *	full as it is
 * @i: 0 for the first candidate, and so on
 * @out: the full name, without a dot at its end
 *
 * Return: 0; -ENAMETOOLONG if this one is to be left out; -ENOENT if @i is
 * behind the last one.
 */
int zmq_resolv_conf_candidate(const struct zmq_resolv_conf *conf,
			      const char *name, unsigned int i,
			      char out[ZMQ_DNS_NAME_MAX + 1])
{
	size_t len = strlen(name);
	unsigned int as_is, dots = 0;
	bool absolute = name[len - 1] == '.';
	const char *p;

	for (p = name; *p; p++)
		dots += *p == '.';
	as_is = dots >= conf->ndots ? 0 : conf->nr_search;
	if (absolute)
		as_is = 0;
	if (i == as_is) {
		len -= absolute;
		if (len > ZMQ_DNS_NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(out, name, len);
		out[len] = '\0';
		return 0;
	}
	if (absolute || i > conf->nr_search)
		return -ENOENT;
	return zmq_resolv_conf_join(name, conf->search[i - (i > as_is)], out);
}
EXPORT_SYMBOL_KUNIT(zmq_resolv_conf_candidate);
