// SPDX-License-Identifier: GPL-2.0-only
/* What a behaviour does, and the words it says about it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diff.h"

#define SETTLE_MS 200
#define FRAME_SHOWN 32
#define AUTO_ID 5

/* At once: what was said before a crash or a hang is what one wants to know. */
void say(const char *fmt, ...)
{
	static bool begun;
	char text[1024];
	va_list args;
	int n = 0;

	if (begun)
		text[n++] = ' ';
	begun = true;
	va_start(args, fmt);
	n += vsnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	if (n > (int)sizeof(text) - 1)
		n = sizeof(text) - 1;
	if (write(STDOUT_FILENO, text, n) != n)
		_exit(2);
}

const char *zd_errno(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ 0, "ok" },
		/* Linux has one number for it and EOPNOTSUPP. */
		{ ENOTSUP, "ENOTSUP" },
		{ EFSM, "EFSM" },
		{ ETERM, "ETERM" },
		{ ENOCOMPATPROTO, "ENOCOMPATPROTO" },
		{ EMTHREAD, "EMTHREAD" },
	};
	const char *name = strerrorname_np(number);
	size_t i;

	for (i = 0; i < ZT_ARRAY(names); i++)
		if (names[i].number == number)
			return names[i].name;
	return name ? name : "E?";
}

void say_rc(const char *what, int rc)
{
	if (rc > 0)
		say("%s=%d", what, rc);
	else
		say("%s=%s", what, zd_errno(rc ? errno : 0));
}

const char *zd_frame(const void *data, size_t size)
{
	static char ring[8][FRAME_SHOWN * 4 + 32];
	static unsigned int turn;
	const unsigned char *p = data;
	char *text = ring[turn++ % ZT_ARRAY(ring)], *out = text;
	size_t i;

	if (size > FRAME_SHOWN) {
		sprintf(text, "[<%zu>]", size);
		return text;
	}
	if (size == AUTO_ID && !p[0])
		return "[id]";
	*out++ = '[';
	for (i = 0; i < size; i++)
		out += sprintf(out, p[i] > ' ' && p[i] < 0x7f ? "%c" : "\\x%02x", p[i]);
	strcpy(out, "]");
	return text;
}

void *zd_ctx(void)
{
	static void *ctx;

	if (!ctx)
		ctx = za_ctx();
	return ctx;
}

void *zd_socket(int type)
{
	return za_socket(zd_ctx(), type);
}

const char *zd_bind(void *socket)
{
	char ep[256], *copy;

	za_bind_any(socket, ep);
	copy = strdup(ep);
	zt_check(copy);
	return copy;
}

void zd_bind_again(void *socket, const char *ep)
{
	zt_until(!zmq_bind(socket, ep), ZA_TIMEO);
}

const char *zd_free_endpoint(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(in);
	char *ep;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	zt_ok(bind(fd, (void *)&in, sizeof(in)));
	zt_ok(getsockname(fd, (void *)&in, &len));
	close(fd);
	zt_check(asprintf(&ep, "tcp://127.0.0.1:%d", ntohs(in.sin_port)) > 0);
	return ep;
}

static char *directory;

const char *zd_directory(void)
{
	if (!directory) {
		directory = strdup(P_tmpdir "/zd.XXXXXX");
		zt_check(directory && mkdtemp(directory));
		zt_ok(setenv("TMPDIR", directory, 1));
	}
	return directory;
}

static int discard(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void zd_tidy(void)
{
	if (directory)
		nftw(directory, discard, 8, FTW_DEPTH | FTW_PHYS);
}

const char *zd_ipc(const char *name)
{
	char *ep;

	zt_check(asprintf(&ep, "ipc://%s/%s", zd_directory(), name) > 0);
	return ep;
}

void *zd_bound(int type, const char *ep)
{
	void *s = zd_socket(type);

	za_bind(s, ep);
	return s;
}

int zd_port(const char *ep)
{
	return atoi(strrchr(ep, ':') + 1);
}

void zd_link(void *binder, void *connector)
{
	char ep[256];

	za_last(binder, ep);
	za_connect(connector, ep[0] ? ep : zd_bind(binder));
}

void *zd_connect(int type, const char *ep)
{
	void *s = zd_socket(type);

	za_connect(s, ep);
	return s;
}

void *zd_named(const char *name)
{
	void *s = zd_socket(ZMQ_DEALER);

	zd_set_text(s, ZMQ_ROUTING_ID, name);
	return s;
}

void *zd_known(void *router, const char *name)
{
	void *s = zd_named(name);

	zd_link(router, s);
	zd_put(s, "hello", NULL);
	say_recv(router);
	return s;
}

void zd_set_text(void *socket, int option, const char *text)
{
	za_text(socket, option, text);
}

void say_set(void *socket, const char *name, int option, int value)
{
	say_set_bytes(socket, name, option, &value, sizeof(value));
}

void say_set_bytes(void *socket, const char *name, int option, const void *value, size_t size)
{
	say_rc(name, zmq_setsockopt(socket, option, value, size));
}

void say_get(void *socket, const char *name, int option)
{
	int value = -12345;
	size_t size = sizeof(value);

	if (zmq_getsockopt(socket, option, &value, &size))
		say("%s=%s", name, zd_errno(errno));
	else
		say("%s=%d", name, value);
}

void say_events(void *socket)
{
	say_get(socket, "events", ZMQ_EVENTS);
}

static void ignore(int number)
{
	(void)number;
}

/* Again and again: the first may come before its target waits. */
static void *interrupt_often(void *thread)
{
	for (;;) {
		zt_nap(200);
		pthread_kill(*(pthread_t *)thread, SIGUSR1);
	}
	return NULL;
}

void zd_interrupt(void)
{
	struct sigaction action = { .sa_handler = ignore };
	static pthread_t target;
	pthread_t thread;

	target = pthread_self();
	zt_ok(sigaction(SIGUSR1, &action, NULL));
	zt_check(!pthread_create(&thread, NULL, interrupt_often, &target));
}

void zd_put(void *socket, const char *frame, ...)
{
	const char *next;
	va_list args;

	va_start(args, frame);
	for (; frame; frame = next) {
		next = va_arg(args, const char *);
		za_put(socket, frame, next ? ZMQ_SNDMORE : 0);
	}
	va_end(args);
}

void say_send(void *socket, const char *what, const char *frame, int flags)
{
	int rc = zmq_send(socket, frame, strlen(frame), flags);

	/* 0 is the size of an empty frame here. */
	if (rc < 0)
		say_rc(what, rc);
	else
		say("%s=%d", what, rc);
}

/* Takes all frames of a message; false: there was not one. errno's name is in @words. */
static bool take_message(void *socket, int flags, char *words, size_t size)
{
	zmq_msg_t msg;
	int more = 0;

	words[0] = 0;
	zt_ok(zmq_msg_init(&msg));
	do {
		const char *frame = NULL;

		if (zmq_msg_recv(&msg, socket, flags) >= 0)
			frame = zd_frame(zmq_msg_data(&msg), zmq_msg_size(&msg));
		else if (more)
			zt_fail("the rest of %s is missing: %s", words, zmq_strerror(errno));
		if (!frame)
			break;
		if (strlen(words) + strlen(frame) < size)
			strcat(words, frame);
		more = zmq_msg_more(&msg);
	} while (more);
	if (!words[0])
		snprintf(words, size, "%s", zd_errno(errno));
	zmq_msg_close(&msg);
	return words[0] == '[';
}

void say_recv(void *socket)
{
	char words[512];

	take_message(socket, 0, words, sizeof(words));
	say("%s", words);
}

void say_recv_from(void *socket, void *other)
{
	zt_until((za_get(other, ZMQ_EVENTS), za_get(socket, ZMQ_EVENTS) & ZMQ_POLLIN), ZA_TIMEO);
	say_recv(socket);
}

int zd_fill(void *socket, int limit)
{
	int n = 0;

	while (n < limit && zmq_send(socket, "x", 1, ZMQ_DONTWAIT) == 1)
		n++;
	return n;
}

int zd_drain(void *socket)
{
	char words[512];
	int n = 0;

	while (take_message(socket, ZMQ_DONTWAIT, words, sizeof(words)))
		n++;
	return n;
}

void zd_until_events(void *socket, int events)
{
	zt_until(za_get(socket, ZMQ_EVENTS) == events, ZA_TIMEO);
}

void say_recv_many(void *socket, int count)
{
	while (count--)
		say_recv(socket);
}

void say_recv_two(void *socket)
{
	char words[2][512];
	bool swapped;
	int i;

	for (i = 0; i < 2; i++)
		take_message(socket, 0, words[i], sizeof(words[i]));
	swapped = strcmp(words[0], words[1]) > 0;
	say("%s %s", words[swapped], words[!swapped]);
}

void say_recv_now(void *socket)
{
	char words[512];

	take_message(socket, ZMQ_DONTWAIT, words, sizeof(words));
	say("%s", words);
}

/* libzmq's poll also ends for a message that recv() then throws away. */
void say_none(void *socket)
{
	int64_t end = zt_now() + zt_scaled(SETTLE_MS);
	char words[512] = "none";

	while (zt_now() < end) {
		zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
		int64_t left = end - zt_now();

		if (zmq_poll(&item, 1, left > 0 ? left : 0) < 0) {
			say("poll=%s", zd_errno(errno));
			return;
		}
		if (item.revents && take_message(socket, ZMQ_DONTWAIT, words, sizeof(words)))
			break;
		if (item.revents && strcmp(words, "EAGAIN"))
			break;
		strcpy(words, "none");
	}
	say("%s", words);
}

void zd_settle(void)
{
	zt_nap(zt_scaled(SETTLE_MS));
}

void zd_attend(void *socket, int64_t ms)
{
	int64_t end = zt_now() + ms;

	while (zt_now() < end) {
		za_get(socket, ZMQ_EVENTS);
		zt_nap(5);
	}
}

/* Messages of one connection come in order: after the last nothing is left. */
void zd_subscribed(void *pub, void *sub, const char *topic)
{
	zmq_pollitem_t item = { .socket = sub, .events = ZMQ_POLLIN };
	int64_t end = zt_now() + zt_scaled(ZA_TIMEO);
	char last[128], got[256];
	int n = 0;

	do {
		if (zt_now() > end)
			zt_fail("no subscription to '%s' arrives", topic);
		snprintf(last, sizeof(last), "%s-sync-%d", topic, n++);
		za_put(pub, last, 0);
	} while (!zmq_poll(&item, 1, 10));
	do {
		int rc = zmq_recv(sub, got, sizeof(got) - 1, 0);

		zt_check(rc >= 0 && rc < (int)sizeof(got));
		got[rc] = 0;
	} while (strcmp(got, last));
}
