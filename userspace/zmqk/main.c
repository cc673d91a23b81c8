// SPDX-License-Identifier: GPL-2.0-only
/* zmqk: run programs on AF_ZMQ, and say what they run on. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zmqk.h"

#define ZK_VERSION "1.0"

/* Long options without a letter of their own. */
enum {
	ZK_OPT_NO_PRELOAD = 256,
};

static const struct option options[] = {
	{ "auto", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ "kernel", no_argument, NULL, 'k' },
	{ "no-preload", no_argument, NULL, ZK_OPT_NO_PRELOAD },
	{ "stock", no_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

static void zk_usage(FILE *to)
{
	fputs("Usage: zmqk [OPTION...] run COMMAND [ARGUMENT...]\n"
	      "       zmqk [OPTION...] status\n"
	      "Run a program that uses libzmq on the kernel's ZeroMQ sockets (AF_ZMQ), or say\n"
	      "what such a program would run on.\n"
	      "\n"
	      "  -a, --auto       on the stock library where the kernel refuses (the default)\n"
	      "  -k, --kernel     on the kernel or not at all\n"
	      "  -s, --stock      on the stock library\n"
	      "      --no-preload leave programs alone that bring a libzmq of another name\n"
	      "  -h, --help       this text\n"
	      "  -V, --version    the version\n"
	      "\n"
	      "Exit status of run: that of COMMAND; 125 if zmqk fails, 126 if COMMAND can't be\n"
	      "executed, 127 if it is not found. Of status: 0 kernel, 1 stock library, 2 neither.\n",
	      to);
}

static void zk_wish(const char *wish)
{
	if (setenv("AF_ZMQ", wish, 1))
		err(ZK_FAILED, NULL);
}

/* A summary or a version that nobody could read is a failure. */
static void zk_finish(void)
{
	if (fflush(stdout) || ferror(stdout))
		err(ZK_FAILED, "standard output");
}

/* Return: is LD_PRELOAD wanted? */
static bool zk_options(int argc, char **argv)
{
	bool preload = true;
	int opt;

	/* What follows the first word is the command's. */
	while ((opt = getopt_long(argc, argv, "+ahksV", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			zk_wish("auto");
			break;
		case 'k':
			zk_wish("kernel");
			break;
		case 's':
			zk_wish("stock");
			break;
		case ZK_OPT_NO_PRELOAD:
			preload = false;
			break;
		case 'h':
			zk_usage(stdout);
			zk_finish();
			exit(0);
		case 'V':
			puts("zmqk " ZK_VERSION);
			zk_finish();
			exit(0);
		default:
			fputs("Try 'zmqk --help'.\n", stderr);
			exit(ZK_FAILED);
		}
	}
	return preload;
}

static int zk_command(bool preload, char **command)
{
	struct zk_shim shim;

	if (!strcmp(*command, "--") && command[1])
		command++;
	return zk_shim_find(&shim) ? zk_run(&shim, preload, command) : ZK_FAILED;
}

static int zk_answer(void)
{
	struct zk_shim shim;
	int status;

	if (!zk_shim_find(&shim))
		return ZK_FAILED;
	status = zk_status(&shim);
	zk_finish();
	return status;
}

int main(int argc, char **argv)
{
	bool preload = zk_options(argc, argv);
	int words = argc - optind;
	char **word = argv + optind;

	if (words >= 2 && !strcmp(word[0], "run"))
		return zk_command(preload, word + 1);
	if (words == 1 && !strcmp(word[0], "status"))
		return zk_answer();
	zk_usage(stderr);
	return ZK_FAILED;
}
