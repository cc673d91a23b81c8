// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes, each on stock libzmq or on the shim: peers that come late,
 * die in mid-message, are restarted, or leave with messages unsent.
 */
#include <stdlib.h>
#include <unistd.h>

#include "relay.h"
#include "zmon.h"
#include "zpair.h"

#define MIB (1024 * 1024)
#define BIG (2 * MIB)
#define CUT_AT (BIG + MIB / 2)
#define RESTARTS 3
#define LATE_MESSAGES 50
#define BURST 5000

static void side_ep(char *ep, int port)
{
	sprintf(ep, "tcp://127.0.0.1:%d", port);
}

/* The other side is started or replaced only now: tell the driver, wait. */
static void at(struct zp_side *side, const char *mark)
{
	zt_tell(side->peer, "%s", mark);
	zt_expect(side->peer, "go");
}

/* Client before server. */
static void late_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PUSH);
	char text[16];
	int i;

	za_set(s, ZMQ_LINGER, zt_scaled(ZA_TIMEO));
	za_connect(s, side->ep);
	for (i = 0; i < LATE_MESSAGES; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_put(s, text, ZMQ_DONTWAIT);
	}
	at(side, "sent");
	za_close(s);
}

static void late_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PULL);
	char text[16];
	int i;

	za_bind(s, side->ep);
	for (i = 0; i < LATE_MESSAGES; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_want(s, text, 0);
	}
	za_close(s);
}

static void late_drive(const struct zp_combo *combo)
{
	struct zt_proc bind, conn;
	char ep[64];

	side_ep(ep, zt_port());
	zp_start(&conn, combo, false, ep);
	zt_expect(conn.fd, "sent");
	zp_start(&bind, combo, true, ep);
	zt_tell(conn.fd, "go");
	zt_wait(&bind, 20000);
	zt_wait(&conn, 20000);
}

/* The server is killed and restarted again and again; the client goes on. */
static void client(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_REQ), *monitor = zm_open(side->ctx, s);
	char text[16];
	int life, i;

	za_connect(s, side->ep);
	for (life = 0; life <= RESTARTS; life++) {
		for (i = 0; i < 5; i++) {
			snprintf(text, sizeof(text), "%d.%d", life, i);
			za_put(s, text, 0);
			za_want(s, text, 0);
		}
		if (life == RESTARTS)
			break;
		at(side, "served");
		/* Before that a question would go to who is dead. */
		zm_until(monitor, ZMQ_EVENT_DISCONNECTED);
	}
	zm_close(monitor, s);
	za_close(s);
}

static void server(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_REP);
	char text[16];
	int len;

	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	for (;;) {
		len = zmq_recv(s, text, sizeof(text), 0);
		if (len < 0 && errno == EAGAIN)
			continue;
		zt_check(len > 0);
		zt_eq(zmq_send(s, text, len, 0), len);
	}
}

static void server_drive(const struct zp_combo *combo)
{
	struct zt_proc bind, conn;
	char ep[64];
	int life;

	side_ep(ep, zt_port());
	zp_start(&bind, combo, true, ep);
	zt_expect(bind.fd, "bound");
	zp_start(&conn, combo, false, ep);
	for (life = 0; life < RESTARTS; life++) {
		zt_expect(conn.fd, "served");
		zt_kill(&bind);
		zp_start(&bind, combo, true, ep);
		zt_expect(bind.fd, "bound");
		zt_tell(conn.fd, "go");
	}
	zt_wait(&conn, 30000);
	zt_kill(&bind);
}

/* A message of two parts that the relay cuts in the middle. */
static void cut_send(struct zp_side *side, void *s, bool binds)
{
	char life[16];

	zt_tell(side->peer, "up");
	zt_hear(side->peer, life, sizeof(life));
	if (!strcmp(life, "first")) {
		za_put(s, "first", 0);
		za_put_big(s, BIG, 1, ZMQ_SNDMORE);
		za_put_big(s, BIG, 2, 0);
		at(side, "sent");
		/* Who binds has a queue for each peer, and what is in it goes with the peer. */
		if (binds)
			zt_until(!(za_get(s, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
		at(side, "alone");
	}
	za_put(s, "after", 0);
	zt_expect(side->peer, "end");
	za_close(s);
}

/* Only whole messages may come: "first", the big one, "after". */
static void cut_recv(struct zp_side *side, void *s)
{
	bool after = false, first;
	zmq_msg_t msg;

	zt_tell(side->peer, "up");
	zt_ok(zmq_msg_init(&msg));
	while (!after) {
		if (zmq_msg_recv(&msg, s, 0) < 0)
			zt_fail("'after' never came: %s", zmq_strerror(errno));
		if (zmq_msg_size(&msg) == BIG) {
			zt_check(zt_same(zmq_msg_data(&msg), BIG, 1) && zmq_msg_more(&msg));
			za_want_big(s, BIG, 2, 0);
			continue;
		}
		zt_eq(zmq_msg_size(&msg), 5);
		zt_check(!zmq_msg_more(&msg));
		first = !memcmp(zmq_msg_data(&msg), "first", 5);
		after = !memcmp(zmq_msg_data(&msg), "after", 5);
		zt_check(first || after);
		if (first)
			zt_tell(side->peer, "first");
	}
	zt_ok(zmq_msg_close(&msg));
	zt_tell(side->peer, "after");
	zt_expect(side->peer, "end");
	za_close(s);
}

static void cut_push_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PUSH);

	za_connect(s, side->ep);
	cut_send(side, s, false);
}

static void cut_pull_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PULL);

	za_bind(s, side->ep);
	cut_recv(side, s);
}

static void cut_push_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PUSH);

	za_bind(s, side->ep);
	cut_send(side, s, true);
}

static void cut_pull_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PULL);

	za_connect(s, side->ep);
	cut_recv(side, s);
}

static void cut_finish(struct zt_proc *sender, struct zt_proc *receiver)
{
	zt_expect(receiver->fd, "after");
	zt_tell(receiver->fd, "end");
	zt_wait(receiver, 20000);
	zt_tell(sender->fd, "end");
	zt_wait(sender, 20000);
}

static void cut_start(const struct zp_combo *combo, bool sender_binds, const char *bind_ep,
		      const char *conn_ep, struct zt_proc *sender, struct zt_proc *receiver)
{
	zp_start(receiver, combo, !sender_binds, sender_binds ? conn_ep : bind_ep);
	zt_expect(receiver->fd, "up");
	zp_start(sender, combo, sender_binds, sender_binds ? bind_ep : conn_ep);
	zt_expect(sender->fd, "up");
	zt_tell(sender->fd, "first");
}

static void sender_killed(const struct zp_combo *combo, bool sender_binds)
{
	int bind_port = zt_port(), relay_port = zt_port();
	struct zt_proc sender, receiver;
	char bind_ep[64], conn_ep[64];
	struct relay relay;

	side_ep(bind_ep, bind_port);
	side_ep(conn_ep, relay_port);
	relay_open(&relay, relay_port, bind_port);
	cut_start(combo, sender_binds, bind_ep, conn_ep, &sender, &receiver);
	relay_until(&relay, sender_binds, CUT_AT);
	zt_expect(receiver.fd, "first");
	zt_kill(&sender);
	relay_cut(&relay);
	relay_forever(&relay);
	zp_start(&sender, combo, sender_binds, sender_binds ? bind_ep : conn_ep);
	zt_expect(sender.fd, "up");
	zt_tell(sender.fd, "second");
	cut_finish(&sender, &receiver);
}

static void receiver_killed(const struct zp_combo *combo, bool sender_binds)
{
	int bind_port = zt_port(), relay_port = zt_port();
	struct zt_proc sender, receiver;
	char bind_ep[64], conn_ep[64];
	struct relay relay;

	side_ep(bind_ep, bind_port);
	side_ep(conn_ep, relay_port);
	relay_open(&relay, relay_port, bind_port);
	cut_start(combo, sender_binds, bind_ep, conn_ep, &sender, &receiver);
	relay_until(&relay, sender_binds, CUT_AT);
	zt_expect(receiver.fd, "first");
	zt_expect(sender.fd, "sent");
	zt_kill(&receiver);
	relay_cut(&relay);
	zt_tell(sender.fd, "go");
	zt_expect(sender.fd, "alone");
	relay_forever(&relay);
	zp_start(&receiver, combo, !sender_binds, sender_binds ? conn_ep : bind_ep);
	zt_expect(receiver.fd, "up");
	zt_tell(sender.fd, "go");
	cut_finish(&sender, &receiver);
}

static void sender_conn_drive(const struct zp_combo *combo)
{
	sender_killed(combo, false);
}

static void sender_bind_drive(const struct zp_combo *combo)
{
	sender_killed(combo, true);
}

static void receiver_bind_drive(const struct zp_combo *combo)
{
	receiver_killed(combo, false);
}

static void receiver_conn_drive(const struct zp_combo *combo)
{
	receiver_killed(combo, true);
}

/* The asker dies before its answer: the answer is dropped, the next is served. */
static void orphan_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_REP);

	za_bind(s, side->ep);
	za_want(s, "question", 0);
	at(side, "asked");
	za_put(s, "lost", 0);
	za_want(s, "question", 0);
	za_put(s, "answer", 0);
	zt_expect(side->peer, "end");
	za_close(s);
}

static void orphan_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_REQ);

	za_connect(s, side->ep);
	za_put(s, "question", 0);
	za_want(s, "answer", 0);
	za_close(s);
}

static void orphan_drive(const struct zp_combo *combo)
{
	struct zt_proc bind, conn;
	char ep[64];

	side_ep(ep, zt_port());
	zp_start(&bind, combo, true, ep);
	zp_start(&conn, combo, false, ep);
	zt_expect(bind.fd, "asked");
	zt_kill(&conn);
	zt_tell(bind.fd, "go");
	zp_start(&conn, combo, false, ep);
	zt_wait(&conn, 20000);
	zt_tell(bind.fd, "end");
	zt_wait(&bind, 20000);
}

/* PAIR takes a new peer when the old one has gone. */
static void heir_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PAIR);

	za_bind(s, side->ep);
	za_want(s, "hello", 0);
	zt_tell(side->peer, "met");
	zt_until(!(za_get(s, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
	zt_tell(side->peer, "alone");
	za_want(s, "hello", 0);
	za_put(s, "heir", 0);
	zt_expect(side->peer, "end");
	za_close(s);
}

static void heir_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PAIR);

	za_connect(s, side->ep);
	za_put(s, "hello", 0);
	za_want(s, "heir", 0);
	za_close(s);
}

static void heir_drive(const struct zp_combo *combo)
{
	struct zt_proc bind, conn;
	char ep[64];

	side_ep(ep, zt_port());
	zp_start(&bind, combo, true, ep);
	zp_start(&conn, combo, false, ep);
	zt_expect(bind.fd, "met");
	zt_kill(&conn);
	zt_expect(bind.fd, "alone");
	zp_start(&conn, combo, false, ep);
	zt_wait(&conn, 20000);
	zt_tell(bind.fd, "end");
	zt_wait(&bind, 20000);
}

/* Close right behind a burst: with LINGER -1 nothing may be missing. */
static void burst_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PUSH);
	unsigned int i;

	za_set(s, ZMQ_LINGER, -1);
	za_set(s, ZMQ_SNDHWM, 0);
	za_connect(s, side->ep);
	for (i = 0; i < zt_count(BURST); i++)
		za_put_big(s, 100 + i % 3000, i, ZMQ_DONTWAIT);
	za_close(s);
}

static void burst_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PULL);
	unsigned int i;

	za_bind(s, side->ep);
	for (i = 0; i < zt_count(BURST); i++)
		za_want_big(s, 100 + i % 3000, i, 0);
	za_close(s);
}

/*
 * A process that simply ends keeps its promise all the same: the kernel still
 * has its messages, and LINGER says for how long.
 */
static void leave(struct zp_side *side, int linger)
{
	void *s = za_socket(side->ctx, ZMQ_PUSH);
	char text[16];
	int i;

	za_set(s, ZMQ_LINGER, linger);
	za_connect(s, side->ep);
	for (i = 0; i < LATE_MESSAGES; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_put(s, text, ZMQ_DONTWAIT);
	}
	/* Neither closed nor terminated: side_role() shall leave it alone. */
	side->ctx = NULL;
}

static void leave_forever(struct zp_side *side)
{
	leave(side, -1);
}

static void leave_enough(struct zp_side *side)
{
	leave(side, zt_scaled(20000));
}

static void leave_nothing(struct zp_side *side)
{
	leave(side, 0);
}

static void leave_short(struct zp_side *side)
{
	leave(side, 300);
}

static void nothing_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PULL);

	za_bind(s, side->ep);
	za_quiet(s, zt_scaled(500));
	za_close(s);
}

static void leave_drive(const struct zp_combo *combo)
{
	struct zt_proc bind, conn;
	char ep[64];

	side_ep(ep, zt_port());
	zp_start(&conn, combo, false, ep);
	zt_wait(&conn, 20000);
	/* The 300 ms of leave_short() have to pass. */
	zt_nap(600);
	zp_start(&bind, combo, true, ep);
	zt_wait(&bind, 20000);
}

static const struct zp_scenario scenarios[] = {
	{ "client_before_server", late_bind, late_conn, late_drive },
	{ "server_killed_and_restarted", server, client, server_drive, .limit = 60 },
	{ "connecting_sender_killed_in_message", cut_pull_bind, cut_push_conn, sender_conn_drive },
	{ "binding_sender_killed_in_message", cut_push_bind, cut_pull_conn, sender_bind_drive },
	{ "binding_receiver_killed_in_message", cut_pull_bind, cut_push_conn, receiver_bind_drive },
	{ "connecting_receiver_killed_in_message", cut_push_bind, cut_pull_conn,
	  receiver_conn_drive },
	{ "asker_killed_before_answer", orphan_bind, orphan_conn, orphan_drive },
	{ "pair_takes_new_peer", heir_bind, heir_conn, heir_drive },
	{ "burst_then_close", burst_bind, burst_conn },
	{ "exit_linger_forever", late_bind, leave_forever, leave_drive, .conn_shim = true },
	{ "exit_linger_enough", late_bind, leave_enough, leave_drive, .conn_shim = true },
	{ "exit_linger_zero", nothing_bind, leave_nothing, leave_drive, .conn_shim = true },
	{ "exit_linger_expired", nothing_bind, leave_short, leave_drive, .conn_shim = true },
};

int main(int argc, char **argv)
{
	return zp_main(argc, argv, scenarios, ZT_ARRAY(scenarios));
}
