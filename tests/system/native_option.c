// SPDX-License-Identifier: GPL-2.0-only
/* Options that only AF_ZMQ has, counters, and bad arguments of get/setsockopt. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"
#include "wire.h"

TEST(bad_arguments)
{
	int fd = nz_socket(ZMQ_PAIR), value = 1, i;
	socklen_t len = sizeof(value);

	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_LINGER, (void *)8, 4), EFAULT);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_LINGER, NULL, 4), EFAULT);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_LINGER, &value, 3), EINVAL);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_LINGER, &value, 8), EINVAL);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_LINGER, &value, -1), EINVAL);
	zt_err(getsockopt(fd, SOL_ZMQ, ZMQ_LINGER, (void *)8, &len), EFAULT);
	zt_err(getsockopt(fd, SOL_ZMQ, ZMQ_LINGER, &value, (void *)8), EFAULT);
	len = -1;
	zt_err(getsockopt(fd, SOL_ZMQ, ZMQ_LINGER, &value, &len), EINVAL);
	len = 2;
	zt_err(getsockopt(fd, SOL_ZMQ, ZMQ_LINGER, &value, &len), EINVAL);
	/* Every number that is no option. */
	for (i = -5; i < 200; i++) {
		value = -77;
		len = 4;
		setsockopt(fd, SOL_ZMQ, i, &value, 4);
		getsockopt(fd, SOL_ZMQ, i, &value, &len);
	}
	zt_err(setsockopt(fd, SOL_ZMQ, 9999, &value, 4), EINVAL);
	len = 4;
	zt_err(getsockopt(fd, SOL_ZMQ, 9999, &value, &len), EINVAL);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_EVENTS, &value, 4), EINVAL);
	zt_err(getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_BIND, &value, &len), EINVAL);
	close(fd);
}

TEST(defaults)
{
	int fd = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PAIR);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(-1, nz_get(fd, ZMQ_LINGER));
	EXPECT_EQ(1000, nz_get(fd, ZMQ_SNDHWM));
	EXPECT_EQ(1000, nz_get(fd, ZMQ_RCVHWM));
	EXPECT_EQ(-1, nz_get(fd, ZMQ_SNDTIMEO));
	EXPECT_EQ(100, nz_get(fd, ZMQ_RECONNECT_IVL));
	EXPECT_EQ(30000, nz_get(fd, ZMQ_HANDSHAKE_IVL));
	EXPECT_EQ(0, nz_get(fd, ZMQ_THREAD_SAFE) & ~1);
	EXPECT_EQ(0, nz_get(fd, ZMQ_MECHANISM));
	EXPECT_EQ(ZMQ_MULTIPART_THREAD, nz_get(fd, ZMQ_NATIVE_MULTIPART));
	close(fd);
}

/* SO_SNDTIMEO and ZMQ_SNDTIMEO show one another's value. */
TEST(timeouts_have_two_names)
{
	int fd = nz_socket(ZMQ_PAIR);
	struct timeval tv = { 2, 500000 };
	socklen_t len = sizeof(tv);

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	EXPECT_EQ(2500, nz_get(fd, ZMQ_RCVTIMEO));
	ASSERT_EQ(0, nz_set(fd, ZMQ_SNDTIMEO, 1250));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, &len));
	EXPECT_EQ(1, tv.tv_sec);
	/* jiffies: up to 10 ms of rounding */
	EXPECT_GE(tv.tv_usec, 240000);
	EXPECT_LE(tv.tv_usec, 260000);
	ASSERT_EQ(0, nz_set(fd, ZMQ_SNDTIMEO, -1));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, &len));
	EXPECT_EQ(0, tv.tv_sec + tv.tv_usec);
	close(fd);
}

TEST(counters)
{
	struct zmq_sock_stats a, b;
	struct nz_pair p;
	socklen_t len;
	int i;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i < 10; i++) {
		nz_put(p.b, "12345", MSG_MORE);
		nz_put(p.b, "678", 0);
		nz_want(p.a, "12345", 1);
		nz_want(p.a, "678", 0);
	}
	len = sizeof(b);
	ASSERT_EQ(0, getsockopt(p.b, SOL_ZMQ, ZMQ_NATIVE_STATS, &b, &len));
	EXPECT_EQ(sizeof(b), len);
	len = sizeof(a);
	ASSERT_EQ(0, getsockopt(p.a, SOL_ZMQ, ZMQ_NATIVE_STATS, &a, &len));
	/* nz_pair() has sent "hello" */
	EXPECT_EQ(11, b.msgs_out);
	EXPECT_EQ(5 + 80, b.bytes_out);
	EXPECT_EQ(0, b.msgs_in);
	EXPECT_EQ(11, a.msgs_in);
	EXPECT_EQ(5 + 80, a.bytes_in);
	EXPECT_EQ(0, a.drops + b.drops);
	EXPECT_EQ(1, a.connects);
	EXPECT_EQ(1, b.connects);
	EXPECT_EQ(0, a.disconnects);
	/* A program that knows fewer counters gets fewer. */
	len = 8;
	memset(&a, 0xff, sizeof(a));
	ASSERT_EQ(0, getsockopt(p.a, SOL_ZMQ, ZMQ_NATIVE_STATS, &a, &len));
	EXPECT_EQ(8, len);
	EXPECT_EQ(11, a.msgs_in);
	EXPECT_EQ(~0ULL, a.msgs_out);
	close(p.b);
	len = sizeof(a);
	zt_until(!getsockopt(p.a, SOL_ZMQ, ZMQ_NATIVE_STATS, &a, &len) && a.disconnects == 1,
		 NZ_TIMEO);
	close(p.a);
}

TEST(failed_attempts_are_counted)
{
	int fd = nz_socket(ZMQ_PUSH);
	struct zmq_sock_stats s;
	socklen_t len = sizeof(s);

	nz_set(fd, ZMQ_RECONNECT_IVL, 20);
	ASSERT_EQ(0, nz_connect(fd, "tcp://127.0.0.1:9"));
	zt_until(!getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &s, &len) && s.failures >= 3,
		 NZ_TIMEO);
	EXPECT_EQ(0, s.connects);
	close(fd);
}

static void *second_part(void *arg)
{
	nz_put(*(int *)arg, "two", 0);
	return NULL;
}

/* Whose parts make up a message: each thread's own, or those of the socket. */
TEST(multipart_owner)
{
	struct nz_pair p;
	pthread_t thread;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "one", MSG_MORE);
	ASSERT_EQ(0, pthread_create(&thread, NULL, second_part, &p.b));
	pthread_join(thread, NULL);
	nz_want(p.a, "two", 0);
	nz_put(p.b, "end", 0);
	nz_want(p.a, "one", 1);
	nz_want(p.a, "end", 0);
	EXPECT_EQ(0, nz_set(p.b, ZMQ_NATIVE_MULTIPART, ZMQ_MULTIPART_SOCKET));
	EXPECT_EQ(ZMQ_MULTIPART_SOCKET, nz_get(p.b, ZMQ_NATIVE_MULTIPART));
	nz_put(p.b, "one", MSG_MORE);
	ASSERT_EQ(0, pthread_create(&thread, NULL, second_part, &p.b));
	pthread_join(thread, NULL);
	nz_want(p.a, "one", 1);
	nz_want(p.a, "two", 0);
	zt_err(nz_set(p.b, ZMQ_NATIVE_MULTIPART, 2), EINVAL);
	zt_err(nz_set(p.b, ZMQ_NATIVE_MULTIPART, -1), EINVAL);
	nz_pair_close(&p);
}

/* Neither bind() nor connect() do with less than what was asked for. */
static void never_less(int fd, bool possible)
{
	char why[128] = "";
	socklen_t len = sizeof(why);

	if (possible) {
		zt_ok(nz_bind(fd, "tcp://127.0.0.1:*"));
		zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
		return;
	}
	zt_err(nz_bind(fd, "tcp://127.0.0.1:*"), EPROTONOSUPPORT);
	zt_ok(getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_LAST_ERROR, why, &len));
	zt_check(strstr(why, "ZAP"));
	zt_err(nz_connect(fd, "tcp://127.0.0.1:9"), EPROTONOSUPPORT);
}

TEST(security_is_never_less)
{
	static const char key[32] = "0123456789abcdef0123456789abcde";
	int fd = nz_socket(ZMQ_PAIR);

	never_less(fd, true);
	ASSERT_EQ(0, nz_set(fd, ZMQ_PLAIN_SERVER, 1));
	EXPECT_EQ(ZMQ_PLAIN, nz_get(fd, ZMQ_MECHANISM));
	never_less(fd, true);
	/* libzmq aborts. */
	ASSERT_EQ(0, nz_set(fd, ZMQ_ZAP_ENFORCE_DOMAIN, 1));
	never_less(fd, false);
	ASSERT_EQ(0, nz_set(fd, ZMQ_ZAP_ENFORCE_DOMAIN, 0));
	ASSERT_EQ(0, nz_set(fd, ZMQ_PLAIN_SERVER, 0));
	never_less(fd, true);
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_PLAIN_USERNAME, "me"));
	never_less(fd, true);
	ASSERT_EQ(0, setsockopt(fd, SOL_ZMQ, ZMQ_PLAIN_USERNAME, NULL, 0));
	never_less(fd, true);
	ASSERT_EQ(0, setsockopt(fd, SOL_ZMQ, ZMQ_CURVE_SERVERKEY, key, sizeof(key)));
	EXPECT_EQ(ZMQ_CURVE, nz_get(fd, ZMQ_MECHANISM));
	never_less(fd, true);
	ASSERT_EQ(0, nz_set(fd, ZMQ_CURVE_SERVER, 1));
	never_less(fd, true);
	ASSERT_EQ(0, nz_set(fd, ZMQ_CURVE_SERVER, 0));
	never_less(fd, true);
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_ZAP_DOMAIN, "global"));
	never_less(fd, true);
	close(fd);
}

/* READY has them behind Socket-Type and Identity, sorted. */
TEST(metadata_is_sent)
{
	static const char want[] = "\5READY\13Socket-Type\0\0\0\3REQ\10Identity\0\0\0\0"
		"\3X-a\0\0\0\1b\7X-hello\0\0\0\5world";
	int listener = wire_listen(zt_port()), fd = nz_socket(ZMQ_REQ), peer, flags;
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	char ep[64], body[512];

	ASSERT_EQ(0, getsockname(listener, (void *)&in, &len));
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_METADATA, "X-hello:world"));
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_METADATA, "X-a:b"));
	zt_err(nz_set_str(fd, ZMQ_METADATA, "hello:world"), EINVAL);
	snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", ntohs(in.sin_port));
	ASSERT_EQ(0, nz_connect(fd, ep));
	peer = wire_accept(listener);
	wire_greet(peer);
	ASSERT_EQ(sizeof(want) - 1, wire_read_frame(peer, &flags, body, sizeof(body)));
	EXPECT_EQ(WIRE_COMMAND, flags);
	EXPECT_EQ(0, memcmp(want, body, sizeof(want) - 1));
	close(peer);
	close(listener);
	close(fd);
}

/* What options hold counts like messages do. */
TEST(values_are_charged)
{
	long before = nz_parameter("user_mem_max");
	static char message[ZMQ_OPTION_MAX];
	int fd[64], i, err = 0;

	nz_set_parameter("user_mem_max", 65536);
	for (i = 0; i < 64 && !err; i++) {
		fd[i] = nz_socket(ZMQ_PAIR);
		err = setsockopt(fd[i], SOL_ZMQ, ZMQ_HELLO_MSG, message, sizeof(message));
	}
	err = err ? errno : 0;
	nz_set_parameter("user_mem_max", before);
	EXPECT_EQ(ENOMEM, err);
	EXPECT_GE(i, 8);
	EXPECT_LE(i, 17);
	zt_err(setsockopt(fd[0], SOL_ZMQ, ZMQ_HELLO_MSG, message, sizeof(message) + 1), EINVAL);
	while (i--)
		close(fd[i]);
}

TEST_HARNESS_MAIN
