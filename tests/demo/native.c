// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ZeroMQ client without any library: native ENDPOINT
 *
 * Each line that is typed goes out as a request, each reply is printed. The
 * socket is an ordinary descriptor, so one poll() waits for the keyboard and
 * for the network.
 */
#include <linux/zmq.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	union {
		struct sockaddr_zmq zmq;
		struct sockaddr_storage room;
	} addr = { .zmq.szmq_family = AF_ZMQ };
	struct pollfd fds[2];
	socklen_t length;
	char text[1024];
	ssize_t n;
	int fd;

	if (argc != 2 || strlen(argv[1]) > sizeof(addr) - sizeof(addr.zmq)) {
		fprintf(stderr, "usage: native ENDPOINT\n");
		return 1;
	}
	length = sizeof(addr.zmq) + strlen(argv[1]);
	memcpy(addr.zmq.szmq_endpoint, argv[1], strlen(argv[1]));

	fd = socket(AF_ZMQ, SOCK_SEQPACKET | SOCK_CLOEXEC, ZMQ_REQ);
	check(fd >= 0, "socket");
	check(!connect(fd, (struct sockaddr *)&addr, length), "connect");
	printf("connected %s\n", argv[1]);
	fflush(stdout);

	fds[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = fd, .events = POLLIN };
	for (;;) {
		check(poll(fds, 2, -1) > 0, "poll");
		if (fds[1].revents & POLLIN) {
			n = recv(fd, text, sizeof(text), 0);
			check(n >= 0, "recv");
			printf("reply %.*s\n", (int)n, text);
			fflush(stdout);
		}
		if (fds[0].revents & (POLLIN | POLLHUP)) {
			n = read(STDIN_FILENO, text, sizeof(text));
			check(n >= 0, "read");
			if (n == 0)
				return 0;
			/* without the newline */
			check(send(fd, text, n - 1, 0) == n - 1, "send");
		}
	}
}
