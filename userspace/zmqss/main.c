// SPDX-License-Identifier: GPL-2.0-only
/* zmqss: ZeroMQ sockets of this network namespace, as the kernel knows them. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "events.h"
#include "print.h"
#include "query.h"

#define ZSS_VERSION "1.0"

/**
 * struct zss_run - what is to be done
 * @filter: which sockets or events
 * @style: how to show them
 * @json: as JSON
 * @follow: events, not sockets
 */
struct zss_run {
	struct zss_filter filter;
	struct zss_style style;
	bool json;
	bool follow;
};

static const struct option options[] = {
	{ "brief", no_argument, NULL, 'b' },
	{ "endpoint", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "id", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "no-header", no_argument, NULL, 'H' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "pid", required_argument, NULL, 'p' },
	{ "state", required_argument, NULL, 's' },
	{ "type", required_argument, NULL, 't' },
	{ "user", required_argument, NULL, 'u' },
	{ "version", no_argument, NULL, 'V' },
	{ "watch", no_argument, NULL, 'w' },
	{}
};

static void zss_usage(FILE *to)
{
	fputs("Usage: zmqss [OPTION...]\n"
	      "List the ZeroMQ sockets (AF_ZMQ) of this network namespace: your own, or with\n"
	      "CAP_NET_ADMIN those of all users.\n"
	      "\n"
	      "Which:\n"
	      "  -t, --type TYPE      of this type (pub, router, ...); repeatable\n"
	      "  -p, --pid PID        made by this process\n"
	      "  -u, --user USER      owned by this user, name or number\n"
	      "  -e, --endpoint TEXT  with TEXT in an endpoint or in the address of a peer\n"
	      "  -s, --state STATE    in this state, or with a peer in it: open, terminated,\n"
	      "                       lingering; waiting, connecting, proxy, handshake, ready,\n"
	      "                       draining, idle, gone\n"
	      "  -i, --id ID          the one with this number\n"
	      "How:\n"
	      "  -b, --brief          one line for each socket\n"
	      "  -n, --numeric        users as numbers\n"
	      "  -H, --no-header      without titles\n"
	      "  -j, --json           as JSON\n"
	      "\n"
	      "  -w, --watch          follow events instead; takes CAP_NET_ADMIN\n"
	      "  -h, --help           this text\n"
	      "  -V, --version        the version\n", to);
}

static uint64_t zss_positive(const char *text, uint64_t max, const char *what)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || !n || n > max)
		errx(2, "%s is no %s", text, what);
	return n;
}

static void zss_option(struct zss_run *run, int c)
{
	switch (c) {
	case 'b':
		run->style.brief = true;
		break;
	case 'e':
		run->filter.endpoint = optarg;
		break;
	case 'i':
		run->filter.id = zss_positive(optarg, UINT64_MAX, "number of a socket");
		break;
	case 'j':
		run->json = true;
		break;
	case 'H':
		run->style.headless = true;
		break;
	case 'n':
		run->style.numeric = true;
		break;
	case 'p':
		run->filter.pid = zss_positive(optarg, INT32_MAX, "process");
		break;
	case 's':
		zss_filter_state(&run->filter, optarg);
		break;
	case 't':
		zss_filter_type(&run->filter, optarg);
		break;
	case 'u':
		zss_filter_user(&run->filter, optarg);
		break;
	case 'w':
		run->follow = true;
		break;
	case 'h':
		zss_usage(stdout);
		exit(0);
	case 'V':
		puts("zmqss " ZSS_VERSION);
		exit(0);
	default:
		fputs("Try 'zmqss --help'.\n", stderr);
		exit(2);
	}
}

static void zss_list(struct zss_nl *nl, const struct zss_run *run)
{
	struct zss_model m = {};

	zss_query(nl, run->filter.id, &m);
	if (run->json)
		zss_print_json(&m, &run->filter, &run->style);
	else
		zss_print_text(&m, &run->filter, &run->style);
	zss_model_free(&m);
}

int main(int argc, char **argv)
{
	struct zss_run run = {};
	struct zss_nl nl = {};
	int c;

	while ((c = getopt_long(argc, argv, "be:hi:jHnp:s:t:u:Vw", options, NULL)) >= 0)
		zss_option(&run, c);
	if (optind < argc)
		errx(2, "%s is no option; try 'zmqss --help'", argv[optind]);
	if (run.follow && (run.filter.pid || run.filter.state || run.style.brief))
		errx(2, "events have no --pid, --state and --brief");

	zss_nl_open(&nl);
	if (run.follow)
		zss_follow(&nl, &run.filter, &run.style, run.json);
	else
		zss_list(&nl, &run);
	zss_nl_close(&nl);
	if (fflush(stdout) || ferror(stdout))
		err(1, "output");
	return 0;
}
