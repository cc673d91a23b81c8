// SPDX-License-Identifier: GPL-2.0-only
/* What a message tells of where it came from: properties of the peer, its descriptor. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

static const struct zd_behaviour behaviours[] = {
	{ "metadata", "API 8", metadata,
	  "type=DEALER peer=127.0.0.1 id=me unknown=EINVAL case=EINVAL type=DEALER peer=127.0.0.1 id=me unknown=EINVAL case=EINVAL",
	},
	{ "srcfd", "API 8", srcfd,
	  "fd=yes peer=ok 127.0.0.1 later=EBADF",
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
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
