// SPDX-License-Identifier: GPL-2.0-only
/* What messages show of a ZAP handler's answer: User-Id, and properties it has made up. */
#include "diff.h"
#include "ends.h"
#include "guard.h"
#include "../system/zsec.h"

static void say_gets(zmq_msg_t *msg, const char *what, const char *name)
{
	const char *text = zmq_msg_gets(msg, name);

	say("%s=%s", what, text ? text : zd_errno(errno));
}

/* On the id that a ROUTER puts before a message as well. */
static void say_properties(void *s)
{
	zmq_msg_t msg;

	zt_ok(zmq_msg_init(&msg));
	do {
		zt_ok(zmq_msg_recv(&msg, s, 0));
		say_gets(&msg, "user", "User-Id");
		say_gets(&msg, "a", "X-a");
		say_gets(&msg, "b", "b");
		say_gets(&msg, "type", "Socket-Type");
		say_gets(&msg, "peer", "Peer-Address");
	} while (zmq_msg_more(&msg));
	zmq_msg_close(&msg);
}

/* The server's view of a message of the client. */
static void say_shown(struct ends *e)
{
	zd_link(e->server, e->client);
	zd_put(e->client, "x", NULL);
	say_properties(e->server);
}

static void shown(int mechanism)
{
	struct ends e = zap_guarded(ZMQ_REP, mechanism);

	zap_answer_with()->user = "somebody";
	zap_answer.meta = "\3X-a\0\0\0\5first\1b\0\0\0\6second";
	zap_answer.meta_len = 25;
	say_shown(&e);
}

static void shown_null(void)
{
	shown(ZMQ_NULL);
}

static void shown_plain(void)
{
	shown(ZMQ_PLAIN);
}

static void shown_curve(void)
{
	shown(ZMQ_CURVE);
}

static void user_empty(void)
{
	struct ends e = zap_guarded(ZMQ_REP, ZMQ_PLAIN);

	zap_answer_with();
	say_shown(&e);
}

/* The handler says what others say as well: of the user, of the address. */
static void names_of_both(void)
{
	struct ends e = zap_guarded(ZMQ_REP, ZMQ_PLAIN);

	zap_answer_with()->meta = "\14Peer-Address\0\0\0\3ZAP\7User-Id\0\0\0\3ZAP";
	zap_answer.meta_len = 35;
	zap_answer.user = "frame";
	say_shown(&e);
}

static void names_twice(void)
{
	struct ends e = zap_guarded(ZMQ_REP, ZMQ_CURVE);

	zap_answer_with()->meta = "\3X-a\0\0\0\1\061\3X-a\0\0\0\1\062";
	zap_answer.meta_len = 18;
	say_shown(&e);
}

/* NULL: it is the connecting side that has asked, so it knows. */
static void shown_connecting(void)
{
	struct ends e = ends_new(ZMQ_PUSH, ZMQ_PULL);

	zap_guard(ZMQ_REP);
	za_text(e.client, ZMQ_ZAP_DOMAIN, "global");
	zap_answer_with()->user = "server";
	zd_link(e.server, e.client);
	zd_put(e.server, "x", NULL);
	say_properties(e.client);
}

/* An XPUB knows who subscribes. */
static void shown_subscription(void)
{
	struct ends e = ends_new(ZMQ_XPUB, ZMQ_SUB);

	zap_guard(ZMQ_REP);
	zs_server(e.server, ZMQ_CURVE);
	zs_client(e.client, ZMQ_CURVE);
	zap_answer_with()->user = "reader";
	zd_link(e.server, e.client);
	za_text(e.client, ZMQ_SUBSCRIBE, "a");
	say_properties(e.server);
	zd_put(e.server, "abc", NULL);
	say_properties(e.client);
}

/* A REQ that has let in who answers: libzmq's loses what comes after the user's name. */
static void user_of_rep(void)
{
	struct ends e = ends_new(ZMQ_REQ, ZMQ_REP);

	zap_guard(ZMQ_REP);
	zs_server(e.server, ZMQ_PLAIN);
	zs_client(e.client, ZMQ_PLAIN);
	za_set(e.server, ZMQ_RCVTIMEO, zt_scaled(500));
	zap_answer_with()->user = "worker";
	zd_link(e.server, e.client);
	zd_put(e.server, "question", NULL);
	say_recv(e.client);
	zd_put(e.client, "answer", NULL);
	say_recv(e.server);
}

/* Two users of one socket: each message has its own sender's. */
static void judge_by_name(const struct zg_request *request, struct zg_reply *reply)
{
	reply->user = zg_text(request, ZG_CREDENTIALS);
}

static void two_users(void)
{
	static const char *const names[] = { "first", "second" };
	void *server = zd_socket(ZMQ_PULL), *client[2];
	int wrong = 0, i;
	zmq_msg_t msg;

	zg_start(zd_ctx(), ZMQ_REP, judge_by_name);
	zs_plain_server(server);
	for (i = 0; i < 2; i++) {
		client[i] = zd_socket(ZMQ_PUSH);
		zs_plain_client(client[i], names[i], "x");
		zd_link(server, client[i]);
	}
	zt_ok(zmq_msg_init(&msg));
	for (i = 0; i < 40; i++)
		zd_put(client[i & 1], names[i & 1], NULL);
	for (i = 0; i < 40; i++) {
		const char *user;

		zt_ok(zmq_msg_recv(&msg, server, 0));
		user = zmq_msg_gets(&msg, "User-Id");
		wrong += !user || memcmp(user, zmq_msg_data(&msg), zmq_msg_size(&msg));
	}
	say("wrong=%d", wrong);
}

static const struct zd_behaviour behaviours[] = {
	{ "shown_null", "API 8", shown_null,
	  "user=somebody a=first b=second type=DEALER peer=127.0.0.1 user=somebody a=first b=second type=DEALER peer=127.0.0.1",
	},
	{ "shown_plain", "API 8", shown_plain,
	  "user=somebody a=first b=second type=DEALER peer=127.0.0.1 user=somebody a=first b=second type=DEALER peer=127.0.0.1",
	},
	{ "shown_curve", "API 8", shown_curve,
	  "user=somebody a=first b=second type=DEALER peer=127.0.0.1 user=somebody a=first b=second type=DEALER peer=127.0.0.1",
	},
	{ "user_empty", "API 8", user_empty,
	  "user= a=EINVAL b=EINVAL type=DEALER peer=127.0.0.1 user= a=EINVAL b=EINVAL type=DEALER peer=127.0.0.1",
	},
	{ "names_of_both", "API 8", names_of_both,
	  "user=frame a=EINVAL b=EINVAL type=DEALER peer=127.0.0.1 user=frame a=EINVAL b=EINVAL type=DEALER peer=127.0.0.1",
	},
	{ "names_twice", "API 8", names_twice,
	  "user= a=1 b=EINVAL type=DEALER peer=127.0.0.1 user= a=1 b=EINVAL type=DEALER peer=127.0.0.1",
	},
	{ "shown_connecting", "API 8", shown_connecting,
	  "user=server a=EINVAL b=EINVAL type=PUSH peer=127.0.0.1",
	},
	{ "shown_subscription", "API 8", shown_subscription,
	  "user=reader a=EINVAL b=EINVAL type=SUB peer=127.0.0.1 user=EINVAL a=EINVAL b=EINVAL type=XPUB peer=127.0.0.1",
	},
	{ "user_of_rep", "API 8", user_of_rep,
	  "[question] EAGAIN",
	  .ours = "[question] [answer]",
	  .why = "A REQ whose ZAP handler",
	},
	{ "two_users", "API 8", two_users,
	  "wrong=0",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
