/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A socket with fake peers: sessions that have a pipe and nothing else, so a
 * pattern sees whatever a test wants it to see, in the order it wants.
 */
#ifndef _ZMQ_TESTS_UTIL_H
#define _ZMQ_TESTS_UTIL_H

#include <kunit/test.h>

#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

#define ZMQ_FAKE_PEERS		8
/* Who gets a message that many may get: this, and a bit for each peer. */
#define ZMQ_FAKE_MANY		0x100

/**
 * struct zmq_fake - a socket and its fake peers
 * @test: the running test
 * @sock: the socket, NULL before zmq_fake_open()
 * @zs: the same
 * @peer: the peers; NULL before they join. One that left has no pipe
 * @used: what the owner's account held when the socket was new
 * @version: what peers speak whose handshake is complete from now on
 * @from: Peer-Address of the message that was received last, or empty
 * @text: of the message that zmq_fake_text() read last
 */
struct zmq_fake {
	struct kunit *test;
	struct socket *sock;
	struct zmq_sock *zs;
	struct zmq_session *peer[ZMQ_FAKE_PEERS];
	long used;
	enum zmq_peer_version version;
	char from[16];
	char text[128];
};

/**
 * enum zmq_fake_op - what happens in a step of a script
 * @ZMQ_FAKE_END: nothing more
 * @ZMQ_FAKE_JOIN: a peer appears
 * @ZMQ_FAKE_LEAVE: a peer goes
 * @ZMQ_FAKE_GIVE: messages of a peer arrive
 * @ZMQ_FAKE_TAKE: a peer's session takes a message to write it to the wire
 * @ZMQ_FAKE_SEND: the user sends a message
 * @ZMQ_FAKE_RECV: the user receives a message
 * @ZMQ_FAKE_DIAL: a peer appears, because the user connects to it
 * @ZMQ_FAKE_UP: the handshake with a peer is complete
 * @ZMQ_FAKE_DOWN: its connection is lost
 * @ZMQ_FAKE_SET: the user sets an option that is a string
 * @ZMQ_FAKE_FLAG: the user sets an option that is a number
 * @ZMQ_FAKE_GET: the user gets an option that is a number, of this type alone
 */
enum zmq_fake_op {
	ZMQ_FAKE_END,
	ZMQ_FAKE_JOIN,
	ZMQ_FAKE_LEAVE,
	ZMQ_FAKE_GIVE,
	ZMQ_FAKE_TAKE,
	ZMQ_FAKE_SEND,
	ZMQ_FAKE_RECV,
	ZMQ_FAKE_DIAL,
	ZMQ_FAKE_UP,
	ZMQ_FAKE_DOWN,
	ZMQ_FAKE_SET,
	ZMQ_FAKE_FLAG,
	ZMQ_FAKE_GET,
};

/**
 * struct zmq_fake_step - one step of a script
 * @op: what happens
 * @peer: index of the peer; of the one that gets the message when sending, -1
 *	for nobody, or ZMQ_FAKE_MANY; the number of the option
 * @text: the message, see zmq_fake_msgs(); NULL if there is to be none; the
 *	peer's routing id; the value of the option, numbers in decimal
 * @ret: errno, or reason of giving
 * @poll: what poll() says afterwards: "", "I", "O" or "IO"
 */
struct zmq_fake_step {
	enum zmq_fake_op op;
	int peer;
	const char *text;
	int ret;
	const char *poll;
};

/**
 * struct zmq_fake_script - a story of one socket
 * @what: what it is about
 * @type: the socket type
 * @hwm: both high-water marks of each pipe
 * @drops: messages dropped at the end of the story
 * @step: the steps
 */
struct zmq_fake_script {
	const char *what;
	int type;
	u32 hwm;
	u64 drops;
	struct zmq_fake_step step[32];
};

int zmq_fake_init(struct kunit *test);
void zmq_fake_exit(struct kunit *test);

void zmq_fake_open(struct zmq_fake *fake, int type);
struct zmq_pipe *zmq_fake_join(struct zmq_fake *fake, int peer, u32 hwm);
int zmq_fake_dial(struct zmq_fake *fake, int peer, u32 hwm);
int zmq_fake_up(struct zmq_fake *fake, int peer, const char *id);
void zmq_fake_down(struct zmq_fake *fake, int peer);
void zmq_fake_leave(struct zmq_fake *fake, int peer);
int zmq_fake_give(struct zmq_fake *fake, int peer, const char *text);
const char *zmq_fake_take(struct zmq_fake *fake, int peer);
int zmq_fake_send(struct zmq_fake *fake, const char *text, int *peer);
int zmq_fake_recv(struct zmq_fake *fake, const char **text, int *kicked);
int zmq_fake_set(struct zmq_fake *fake, int name, const void *value,
		 unsigned int len);
const char *zmq_fake_poll(struct zmq_fake *fake);
void zmq_fake_run(struct zmq_fake *fake, const struct zmq_fake_script *script);

struct zmq_frame *zmq_fake_msgs(struct kunit *test, struct zmq_mem *mem,
				const char *text);
const char *zmq_fake_text(char *buf, size_t size, struct zmq_frame *msg,
			  bool wire);

static inline struct zmq_pipe *zmq_fake_pipe(struct zmq_fake *fake, int peer)
{
	return fake->peer[peer]->conn.pipe;
}

/* Steps of scripts; the last argument is what poll() says then. */
#define JOIN(peer, poll)	{ ZMQ_FAKE_JOIN, peer, NULL, 0, poll }
#define DIAL(peer, err, poll)	{ ZMQ_FAKE_DIAL, peer, NULL, err, poll }
#define UP(peer, id, poll)	{ ZMQ_FAKE_UP, peer, id, 0, poll }
#define DOWN(peer, poll)	{ ZMQ_FAKE_DOWN, peer, NULL, 0, poll }
#define LEAVE(peer, poll)	{ ZMQ_FAKE_LEAVE, peer, NULL, 0, poll }
#define GIVE(peer, text, poll)	{ ZMQ_FAKE_GIVE, peer, text, ZMQ_R_NONE, poll }
#define BREAK(peer, text, poll)	\
	{ ZMQ_FAKE_GIVE, peer, text, ZMQ_R_PATTERN_VIOLATION, poll }
#define TAKE(peer, text, poll)	{ ZMQ_FAKE_TAKE, peer, text, 0, poll }
#define SEND(peer, text, poll)	{ ZMQ_FAKE_SEND, peer, text, 0, poll }
/* To some; to nobody; not at all; a message for which that doesn't matter. */
#define CAST(peers, text, poll)	SEND(ZMQ_FAKE_MANY | (peers), text, poll)
#define LOSE(text, poll)	SEND(-1, text, poll)
#define FAIL(text, err, poll)	{ ZMQ_FAKE_SEND, -1, text, err, poll }
#define NOSEND(err, poll)	FAIL("x", err, poll)
#define RECV(text, poll)	{ ZMQ_FAKE_RECV, -1, text, 0, poll }
#define NORECV(err, poll)	{ ZMQ_FAKE_RECV, -1, NULL, err, poll }
#define SET(opt, text, err, poll)	{ ZMQ_FAKE_SET, opt, text, err, poll }
#define FLAG(opt, text, err, poll)	{ ZMQ_FAKE_FLAG, opt, text, err, poll }
#define COUNT(text, poll)	\
	{ ZMQ_FAKE_GET, ZMQ_TOPICS_COUNT, text, 0, poll }

#endif /* _ZMQ_TESTS_UTIL_H */
