// SPDX-License-Identifier: GPL-2.0-only
/*
 * An ordinary ZeroMQ program: peer TYPE bind|connect ENDPOINT
 *
 * req sends each line of its input and prints the reply, rep answers what it
 * gets, push sends each line, pull prints what it gets. Nothing in it knows
 * of AF_ZMQ: it is linked with -lzmq, and the dynamic linker decides.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define TEXT_MAX 1024

static void check(int ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
		exit(1);
	}
}

static void say(const char *what, const char *text)
{
	printf("%s %s\n", what, text);
	fflush(stdout);
}

static void *get(void *sock, char *text)
{
	int n = zmq_recv(sock, text, TEXT_MAX - 1, 0);

	check(n >= 0, "zmq_recv");
	text[n < TEXT_MAX ? n : TEXT_MAX - 1] = '\0';
	return text;
}

static void put(void *sock, const char *text)
{
	check(zmq_send(sock, text, strlen(text), 0) >= 0, "zmq_send");
}

static void serve(void *sock, int type)
{
	char text[TEXT_MAX], reply[TEXT_MAX + 16];

	for (;;) {
		say("got", get(sock, text));
		if (type == ZMQ_PULL)
			continue;
		snprintf(reply, sizeof(reply), "echo of %s", text);
		put(sock, reply);
	}
}

static void ask(void *sock, int type)
{
	char text[TEXT_MAX];

	while (fgets(text, sizeof(text), stdin)) {
		text[strcspn(text, "\n")] = '\0';
		put(sock, text);
		if (type == ZMQ_REQ)
			say("reply", get(sock, text));
		else
			say("sent", text);
	}
}

static int type_of(const char *name)
{
	static const char *const names[] = { "req", "rep", "push", "pull" };
	static const int types[] = { ZMQ_REQ, ZMQ_REP, ZMQ_PUSH, ZMQ_PULL };
	int i;

	for (i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return types[i];
	return -1;
}

int main(int argc, char **argv)
{
	char endpoint[256];
	size_t size = sizeof(endpoint);
	void *ctx, *sock;
	int type;

	type = argc == 4 ? type_of(argv[1]) : -1;
	if (type < 0) {
		fprintf(stderr, "usage: peer TYPE bind|connect ENDPOINT\n");
		return 1;
	}
	ctx = zmq_ctx_new();
	check(!!ctx, "zmq_ctx_new");
	sock = zmq_socket(ctx, type);
	check(!!sock, "zmq_socket");
	if (!strcmp(argv[2], "bind")) {
		check(!zmq_bind(sock, argv[3]), "zmq_bind");
		check(!zmq_getsockopt(sock, ZMQ_LAST_ENDPOINT, endpoint, &size),
		      "ZMQ_LAST_ENDPOINT");
		say("bound", endpoint);
	} else {
		check(!zmq_connect(sock, argv[3]), "zmq_connect");
		say("connected", argv[3]);
	}
	if (type == ZMQ_REP || type == ZMQ_PULL)
		serve(sock, type);
	else
		ask(sock, type);
	check(!zmq_close(sock), "zmq_close");
	check(!zmq_ctx_term(ctx), "zmq_ctx_term");
	return 0;
}
