// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of an established connection: those that arrive, and the control
 * frames that go out ahead of messages.
 */
#include "conn/conn.h"
#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"
#include "zmtp/subscription.h"

/* PINGs and PONGs that may wait for being sent; there are no more then. */
#define ZMQ_CTL_MAX	8

/* The longest is a PONG with its context. */
#define ZMQ_CTL_BYTES	64

/* Queue a command's body for being sent; the header is added here. */
static int zmq_ctl_put(struct zmq_conn *c, const u8 *body, size_t len)
{
	u8 buf[ZMQ_FRAME_HDR_MAX + ZMQ_CTL_BYTES];
	unsigned int hdr = zmq_frame_hdr_put(buf, ZMQ_FRAME_COMMAND, len);
	struct zmq_frame *f;

	memcpy(buf + hdr, body, len);
	f = zmq_frame_from_bytes(c->zs->mem, buf, hdr + len, GFP_ATOMIC);
	if (!f)
		return -ENOMEM;
	f->seg.flags = ZMQ_FRAME_RAW;

	spin_lock_bh(&c->zs->lock);
	if (c->ctl_len < ZMQ_CTL_MAX) {
		*c->ctl_tail = f;
		c->ctl_tail = &f->next;
		c->ctl_len++;
		f = NULL;
	}
	spin_unlock_bh(&c->zs->lock);
	if (f) {
		zmq_frame_free(f);
		return -ENOBUFS;
	}
	zmq_conn_queue_tx(c);
	return 0;
}

/**
 * zmq_conn_ping() - ask the peer for a sign of life
 * @c: a connection in phase TRAFFIC to a peer of ZMTP 3.0 or later
 * @ttl: how long the peer is to wait for the next one, in tenths of a second;
 *	0 for ever. libzmq can't compute more than 655
 *
 * It goes out ahead of queued messages, by the write work.
 *
 * Context: any; something keeps the session from going meanwhile.
 * Return: 0; -ENOMEM; -ENOBUFS when too many are waiting already.
 */
int zmq_conn_ping(struct zmq_conn *c, u16 ttl)
{
	u8 body[ZMQ_CTL_BYTES];
	int n = zmq_cmd_put_ping(body, sizeof(body), ttl, NULL, 0);

	return n < 0 ? n : zmq_ctl_put(c, body, n);
}

/*
 * The answer carries the PING's context; both are bounded by the parser. If it
 * can't be sent the peer has to ask again, or to give up.
 */
static void zmq_ctl_ping(struct zmq_conn *c, const struct zmq_cmd *cmd)
{
	u8 body[ZMQ_CTL_BYTES];
	const u8 *ctx;
	size_t len;
	u16 ttl;
	int n;

	if (zmq_cmd_parse_ping(cmd, &ttl, &ctx, &len)) {
		zmq_conn_fail(c, ZMQ_R_MALFORMED_COMMAND);
		return;
	}
	if (ttl) {
		WRITE_ONCE(c->ttl_ms, ttl * 100);
		zmq_session_kick(zmq_conn_session(c));
	}
	n = zmq_cmd_put_pong(body, sizeof(body), ctx, len);
	if (n > 0)
		zmq_ctl_put(c, body, n);
}

/*
 * A subscription is a message to those who understand it, in the older form,
 * which is the one that XPUB shows its user; others get the command's body as
 * it is, as from libzmq (wire page, 12). It is a message of its own also where
 * it stands between the parts of another one, and then there must be room for
 * it, because a message that was begun does not ask for room.
 */
static bool zmq_ctl_subscription(struct zmq_conn *c, struct zmq_frame *f,
				 unsigned int prefix, bool add)
{
	unsigned int shift = prefix - 1;

	f->seg.flags = 0;
	if (c->rx.msg && !c->rx.credit)
		goto drop;
	if (!c->zs->ops->subscribable)
		return true;
	if (f->len - prefix > ZMQ_TOPIC_MAX)
		goto drop;
	/* The limit keeps all of it in the first segment. */
	f->len -= shift;
	f->got -= shift;
	f->seg.used -= shift;
	memmove(f->seg.data, f->seg.data + shift, f->len);
	f->seg.data[0] = add ? ZMQ_SUB_ADD : ZMQ_SUB_CANCEL;
	return true;

drop:
	zmq_sock_drop_one(c->zs, ZMQ_R_DROP_SUBSCRIPTION);
	return false;
}

/**
 * zmq_conn_command() - a command has arrived
 * @c: a connection in phase TRAFFIC, its lower socket's lock held
 * @f: the command, complete; the caller's
 *
 * Unknown and malformed commands are ignored (wire page, 12). Those that we
 * know are short, so only the first segment is looked at.
 *
 * Return: true if @f is a message now, to be delivered.
 */
bool zmq_conn_command(struct zmq_conn *c, struct zmq_frame *f)
{
	unsigned int prefix;
	struct zmq_cmd cmd;
	bool add;

	if (zmq_cmd_parse(&cmd, f->seg.data, f->seg.used))
		return false;
	if (zmq_cmd_is(&cmd, ZMQ_CMD_PING)) {
		zmq_ctl_ping(c, &cmd);
		return false;
	}
	prefix = zmq_sub_command(f->seg.data, f->seg.used, &add);
	return prefix && zmq_ctl_subscription(c, f, prefix, add);
}
