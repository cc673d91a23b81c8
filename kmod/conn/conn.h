/* SPDX-License-Identifier: GPL-2.0-only */
/* One connection: the lower socket, the wire state, reading and writing. */
#ifndef _ZMQ_CONN_H
#define _ZMQ_CONN_H

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/workqueue.h>

#include "common.h"
#include "mech/mech.h"
#include "queue/frame.h"
#include "reason.h"
#include "tran/ksock.h"
#include "tran/tran.h"
#include "zmtp/frame.h"
#include "zmtp/greeting.h"

/**
 * enum zmq_phase - how far a connection has got
 * @ZMQ_PHASE_CLOSED: no lower socket, or it is not ours any more
 * @ZMQ_PHASE_OPENING: the lower socket connects
 * @ZMQ_PHASE_GREETING: greetings are exchanged
 * @ZMQ_PHASE_HANDSHAKE: the mechanism's commands are exchanged
 * @ZMQ_PHASE_TRAFFIC: messages flow; only now callbacks read
 * @ZMQ_PHASE_DRAINING: all is written, the peer has still to confirm it; what
 *	comes in is thrown away
 * @ZMQ_PHASE_FAILED: @zmq_conn.why says what happened; nothing is read or sent
 *
 *	CLOSED -> OPENING -> GREETING -> HANDSHAKE -> TRAFFIC -> DRAINING
 *	   ^         |           |           |           |          |
 *	   +---------+-----------+--FAILED---+-----------+          |
 *	   +-----------------------------------------------<--------+
 *
 * Written under the lower socket's lock, by zmq_conn_set_phase() only.
 */
enum zmq_phase {
	ZMQ_PHASE_CLOSED,
	ZMQ_PHASE_OPENING,
	ZMQ_PHASE_GREETING,
	ZMQ_PHASE_HANDSHAKE,
	ZMQ_PHASE_TRAFFIC,
	ZMQ_PHASE_DRAINING,
	ZMQ_PHASE_FAILED,
};

/**
 * struct zmq_rx - what was read of a frame and its message
 * @hdr: first bytes of a header that came in pieces
 * @hdr_have: bytes in @hdr
 * @old: &enum zmq_peer_version of a peer of ZMTP 1.0 or 2.0, 0 of a newer one
 * @frame: the frame being read, or NULL
 * @msg: earlier frames of its message, owned
 * @msg_tail: where the next frame of the message is linked in
 * @done: whole messages not yet delivered, owned
 * @done_tail: where the next message is linked in
 * @sealed: whole frames as they came, to be opened (conn/sealed.c), owned; under
 *	zmq_session.run
 * @sealed_tail: where the next one is linked in; same
 * @credit: how many more messages the pipe takes; while sealed frames are read:
 *	how many more of these, since each may end a message
 * @parts: frames in @msg
 * @bytes: of the message being read, all its frames together
 * @delimited: the message began with an empty frame, now to be a flag
 * @starved: reading stopped for lack of memory
 *
 * All under the lower socket's lock.
 */
struct zmq_rx {
	u8 hdr[ZMQ_FRAME_V1_HDR_MAX];
	u8 hdr_have;
	u8 old;
	struct zmq_frame *frame;
	struct zmq_frame *msg;
	struct zmq_frame **msg_tail;
	struct zmq_frame *done;
	struct zmq_frame **done_tail;
	struct zmq_frame *sealed;
	struct zmq_frame **sealed_tail;
	u64 credit;
	u64 bytes;
	u32 parts;
	bool delimited;
	bool starved;
};

/* Pieces given to the lower socket at a time. */
#define ZMQ_TX_IOVS		64

/**
 * struct zmq_tx - what is being written
 * @head: frames taken from the pipe, not all sent yet; whole messages, kept
 *	until their last byte went so that a message can start again
 * @tail: where the next frame is linked in
 * @cur: the frame that the next byte belongs to, or NULL
 * @off: bytes sent of its wire image, header included; with @images, of the
 *	first of these
 * @seal: the frame to be sealed next, or NULL (conn/sealed.c)
 * @seal_at: how far it was: bytes of a frame with ZMQ_FRAME_RAW, else whether
 *	its delimiter was
 * @images: frames sealed and not all sent, in order; the first of them is part
 *	of @cur. ZMQ_FRAME_MORE: so is the next
 * @images_tail: where the next image is linked in
 * @iov: what is given to the lower socket; not on the stack, where the compiler
 *	would zero it for each message
 * @blocked: the lower socket took less than it was given; its write_space
 *	callback queues the work
 * @failed: the lower socket refuses to send; the session's work ends it
 *
 * @v1: frames as in ZMTP 1.0; set before traffic begins
 *
 * All but @v1 under zmq_conn.tx_lock; @blocked and @failed are read without.
 */
struct zmq_tx {
	struct zmq_frame *head;
	struct zmq_frame **tail;
	struct zmq_frame *cur;
	u64 off;
	struct zmq_frame *seal;
	u32 seal_at;
	struct zmq_frame *images;
	struct zmq_frame **images_tail;
	struct kvec iov[ZMQ_TX_IOVS];
	bool blocked;
	bool failed;
	bool v1;
};

/* Bits of zmq_conn.flags. */
#define ZMQ_CONN_CORKED		0	/* messages wait for company */
#define ZMQ_CONN_ANSWERED	1	/* the peer sent something since we did */
#define ZMQ_CONN_RETRY		2	/* the lower socket lacked memory */

/**
 * struct zmq_conn - one connection of a session
 * @zs: the socket, kept by the session
 * @pipe: the session's pipe, or NULL; set before traffic begins
 * @peer: the other end of a link (conn/link.c), referenced, instead of a lower
 *	socket; written under @tx_lock and zmq_sock.lock, read under either
 * @lower: the lower socket and the callbacks it had
 * @phase: see &enum zmq_phase
 * @why: why the connection failed; under the lower socket's lock
 * @tran: how to read from the lower socket
 * @maxmsgsize: ZMQ_MAXMSGSIZE of the endpoint, negative for none
 * @raw: bytes instead of ZMTP: 0, or how many make a message at most
 * @sealed: in phase TRAFFIC: frames are sealed, and are read and opened by the
 *	session's work only; set before, and constant then
 * @greeting: under the lower socket's lock
 * @mech: the security handshake; under the lower socket's lock. Then see there
 * @props: what is known of the peer, or NULL; set before its handshake is
 *	complete, under the lower socket's lock
 * @vouched: what the ZAP handler knows of the peer, or NULL; in the session's
 *	work only
 * @rx: reading
 * @heard: something arrived since this was set to false; without lock. Nothing
 *	does while the pipe is full, because nothing is read then
 *	(zmq_pipe.stopped)
 * @ttl_ms: the last frame was a PING, and the next one has to come within so
 *	many ms; 0 for no limit. Written under the lower socket's lock, read
 *	without; the session is kicked when it is set
 * @tx_lock: protects @tx and writing to the lower socket; held across
 *	kernel_sendmsg(), which on loopback runs the peer's receive path
 * @tx: writing
 * @ctl: control frames that go out before messages; under zmq_sock.lock
 * @ctl_tail: where the next one is linked in; same
 * @ctl_len: how many; same
 * @tx_work: writes where no caller can; holds a session reference while queued
 * @cork_timer: ends the wait for company, or for memory; started only where
 *	zmq_conn_end() can't miss it: under zmq_sock.lock after a look at
 *	@phase, or under @tx_lock
 * @sent_at: when the last send ended that was not part of a dialogue, by
 *	local_clock(); a hint, without lock
 * @write_ns: how long the last such write took; a hint, without lock
 * @flags: ZMQ_CONN_*; atomic bits
 *
 * Part of its session, which outlives every context that can be in here: see
 * conn/session.c on how it ends.
 */
struct zmq_conn {
	struct zmq_sock *zs;
	struct zmq_pipe *pipe;
	struct zmq_session *peer;
	struct zmq_ksock lower;
	enum zmq_phase phase;
	enum zmq_reason why;
	const struct zmq_tran_ops *tran;
	s64 maxmsgsize;
	u32 raw;
	bool sealed;

	struct zmq_greeting greeting;
	struct zmq_mech mech;
	struct zmq_props *props;
	struct zmq_props *vouched;
	struct zmq_rx rx;
	bool heard;
	u32 ttl_ms;

	struct mutex tx_lock;
	struct zmq_tx tx;
	struct zmq_frame *ctl;
	struct zmq_frame **ctl_tail;
	u32 ctl_len;
	struct work_struct tx_work;
	struct hrtimer cork_timer;
	u64 sent_at;
	u64 write_ns;
	unsigned long flags;
};

/* conn.c: life of a connection */
void zmq_conn_init(struct zmq_conn *c, struct zmq_sock *zs);
void zmq_conn_begin(struct zmq_conn *c, const struct zmq_tran_ops *tran,
		    const struct zmq_options *opt);
void zmq_conn_adopt(struct zmq_conn *c, struct socket *sock,
		    const struct zmq_ksock *listener);
void zmq_conn_read(struct zmq_conn *c);
void zmq_conn_traffic(struct zmq_conn *c);
void zmq_conn_set_phase(struct zmq_conn *c, enum zmq_phase phase);
void zmq_conn_fail(struct zmq_conn *c, enum zmq_reason why);
struct socket *zmq_conn_end(struct zmq_conn *c);
void zmq_conn_stop(struct zmq_conn *c);
bool zmq_conn_eof(struct zmq_conn *c);

static inline enum zmq_phase zmq_conn_phase(const struct zmq_conn *c)
{
	/* Pairs with zmq_conn_set_phase(). */
	return smp_load_acquire(&c->phase);
}

void zmq_conn_drain(struct zmq_conn *c);
enum zmq_reason zmq_conn_discard(struct zmq_conn *c);
ssize_t zmq_conn_ignore(void *arg, const u8 *p, size_t n);

/* calls.c: what the lower socket tells */
extern const struct zmq_ksock_calls zmq_conn_calls;
extern const struct zmq_ksock_calls zmq_conn_calls_bare;

/* shake.c: greetings and the mechanism's commands */
int zmq_conn_say(struct zmq_conn *c, const void *p, size_t n);
int zmq_conn_greet(struct zmq_conn *c);
enum zmq_reason zmq_conn_handshake(struct zmq_conn *c);
enum zmq_reason zmq_conn_learn(struct zmq_conn *c, const u8 *meta, size_t len);
enum zmq_reason zmq_conn_vouch(struct zmq_conn *c);
size_t zmq_conn_rx_greeting(struct zmq_conn *c, const u8 *p, size_t n);
bool zmq_conn_rx_command(struct zmq_conn *c);

/* rx.c */
void zmq_conn_rx(struct zmq_conn *c);
void zmq_conn_rx_reset(struct zmq_conn *c);
void zmq_conn_rx_frame(struct zmq_conn *c, struct zmq_frame *f);
void zmq_conn_rx_deliver(struct zmq_conn *c);

/* sealed.c */
void zmq_sealed_read(struct zmq_conn *c);
u64 zmq_sealed_admit(const struct zmq_conn *c);
void zmq_sealed_keep(struct zmq_rx *rx, struct zmq_frame *f);
bool zmq_sealed_fill(struct zmq_conn *c);
bool zmq_sealed_pass(struct zmq_tx *tx, size_t sent);
void zmq_sealed_reset(struct zmq_tx *tx);

/* control.c */
bool zmq_conn_command(struct zmq_conn *c, struct zmq_frame *f);
int zmq_conn_ping(struct zmq_conn *c, u16 ttl);

/* tx.c */
bool zmq_conn_tx_waiting(struct zmq_conn *c, u64 *bytes, u64 *msgs);
bool zmq_conn_tx_any(struct zmq_conn *c);
void zmq_conn_flush(struct zmq_conn *c);
void zmq_conn_queue_tx(struct zmq_conn *c);
bool zmq_conn_tx_idle(struct zmq_conn *c);
void zmq_conn_tx_reset(struct zmq_conn *c);
void zmq_conn_tx_work(struct work_struct *work);

/* cork.c */
void zmq_conn_kick(struct zmq_conn *c);
void zmq_conn_uncork(struct zmq_conn *c);
bool zmq_conn_cork_enough(struct zmq_conn *c);
enum hrtimer_restart zmq_conn_cork_end(struct hrtimer *timer);

static inline bool zmq_conn_corked(const struct zmq_conn *c)
{
	return test_bit(ZMQ_CONN_CORKED, &c->flags);
}

#endif /* _ZMQ_CONN_H */
