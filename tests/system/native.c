// SPDX-License-Identifier: GPL-2.0-only
/* Shorthands over the system calls of AF_ZMQ. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"

#define PARAMETERS "/sys/module/af_zmq/parameters/"
#define SYSCTLS "/proc/sys/net/zmq/"
#define PARTS 4
#define SENDERS_MAX 8
#define REFCOUNT "/sys/module/af_zmq/refcnt"

static long read_number(const char *path, long fallback)
{
	FILE *file = fopen(path, "re");
	long value;

	if (!file)
		return fallback;
	if (fscanf(file, "%ld", &value) != 1)
		value = fallback;
	fclose(file);
	return value;
}

long nz_number_in(const char *path)
{
	long value = read_number(path, -1);

	if (value < 0)
		zt_fail("%s: no number", path);
	return value;
}

void nz_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		zt_fail("%s: %s", path, strerror(errno));
	close(fd);
}

int nz_family(void)
{
	static int family;

	if (!family)
		family = read_number(PARAMETERS "family", AF_ZMQ);
	return family;
}

static void write_number(const char *path, long value)
{
	FILE *file = fopen(path, "we");

	if (!file || fprintf(file, "%ld", value) < 0 || fclose(file))
		zt_fail("%s = %ld: %s", path, value, strerror(errno));
}

long nz_sysctl(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), SYSCTLS "%s", name);
	return read_number(path, -1);
}

void nz_set_sysctl(const char *name, long value)
{
	char path[128];

	snprintf(path, sizeof(path), SYSCTLS "%s", name);
	write_number(path, value);
}

long nz_parameter(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	return read_number(path, -1);
}

void nz_set_parameter(const char *name, long value)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	write_number(path, value);
}

long nz_stat(const char *name)
{
	FILE *f = fopen("/proc/net/zmq_stat", "r");
	char key[64];
	long value, found = -1;

	zt_check(f);
	while (fscanf(f, "%63s %ld", key, &value) == 2)
		if (!strcmp(key, name))
			found = value;
	fclose(f);
	return found;
}

long nz_module_refs(void)
{
	return read_number(REFCOUNT, -1);
}

long nz_sockets(void)
{
	FILE *file = fopen("/proc/net/protocols", "re");
	long count = -1;
	char line[256];

	zt_check(file);
	while (fgets(line, sizeof(line), file) && sscanf(line, "ZMQ %*d %ld", &count) != 1)
		;
	fclose(file);
	zt_check(count >= 0);
	return count;
}

long nz_baseline(long made)
{
	zt_until(nz_sockets() == made, 2 * NZ_TIMEO);
	return made;
}

int nz_socket(int type)
{
	int fd = socket(nz_family(), SOCK_SEQPACKET | SOCK_CLOEXEC, type);

	if (fd < 0)
		zt_fail("socket(AF_ZMQ, %d): %s", type, strerror(errno));
	zt_ok(nz_set(fd, ZMQ_LINGER, 0));
	zt_ok(nz_set(fd, ZMQ_RCVTIMEO, zt_scaled(NZ_TIMEO)));
	zt_ok(nz_set(fd, ZMQ_SNDTIMEO, zt_scaled(NZ_TIMEO)));
	return fd;
}

static socklen_t nz_address(struct sockaddr_storage *ss, const char *ep)
{
	size_t len = strlen(ep);

	zt_check(len <= sizeof(*ss) - sizeof(sa_family_t));
	memset(ss, 0, sizeof(*ss));
	ss->ss_family = nz_family();
	memcpy(((struct sockaddr_zmq *)ss)->szmq_endpoint, ep, len);
	return sizeof(sa_family_t) + len;
}

int nz_bind(int fd, const char *ep)
{
	struct sockaddr_storage ss;
	socklen_t len = nz_address(&ss, ep);

	return bind(fd, (void *)&ss, len);
}

int nz_connect(int fd, const char *ep)
{
	struct sockaddr_storage ss;
	socklen_t len = nz_address(&ss, ep);

	return connect(fd, (void *)&ss, len);
}

void nz_name(int fd, char *ep)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	size_t n;

	memset(&ss, 0, sizeof(ss));
	zt_ok(getsockname(fd, (void *)&ss, &len));
	zt_eq(ss.ss_family, nz_family());
	zt_check(len >= sizeof(sa_family_t) && len <= sizeof(ss));
	n = len - sizeof(sa_family_t);
	memcpy(ep, ((struct sockaddr_zmq *)&ss)->szmq_endpoint, n);
	ep[n] = 0;
}

void nz_bind_on(int fd, const char *any, char *ep)
{
	zt_ok(nz_bind(fd, any));
	nz_name(fd, ep);
}

void nz_bind_any(int fd, char *ep)
{
	nz_bind_on(fd, "tcp://127.0.0.1:*", ep);
}

int nz_port_of(const char *ep)
{
	const char *colon = strrchr(ep, ':');

	zt_check(colon && atoi(colon + 1) > 0);
	return atoi(colon + 1);
}

int nz_set(int fd, int option, int value)
{
	return setsockopt(fd, SOL_ZMQ, option, &value, sizeof(value));
}

int nz_get(int fd, int option)
{
	socklen_t len = sizeof(int);
	int value = -12345;

	if (getsockopt(fd, SOL_ZMQ, option, &value, &len))
		zt_fail("getsockopt(%d): %s", option, strerror(errno));
	return value;
}

int nz_set_str(int fd, int option, const char *text)
{
	return setsockopt(fd, SOL_ZMQ, option, text, strlen(text));
}

void nz_put(int fd, const char *text, int flags)
{
	ssize_t rc = send(fd, text, strlen(text), flags);

	if (rc != (ssize_t)strlen(text))
		zt_fail("send(%s): %zd, %s", text, rc, strerror(errno));
}

void nz_want(int fd, const char *text, int more)
{
	char buf[256];
	struct iovec iov = { buf, sizeof(buf) - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t rc = recvmsg(fd, &msg, 0);

	if (rc < 0)
		zt_fail("recv, waiting for '%s': %s", text, strerror(errno));
	buf[rc] = 0;
	if (rc != (ssize_t)strlen(text) || memcmp(buf, text, rc))
		zt_fail("expected '%s', got '%s' (%zd bytes)", text, buf, rc);
	if ((msg.msg_flags & MSG_EOR ? 0 : 1) != more)
		zt_fail("'%s': expected more = %d, msg_flags are %#x", text, more, msg.msg_flags);
}

ssize_t nz_get_with(int fd, struct nz_got *got, size_t space, int flags)
{
	char control[NZ_CONTROL] __attribute__((aligned(8)));
	struct iovec iov = { got->body, sizeof(got->body) - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = space };
	struct cmsghdr *cmsg;
	ssize_t n;

	memset(got, 0, sizeof(*got));
	n = recvmsg(fd, &msg, flags);
	if (n < 0)
		return n;
	got->flags = msg.msg_flags;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg && !(msg.msg_flags & MSG_CTRUNC);
	     cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		zt_eq(cmsg->cmsg_level, SOL_ZMQ);
		if (cmsg->cmsg_type == ZMQ_CMSG_KNOWN) {
			memcpy(&got->number, CMSG_DATA(cmsg), sizeof(got->number));
		} else if (cmsg->cmsg_type == ZMQ_CMSG_PROPS) {
			got->props_len = cmsg->cmsg_len - CMSG_LEN(0);
			memcpy(got->props, CMSG_DATA(cmsg), got->props_len);
		} else {
			zt_fail("control message %d", cmsg->cmsg_type);
		}
	}
	return n;
}

void nz_put_big(int fd, size_t len, uint32_t seed, int flags)
{
	void *buf = malloc(len + 1);
	ssize_t rc;

	zt_check(buf);
	zt_fill(buf, len, seed);
	rc = send(fd, buf, len, flags);
	if (rc != (ssize_t)len)
		zt_fail("send of %zu: %zd, %s", len, rc, strerror(errno));
	free(buf);
}

void nz_want_big(int fd, size_t len, uint32_t seed, int more)
{
	char *buf = malloc(len + 1);
	struct iovec iov = { buf, len + 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t rc;

	zt_check(buf);
	rc = recvmsg(fd, &msg, 0);
	if (rc != (ssize_t)len)
		zt_fail("recv of %zu: %zd, %s", len, rc, strerror(errno));
	if (!zt_same(buf, len, seed))
		zt_fail("%zu bytes arrived changed", len);
	zt_eq(!(msg.msg_flags & MSG_EOR), more);
	free(buf);
}

int nz_poll(int fd, int events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	zt_ok(poll(&pfd, 1, ms));
	return pfd.revents;
}

int nz_watch(int fd, unsigned int events)
{
	struct epoll_event ev = { .events = events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	zt_ok(ep);
	zt_ok(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	return ep;
}

unsigned int nz_report(int ep, int ms)
{
	struct epoll_event ev = { 0 };

	zt_ok(epoll_wait(ep, &ev, 1, ms));
	return ev.events;
}

void nz_until(int fd, int events)
{
	int got = nz_poll(fd, events, zt_scaled(NZ_TIMEO));

	if ((got & events) != events)
		zt_fail("poll: expected %#x, got %#x", events, got);
}

void nz_quiet(int fd, int ms)
{
	int got = nz_poll(fd, POLLIN, ms);

	if (got)
		zt_fail("expected silence, poll says %#x", got);
}

void nz_pair(struct nz_pair *pair, int type_a, int type_b)
{
	pair->a = nz_socket(type_a);
	pair->b = nz_socket(type_b);
	nz_bind_any(pair->a, pair->ep);
	zt_ok(nz_connect(pair->b, pair->ep));
	if (type_b == ZMQ_PUSH || type_b == ZMQ_PAIR || type_b == ZMQ_REQ) {
		nz_put(pair->b, "hello", 0);
		nz_want(pair->a, "hello", 0);
	}
	if (type_a == ZMQ_PAIR || type_a == ZMQ_REP || type_a == ZMQ_PUSH) {
		nz_put(pair->a, "hello", 0);
		nz_want(pair->b, "hello", 0);
	}
}

void nz_pair_close(struct nz_pair *pair)
{
	close(pair->a);
	close(pair->b);
}

void *nz_send_many(void *arg)
{
	struct nz_sender *s = arg;
	unsigned int i, part;
	char text[32];

	for (i = 0; i < s->count; i++) {
		for (part = 0; part < PARTS; part++) {
			sprintf(text, "%d %u %u", s->id, i, part);
			nz_put(s->fd, text, part + 1 < PARTS ? MSG_MORE : 0);
		}
	}
	return NULL;
}

void nz_want_many(int fd, unsigned int senders, unsigned int count)
{
	unsigned int next[SENDERS_MAX] = { 0 }, i, part;
	char text[32], want[32];
	ssize_t n;
	int id;

	for (i = 0; i < senders * count; i++) {
		n = recv(fd, text, sizeof(text) - 1, 0);
		zt_check(n > 0);
		text[n] = 0;
		id = atoi(text);
		zt_check(id >= 0 && id < (int)senders);
		sprintf(want, "%d %u 0", id, next[id]);
		if (strcmp(text, want))
			zt_fail("expected '%s', got '%s'", want, text);
		for (part = 1; part < PARTS; part++) {
			sprintf(want, "%d %u %u", id, next[id], part);
			nz_want(fd, want, part + 1 < PARTS);
		}
		next[id]++;
	}
	nz_quiet(fd, 10);
}

void nz_pass_fd(int channel, int fd)
{
	char space[CMSG_SPACE(sizeof(int))] = "", c = 'x';
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space,
			      .msg_controllen = sizeof(space) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	zt_eq(sendmsg(channel, &msg, 0), 1);
}

int nz_take_fd(int channel)
{
	char space[CMSG_SPACE(sizeof(int))] = "", c;
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space,
			      .msg_controllen = sizeof(space) };
	int fd;

	zt_eq(recvmsg(channel, &msg, MSG_CMSG_CLOEXEC), 1);
	zt_check(CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}
