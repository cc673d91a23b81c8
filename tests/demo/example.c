// SPDX-License-Identifier: GPL-2.0-only
/*
 * The example of the manual page zmq_connect(3), with somebody at both ends.
 *
 * example subscriber: its lines as they are printed there (zmq_connect.inc),
 * and 'my_publisher', which publishes what is typed.
 * example publisher ENDPOINT: what may run on server001. Publishes what is
 * typed, too, and tells when somebody subscribes.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

/* An XPUB is a PUB that tells who subscribes. */
static void *publisher_new(void *context, const char *endpoint)
{
	void *publisher = zmq_socket(context, ZMQ_XPUB);

	check(!!publisher, "zmq_socket");
	check(!zmq_bind(publisher, endpoint), "zmq_bind");
	return publisher;
}

static void await_subscriber(void *publisher)
{
	char topic[TEXT_MAX];

	check(zmq_recv(publisher, topic, sizeof(topic), 0) >= 0, "zmq_recv");
}

/* Publishes the next line of the input, which must be there; 0: none is left. */
static int publish_line(void *publisher)
{
	char text[TEXT_MAX];
	ssize_t n = read(STDIN_FILENO, text, sizeof(text) - 1);

	check(n >= 0, "read");
	if (!n)
		return 0;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	check(zmq_send(publisher, text, strlen(text), 0) >= 0, "zmq_send");
	say("sent", text);
	return 1;
}

static void publish(void *context, const char *endpoint)
{
	void *publisher = publisher_new(context, endpoint);

	say("bound", endpoint);
	await_subscriber(publisher);
	say("has", "a subscriber");
	while (publish_line(publisher))
		;
	check(!zmq_close(publisher), "zmq_close");
}

static void show(void *socket)
{
	char text[TEXT_MAX];
	int n = zmq_recv(socket, text, sizeof(text) - 1, 0);

	check(n >= 0, "zmq_recv");
	text[n < TEXT_MAX ? n : TEXT_MAX - 1] = '\0';
	say("got", text);
}

static void subscribe(void *context)
{
	void *my_publisher = publisher_new(context, "inproc://my_publisher");
	zmq_pollitem_t items[2] = { { .fd = STDIN_FILENO, .events = ZMQ_POLLIN } };

#include "zmq_connect.inc"

	say("connected", "inproc://my_publisher tcp://server001:5555");
	check(!zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0), "ZMQ_SUBSCRIBE");
	await_subscriber(my_publisher);
	items[1] = (zmq_pollitem_t){ .socket = socket, .events = ZMQ_POLLIN };
	for (;;) {
		check(zmq_poll(items, 2, -1) > 0, "zmq_poll");
		if (items[1].revents)
			show(socket);
		if (items[0].revents && !publish_line(my_publisher))
			break;
	}
	check(!zmq_close(socket), "zmq_close");
	check(!zmq_close(my_publisher), "zmq_close");
}

int main(int argc, char **argv)
{
	void *context = zmq_ctx_new();

	check(!!context, "zmq_ctx_new");
	if (argc == 3 && !strcmp(argv[1], "publisher")) {
		publish(context, argv[2]);
	} else if (argc == 2 && !strcmp(argv[1], "subscriber")) {
		subscribe(context);
	} else {
		fprintf(stderr, "usage: example subscriber|publisher ENDPOINT\n");
		return 1;
	}
	check(!zmq_ctx_term(context), "zmq_ctx_term");
	return 0;
}
