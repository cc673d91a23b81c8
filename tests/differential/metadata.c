// SPDX-License-Identifier: GPL-2.0-only
/* What a message tells of where it came from: properties of the peer, its descriptor. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../system/wire.h"
#include "diff.h"

static void pipeline(void **push, void **pull)
{
	*push = zd_socket(ZMQ_PUSH);
	*pull = zd_socket(ZMQ_PULL);
	zd_link(*pull, *push);
}

static void say_gets(zmq_msg_t *msg, const char *what, const char *name)
{
	const char *text = zmq_msg_gets(msg, name);

	say("%s=%s", what, text ? text : zd_errno(errno));
}

static void metadata(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_socket(ZMQ_DEALER);
	zmq_msg_t msg;
	int frames;

	zd_set_text(dealer, ZMQ_ROUTING_ID, "me");
	zd_link(router, dealer);
	zd_put(dealer, "x", NULL);
	zt_ok(zmq_msg_init(&msg));
	for (frames = 0; frames < 2; frames++) {
		zt_ok(zmq_msg_recv(&msg, router, 0));
		say_gets(&msg, "type", "Socket-Type");
		say_gets(&msg, "peer", "Peer-Address");
		say_gets(&msg, "id", "Identity");
		say_gets(&msg, "unknown", "X-nothing");
		say_gets(&msg, "case", "socket-type");
	}
}

/* The connection that a message came through, as a descriptor. */
static void srcfd(void)
{
	struct sockaddr_in in = { 0 };
	socklen_t len = sizeof(in);
	void *push, *pull;
	zmq_msg_t msg;
	int fd;

	pipeline(&push, &pull);
	zd_put(push, "x", NULL);
	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	fd = zmq_msg_get(&msg, ZMQ_SRCFD);
	say("fd=%s", fd >= 0 ? "yes" : zd_errno(errno));
	say_rc("peer", getpeername(fd, (void *)&in, &len));
	say("%s", inet_ntoa(in.sin_addr));
	za_close(push);
	za_close(pull);
	za_term(zd_ctx());
	say_rc("later", getpeername(fd, (void *)&in, &len));
}

/* By ipc a peer is who it is, too: "localhost:user:group:process". */
static void metadata_ipc(void)
{
	void *pull = zd_bound(ZMQ_PULL, zd_ipc("a")), *push = zd_connect(ZMQ_PUSH, zd_ipc("a"));
	const char *peer;
	zmq_msg_t msg;
	char own[64];

	zd_put(push, "x", NULL);
	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say_gets(&msg, "type", "Socket-Type");
	sprintf(own, "localhost:%d:%d:%d", getuid(), getgid(), getpid());
	peer = zmq_msg_gets(&msg, "Peer-Address");
	say("peer=%s", !peer ? "none" : strcmp(peer, own) ? peer : "own");
}

/* What was sent on has none of where it came from. */
static void metadata_forwarded(void)
{
	void *push, *pull, *next, *last;
	zmq_msg_t msg;

	pipeline(&push, &pull);
	pipeline(&next, &last);
	zd_put(push, "x", NULL);
	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say_gets(&msg, "type", "Socket-Type");
	zt_ok(zmq_msg_send(&msg, next, 0));
	say_gets(&msg, "sent", "Socket-Type");
	zt_ok(zmq_msg_recv(&msg, last, 0));
	say_gets(&msg, "type", "Socket-Type");
}

/* A SUB knows who publishes, an XPUB who has subscribed. */
static void metadata_subscription(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	zmq_msg_t msg;

	zd_link(xpub, sub);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "a");
	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_recv(&msg, xpub, 0));
	say_gets(&msg, "type", "Socket-Type");
	say_gets(&msg, "peer", "Peer-Address");
	zd_put(xpub, "abc", NULL);
	zt_ok(zmq_msg_recv(&msg, sub, 0));
	say_gets(&msg, "type", "Socket-Type");
	say_gets(&msg, "id", "Identity");
}

/*
 * Looking whether something is there takes nothing away from it. Only libzmq 4.3.4 forgets
 * what the id frame had, which later ones do not.
 */
static void metadata_after_events(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *req = zd_socket(ZMQ_REQ);
	zmq_msg_t msg;
	int frames;

	zd_link(router, req);
	zd_put(req, "x", NULL);
	za_ready(router, ZMQ_POLLIN);
	zt_ok(zmq_msg_init(&msg));
	for (frames = 0; frames < 3; frames++) {
		zt_ok(zmq_msg_recv(&msg, router, 0));
		if (frames)
			say_gets(&msg, "type", "Socket-Type");
	}
	say_gets(&msg, "id", "Identity");
}

/* Three peers by turns: each message has its own sender's. */
static void metadata_by_turns(void)
{
	static const char *const names[] = { "one", "two", "three" };
	void *pull = zd_socket(ZMQ_DEALER), *peer[ZT_ARRAY(names)];
	int wrong = 0, round;
	zmq_msg_t msg;
	size_t i;

	for (i = 0; i < ZT_ARRAY(names); i++) {
		peer[i] = zd_socket(ZMQ_DEALER);
		zd_set_text(peer[i], ZMQ_ROUTING_ID, names[i]);
		zd_link(pull, peer[i]);
	}
	zt_ok(zmq_msg_init(&msg));
	for (round = 0; round < 20; round++) {
		for (i = 0; i < ZT_ARRAY(names); i++)
			zd_put(peer[i], names[i], names[i], NULL);
		for (i = 0; i < 2 * ZT_ARRAY(names); i++) {
			const char *id;

			zt_ok(zmq_msg_recv(&msg, pull, 0));
			id = zmq_msg_gets(&msg, "Identity");
			if (!id || strlen(id) != zmq_msg_size(&msg) ||
			    memcmp(id, zmq_msg_data(&msg), zmq_msg_size(&msg)))
				wrong++;
		}
	}
	zmq_msg_close(&msg);
	say("wrong=%d", wrong);
}

/* Copies have them, what was moved has taken them along; they outlive the peer. */
static void metadata_kept(void)
{
	zmq_msg_t msg, copy, moved;
	void *push, *pull;

	pipeline(&push, &pull);
	zd_put(push, "x", NULL);
	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_init(&copy));
	zt_ok(zmq_msg_init(&moved));
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	zt_ok(zmq_msg_copy(&copy, &msg));
	zt_ok(zmq_msg_move(&moved, &msg));
	say_gets(&msg, "left", "Socket-Type");
	zt_ok(zmq_msg_close(&msg));
	za_close(push);
	za_close(pull);
	za_term(zd_ctx());
	say_gets(&copy, "copy", "Socket-Type");
	say_gets(&moved, "moved", "Peer-Address");
	zt_ok(zmq_msg_copy(&moved, &copy));
	zt_ok(zmq_msg_close(&copy));
	say_gets(&moved, "again", "Socket-Type");
	zt_ok(zmq_msg_close(&moved));
	say_gets(&moved, "closed", "Socket-Type");
}

/* Nobody has sent it, or somebody of the same context. */
static void metadata_local(void)
{
	void *pull = zd_bound(ZMQ_PULL, "inproc://a"), *push = zd_connect(ZMQ_PUSH, "inproc://a");
	zmq_msg_t msg;

	zt_ok(zmq_msg_init_size(&msg, 100));
	say_gets(&msg, "new", "Socket-Type");
	zd_put(push, "x", NULL);
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say_gets(&msg, "type", "Socket-Type");
	say_gets(&msg, "peer", "Peer-Address");
	/* One message each way, after one from a peer that is known. */
	push = zd_connect(ZMQ_PUSH, zd_bind(pull));
	zd_put(push, "x", NULL);
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say_gets(&msg, "type", "Socket-Type");
	zd_put(zd_connect(ZMQ_PUSH, "inproc://a"), "x", NULL);
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	say_gets(&msg, "type", "Socket-Type");
}

/* Parts of one message received by one function and the other. */
static void metadata_mixed(void)
{
	void *push, *pull;
	zmq_msg_t msg;
	char buf[8];
	int i;

	pipeline(&push, &pull);
	zt_ok(zmq_msg_init(&msg));
	for (i = 0; i < 2; i++) {
		zd_put(push, "a", "b", "c", NULL);
		zt_ok(zmq_recv(pull, buf, sizeof(buf), 0));
		zt_ok(zmq_msg_recv(&msg, pull, 0));
		say_gets(&msg, "type", "Socket-Type");
		zt_ok(zmq_recv(pull, buf, sizeof(buf), 0));
		zd_put(push, "d", NULL);
		zt_ok(zmq_msg_recv(&msg, pull, 0));
		say_gets(&msg, "type", "Socket-Type");
	}
}

/* On the id and on the chunk, from beginning to end. */
static void metadata_stream(void)
{
	void *stream = zd_socket(ZMQ_STREAM);
	zmq_msg_t msg;
	int fd, i;

	fd = wire_connect(zd_port(zd_bind(stream)));
	zt_ok(zmq_msg_init(&msg));
	for (i = 0; i < 6; i++) {
		if (i == 2)
			wire_send(fd, "hello", 5);
		if (i == 4)
			close(fd);
		zt_ok(zmq_msg_recv(&msg, stream, 0));
		say_gets(&msg, "peer", "Peer-Address");
	}
	say_gets(&msg, "type", "Socket-Type");
}

/* A property as RFC 37 writes it. Returns its length. */
static size_t property(uint8_t *to, const char *name, const void *value, size_t len)
{
	size_t name_len = strlen(name);
	uint32_t be = htonl(len);

	to[0] = name_len;
	memcpy(to + 1, name, name_len);
	memcpy(to + 1 + name_len, &be, sizeof(be));
	memcpy(to + 1 + name_len + sizeof(be), value, len);
	return 1 + name_len + sizeof(be) + len;
}

/* What a peer says besides: one that says a lot, and a value that is no text. */
static void metadata_of_a_peer(void)
{
	static uint8_t body[2048], large[1500];
	void *pull = zd_socket(ZMQ_PULL);
	const char *text;
	zmq_msg_t msg;
	size_t n;
	int fd, i;

	memset(large, 'l', sizeof(large));
	fd = wire_connect(zd_port(zd_bind(pull)));
	wire_greet(fd);
	n = wire_ready(body, "PUSH");
	n += property(body + n, "X-large", large, sizeof(large));
	n += property(body + n, "X-bytes", "a\0b", 3);
	n += property(body + n, "X-empty", "", 0);
	n += property(body + n, "X-twice", "1", 1);
	n += property(body + n, "X-twice", "2", 1);
	wire_frame(fd, WIRE_COMMAND, body, n);
	wire_want_ready(fd);
	wire_frame(fd, 0, "one", 3);
	wire_frame(fd, 0, "two", 3);
	zt_ok(zmq_msg_init(&msg));
	for (i = 0; i < 2; i++) {
		zt_ok(zmq_msg_recv(&msg, pull, 0));
		text = zmq_msg_gets(&msg, "X-large");
		say("large=%zu", text ? strlen(text) : 0);
		say_gets(&msg, "bytes", "X-bytes");
		say_gets(&msg, "empty", "X-empty");
		say_gets(&msg, "twice", "X-twice");
		say_gets(&msg, "none", "X-larg");
	}
	close(fd);
}

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* Receives while it is its turn, as libzmq wants it. Returns how many were wrong. */
static void *reader(void *pull)
{
	int wrong = 0, i;

	for (i = 0; i < 50; i++) {
		const char *id;
		zmq_msg_t msg;

		zt_ok(zmq_msg_init(&msg));
		pthread_mutex_lock(&turn);
		zt_ok(zmq_msg_recv(&msg, pull, 0));
		pthread_mutex_unlock(&turn);
		id = zmq_msg_gets(&msg, "Identity");
		wrong += !id || *id != *(char *)zmq_msg_data(&msg);
		zmq_msg_close(&msg);
	}
	return (void *)(intptr_t)wrong;
}

/* Two threads take turns at a socket with two peers. */
static void metadata_threads(void)
{
	void *pull = zd_socket(ZMQ_DEALER), *peer[2], *wrong[2];
	pthread_t thread[2];
	char name[] = "a";
	int i, k;

	for (i = 0; i < 2; i++, name[0]++) {
		peer[i] = zd_socket(ZMQ_DEALER);
		zd_set_text(peer[i], ZMQ_ROUTING_ID, name);
		zd_link(pull, peer[i]);
		zt_check(!pthread_create(&thread[i], NULL, reader, pull));
	}
	for (k = 0; k < 50; k++) {
		zd_put(peer[0], "a", NULL);
		zd_put(peer[1], "b", NULL);
	}
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], &wrong[i]);
	say("wrong=%d", (int)((intptr_t)wrong[0] + (intptr_t)wrong[1]));
}

static const struct zd_behaviour behaviours[] = {
	{ "metadata", "API 8", metadata,
	  "type=DEALER peer=127.0.0.1 id=me unknown=EINVAL case=EINVAL type=DEALER peer=127.0.0.1 id=me unknown=EINVAL case=EINVAL",
	},
	{ "srcfd", "API 8", srcfd,
	  "fd=yes peer=ok 127.0.0.1 later=EBADF",
	  .ours = "fd=EINVAL peer=EBADF 0.0.0.0 later=EBADF",
	  .why = "zmq_msg_get() has no ZMQ_SRCFD",
	},
	{ "metadata_ipc", "API 8", metadata_ipc,
	  "type=PUSH peer=own",
	},
	{ "metadata_forwarded", "API 8", metadata_forwarded,
	  "type=PUSH sent=EINVAL type=PUSH",
	},
	{ "metadata_subscription", "API 1.10", metadata_subscription,
	  "type=SUB peer=127.0.0.1 type=XPUB id=EINVAL",
	},
	{ "metadata_after_events", "API 1.8", metadata_after_events,
	  "type=REQ type=REQ id=",
	},
	{ "metadata_by_turns", "API 8", metadata_by_turns,
	  "wrong=0",
	},
	{ "metadata_kept", "API 8", metadata_kept,
	  "left=EINVAL copy=PUSH moved=127.0.0.1 again=PUSH closed=EINVAL",
	},
	{ "metadata_local", "API 8", metadata_local,
	  "new=EINVAL type=EINVAL peer=EINVAL type=PUSH type=EINVAL",
	},
	{ "metadata_mixed", "API 8", metadata_mixed,
	  "type=PUSH type=PUSH type=PUSH type=PUSH",
	},
	{ "metadata_stream", "API 1.9", metadata_stream,
	  "peer=127.0.0.1 peer=127.0.0.1 peer=127.0.0.1 peer=127.0.0.1 peer=127.0.0.1 peer=127.0.0.1 type=EINVAL",
	},
	{ "metadata_of_a_peer", "API 8", metadata_of_a_peer,
	  "large=1500 bytes=a empty= twice=1 none=EINVAL large=1500 bytes=a empty= twice=1 none=EINVAL",
	},
	{ "metadata_threads", "API 8", metadata_threads,
	  "wrong=0",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
