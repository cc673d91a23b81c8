// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice between the kernel and a stock library.
 *
 * The kernel is asked by making a socket. A kernel without the module, a seccomp
 * filter and a security module all refuse that with an errno of their liking, so
 * every failure is a refusal but the ones that say that there is a shortage. (A
 * shortage of descriptors is even a proof: the family is looked up before.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "choose.h"
#include "internal.h"

static bool shim_choose_is_shortage(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM ||
	       err == ENOBUFS;
}

/* Somebody else's module may have the number; only ours knows the option. */
static bool shim_choose_is_ours(int fd)
{
	int type;
	socklen_t len = sizeof(type);

	return !getsockopt(fd, SOL_ZMQ, ZMQ_TYPE, &type, &len);
}

/* Return: 0 if @family can be used in this process, else an errno. */
static int shim_choose_probe(int family)
{
	bool ours;
	int fd;

	fd = socket(family, SOCK_SEQPACKET | SOCK_CLOEXEC, ZMQ_PAIR);
	if (fd < 0)
		return shim_choose_is_shortage(errno) ? 0 : errno;
	ours = shim_choose_is_ours(fd);
	close(fd);
	return ours ? 0 : EPROTOTYPE;
}

static void shim_choose_wish(struct af_zmq_choice *choice)
{
	const char *text = secure_getenv("AF_ZMQ");

	if (!text || !*text || !strcmp(text, "auto"))
		return;
	if (!strcmp(text, "kernel"))
		choice->wish = AF_ZMQ_KERNEL;
	else if (!strcmp(text, "stock"))
		choice->wish = AF_ZMQ_STOCK;
	else
		choice->wish_unknown = 1;
}

/**
 * af_zmq_choice() - which library would do the work of a process like this
 * @choice: filled in
 *
 * Depends on the environment, on what the kernel lets this process do, and on
 * what it has loaded. A stock library that is found is loaded and stays so.
 *
 * Context: any thread, several at a time; changes errno.
 */
__attribute__((visibility("default")))
void af_zmq_choice(struct af_zmq_choice *choice)
{
	*choice = (struct af_zmq_choice){ .family = shim_sock_family() };
	shim_choose_wish(choice);
	if (choice->wish != AF_ZMQ_STOCK) {
		choice->refused = shim_choose_probe(choice->family);
		if (!choice->refused) {
			choice->uses = AF_ZMQ_KERNEL;
			return;
		}
	}
	if (choice->wish != AF_ZMQ_KERNEL)
		shim_stock_find(choice);
	choice->uses = choice->stock ? AF_ZMQ_STOCK : AF_ZMQ_NOBODY;
}

/* What is said of the stock library that can't be used. */
static const char *shim_choose_lack(const struct af_zmq_choice *choice)
{
	if (choice->wish == AF_ZMQ_KERNEL)
		return "AF_ZMQ=kernel forbids another library";
	if (choice->stock_named)
		return "AF_ZMQ_STOCK names no stock libzmq";
	return "no stock libzmq was found";
}

/**
 * shim_choose_announce() - tell on stderr what is not as one would expect
 * @choice: the choice that is in force from now on
 *
 * Whoever runs on the kernel, or on the stock library because he wants it, is
 * told nothing. Each line is one write, for other threads may write there too.
 */
void shim_choose_announce(const struct af_zmq_choice *choice)
{
	if (choice->wish_unknown)
		dprintf(STDERR_FILENO,
			"af_zmq: AF_ZMQ is none of auto, kernel, stock in the environment: taken as auto\n");
	if (choice->uses == AF_ZMQ_STOCK && choice->refused)
		dprintf(STDERR_FILENO,
			"af_zmq: socket family %d: %s; this process runs on %s\n",
			choice->family, strerror(choice->refused),
			choice->stock);
	else if (choice->uses == AF_ZMQ_NOBODY && choice->refused)
		dprintf(STDERR_FILENO,
			"af_zmq: socket family %d: %s; %s: zmq_socket() will fail\n",
			choice->family, strerror(choice->refused),
			shim_choose_lack(choice));
	else if (choice->uses == AF_ZMQ_NOBODY)
		dprintf(STDERR_FILENO,
			"af_zmq: AF_ZMQ=stock, but %s: zmq_socket() will fail\n",
			shim_choose_lack(choice));
}
