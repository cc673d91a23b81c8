// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command whose libzmq.so.5 is ours. LD_LIBRARY_PATH does that for programs
 * that ask for a library of this name; LD_PRELOAD also for those that bring a
 * libzmq of another name, for our functions are then found first.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zmqk.h"

/* Is @word one of the words in @list, which any of @separators part? */
static bool zk_run_has(const char *list, const char *separators,
		       const char *word)
{
	size_t len;

	while (*list) {
		len = strcspn(list, separators);
		if (len == strlen(word) && !strncmp(list, word, len))
			return true;
		list += len;
		list += strspn(list, separators);
	}
	return false;
}

/*
 * Put @word before what the variable has. Once is enough: zmqk may run a command
 * that runs zmqk. An empty word in LD_LIBRARY_PATH would be the working directory.
 */
static void zk_run_prepend(const char *variable, const char *separators,
			   const char *word)
{
	const char *list = getenv(variable);
	char *text;

	if (strpbrk(word, separators))
		errx(ZK_FAILED, "%s can't hold the path %s", variable, word);
	if (!list || !*list) {
		if (setenv(variable, word, 1))
			err(ZK_FAILED, NULL);
		return;
	}
	if (zk_run_has(list, separators, word))
		return;
	if (asprintf(&text, "%s:%s", word, list) < 0 ||
	    setenv(variable, text, 1))
		err(ZK_FAILED, NULL);
	free(text);
}

/**
 * zk_run() - become a command that runs on this library
 * @shim: the library
 * @preload: also if the command brings a libzmq of another name
 * @command: name, arguments and NULL; the name is looked for in PATH
 *
 * Return: an exit status, when the command could not be started.
 */
int zk_run(const struct zk_shim *shim, bool preload, char **command)
{
	zk_run_prepend("LD_LIBRARY_PATH", ":;", shim->dir);
	if (preload)
		zk_run_prepend("LD_PRELOAD", ": ", shim->path);
	execvp(command[0], command);
	warn("%s", command[0]);
	return errno == ENOENT ? ZK_NOT_FOUND : ZK_CANNOT;
}
