// SPDX-License-Identifier: GPL-2.0-only
/* Messages go and come; part of programs, and a plugin that is loaded at run time. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "library_exchange.h"

#define LIMIT_MS 20000

int library_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	int count = 0;

	while (tasks && (entry = readdir(tasks)))
		count += atoi(entry->d_name) > 0;
	if (tasks)
		closedir(tasks);
	return count;
}

static int failed(const char *what)
{
	printf("%s: %s\n", what, zmq_strerror(zmq_errno()));
	return 1;
}

static void *open_socket(void *ctx, int type)
{
	void *socket = zmq_socket(ctx, type);
	int limit = LIMIT_MS;

	if (!socket)
		return NULL;
	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &limit, sizeof(limit));
	zmq_setsockopt(socket, ZMQ_SNDTIMEO, &limit, sizeof(limit));
	return socket;
}

/* The text goes as a message that is larger than what a zmq_msg_t holds itself. */
static int pass(void *from, void *to, const char *text)
{
	zmq_msg_t msg;
	int size;

	if (zmq_msg_init_size(&msg, 100) ||
	    snprintf(zmq_msg_data(&msg), 100, "%s", text) < 0 ||
	    zmq_msg_send(&msg, from, 0) != 100)
		return failed("send");
	if (zmq_msg_init(&msg))
		return failed("msg_init");
	size = zmq_msg_recv(&msg, to, 0);
	if (size != 100)
		return failed("recv");
	printf("%s\n", (char *)zmq_msg_data(&msg));
	return zmq_msg_close(&msg) ? failed("msg_close") : 0;
}

static int talk(void *ctx, const char *endpoint)
{
	void *rep = open_socket(ctx, ZMQ_REP), *req = open_socket(ctx, ZMQ_REQ);
	char last[256];
	size_t size = sizeof(last);

	if (!rep || !req)
		return failed("socket");
	if (zmq_bind(rep, endpoint) ||
	    zmq_getsockopt(rep, ZMQ_LAST_ENDPOINT, last, &size) ||
	    zmq_connect(req, last))
		return failed(endpoint);
	if (pass(req, rep, "question") || pass(rep, req, "answer"))
		return 1;
	printf("threads %d\n", library_threads());
	return zmq_close(req) || zmq_close(rep) ? failed("close") : 0;
}

int library_exchange(void)
{
	void *ctx = zmq_ctx_new();

	if (!ctx)
		return failed("ctx_new");
	if (talk(ctx, "tcp://127.0.0.1:*") || talk(ctx, "inproc://name") ||
	    talk(ctx, "ipc://*"))
		return 1;
	return zmq_ctx_term(ctx) ? failed("ctx_term") : 0;
}
