// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_CMD_PEER_GET: sessions and their pipes, and what is unread of peers that
 * have gone.
 */
#include <linux/zmq_netlink.h>

#include "conn/props.h"
#include "conn/session.h"
#include "conn/zap.h"
#include "event.h"
#include "netlink/dump.h"
#include "netlink/netlink.h"
#include "pattern/pattern.h"
#include "queue/pipe.h"
#include "registry.h"
#include "sock.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* The longest is "DEALER". */
#define ZMQ_PEER_TYPE_MAX	8

/**
 * struct zmq_queue_row - a queue at one moment
 * @depth: messages in it
 * @bytes: their payload
 * @msgs: messages that came out of it at the other end, or, of input, went in
 * @hwm: high-water mark, 0 for none
 */
struct zmq_queue_row {
	u64 depth;
	u64 bytes;
	u64 msgs;
	u32 hwm;
};

/**
 * struct zmq_peer_row - a session at one moment, or nearly
 * @state: ZMQ_PEER_STATE_*
 * @flags: ZMQ_PEER_FLAG_*
 * @ms_left: until the state ends by itself; valid if @limited
 * @number: of the connection or attempt, in its events; 0 for none
 * @to: number of the peer, if it is a socket of the same context that the
 *	reader may see
 * @zmtp: version that the peer speaks, major in bits 8 to 15; 0 unknown
 * @limited: the state ends by itself
 * @queues: @in and @out are valid
 * @id_len: bytes of @id
 * @in: messages from the peer
 * @out: messages to the peer
 * @id: the peer's routing id
 * @type: its socket type, "" if unknown
 * @local: own address, "" if there is none
 * @remote: the peer's, "" if there is none
 */
struct zmq_peer_row {
	u32 state;
	u32 flags;
	u32 ms_left;
	u32 number;
	u32 zmtp;
	u64 to;
	bool limited;
	bool queues;
	u8 id_len;
	struct zmq_queue_row in;
	struct zmq_queue_row out;
	u8 id[ZMQ_ROUTING_ID_MAX];
	char type[ZMQ_PEER_TYPE_MAX];
	char local[ZMQ_EVENT_NAME_MAX];
	char remote[ZMQ_EVENT_NAME_MAX];
};

static const u8 zmq_peer_states[] = {
	[ZMQ_SESSION_WAITING] = ZMQ_PEER_STATE_WAITING,
	[ZMQ_SESSION_CONNECTING] = ZMQ_PEER_STATE_CONNECTING,
	[ZMQ_SESSION_PROXY] = ZMQ_PEER_STATE_PROXY,
	[ZMQ_SESSION_HANDSHAKE] = ZMQ_PEER_STATE_HANDSHAKE,
	[ZMQ_SESSION_TRAFFIC] = ZMQ_PEER_STATE_READY,
	[ZMQ_SESSION_DRAINING] = ZMQ_PEER_STATE_DRAINING,
	[ZMQ_SESSION_IDLE] = ZMQ_PEER_STATE_IDLE,
	[ZMQ_SESSION_DEAD] = ZMQ_PEER_STATE_GONE,
};

static const u16 zmq_peer_versions[] = {
	[ZMQ_PEER_V1] = 0x100,
	[ZMQ_PEER_V1_REV0] = 0x100,
	[ZMQ_PEER_V2] = 0x200,
	[ZMQ_PEER_V30] = 0x300,
	[ZMQ_PEER_V31] = 0x301,
	[ZMQ_PEER_LOCAL] = 0,
};

static void zmq_peer_look_queue(const struct zmq_queue *q,
				struct zmq_queue_row *row)
{
	row->depth = zmq_queue_depth(q);
	row->bytes = q->bytes;
	row->hwm = q->hwm;
	row->msgs = q->got;
}

/* Under the socket's lock. */
static void zmq_peer_look_pipe(struct zmq_sock *zs, struct zmq_pipe *p,
			       struct zmq_peer_row *row)
{
	const u8 *id;
	size_t len;

	zmq_peer_look_queue(&p->in, &row->in);
	row->in.msgs += row->in.depth;
	zmq_peer_look_queue(&p->out, &row->out);
	row->queues = true;
	row->flags |= p->stopped ? ZMQ_PEER_FLAG_STOPPED : 0;
	row->flags |= p->mute ? ZMQ_PEER_FLAG_MUTE : 0;
	if (!zs->ops->routing_id)
		return;
	id = zs->ops->routing_id(p, &len);
	memcpy(row->id, id, len);
	row->id_len = len;
}

/* The other end of a link; under the socket's lock. */
static void zmq_peer_look_link(const struct zmq_sock *to,
			       const struct zmq_reader *reader,
			       struct zmq_peer_row *row)
{
	strscpy(row->type, zmq_type_name(to->ops->type), sizeof(row->type));
	if (zmq_reader_sees(reader, to))
		row->to = to->member.entry.nr;
}

/* A question about a peer of another socket. */
static void zmq_peer_look_zap(struct zmq_session *s,
			      const struct zmq_reader *reader,
			      struct zmq_peer_row *row)
{
	struct zmq_sock *asker = zmq_zap_asker(s);

	strscpy(row->type, "ZAP", sizeof(row->type));
	if (!asker)
		return;
	if (zmq_reader_sees(reader, asker))
		row->to = asker->member.entry.nr;
	sock_put(&asker->sk);
}

/* What the peer said of itself; a ROUTER knows it by what it chose. */
static void zmq_peer_look_props(const struct zmq_props *props,
				struct zmq_peer_row *row)
{
	struct zmq_prop p;

	if (zmq_props_find(props, ZMQ_PROP_SOCKET_TYPE, &p) &&
	    p.value_len < sizeof(row->type))
		memcpy(row->type, p.value, p.value_len);
	if (!row->id_len && zmq_props_find(props, ZMQ_PROP_IDENTITY, &p) &&
	    p.value_len <= sizeof(row->id)) {
		memcpy(row->id, p.value, p.value_len);
		row->id_len = p.value_len;
	}
}

/* What only the state machine may touch. */
static void zmq_peer_look_conn(struct zmq_session *s, struct zmq_peer_row *row)
{
	long left = s->deadline - jiffies;

	row->limited = s->limited;
	row->ms_left = left > 0 ? jiffies_to_msecs(left) : 0;
	row->number = s->number;
	if (!s->conn.lower.sock)
		return;
	zmq_event_name(s, false, row->local);
	zmq_event_name(s, true, row->remote);
	if (s->state == ZMQ_SESSION_TRAFFIC || s->state == ZMQ_SESSION_DRAINING) {
		row->zmtp = zmq_peer_versions[s->conn.greeting.version];
		if (s->conn.props)
			zmq_peer_look_props(s->conn.props, row);
	}
}

/*
 * The state machine may be at work, with a name to be looked up even for long:
 * nobody waits for it. Its state is always there, the rest most of the time.
 */
static void zmq_peer_look(struct zmq_sock *zs, struct zmq_session *s,
			  const struct zmq_reader *reader,
			  struct zmq_peer_row *row)
{
	memset(row, 0, sizeof(*row));
	spin_lock_bh(&zs->lock);
	if (s->conn.pipe)
		zmq_peer_look_pipe(zs, s->conn.pipe, row);
	if (s->conn.peer)
		zmq_peer_look_link(s->conn.peer->zs, reader, row);
	spin_unlock_bh(&zs->lock);
	if (zmq_zap_serves(s))
		zmq_peer_look_zap(s, reader, row);

	row->flags |= zmq_session_is_closing(s) ? ZMQ_PEER_FLAG_CLOSING : 0;
	row->flags |= READ_ONCE(s->conn.tx.blocked) ? ZMQ_PEER_FLAG_BLOCKED : 0;
	row->flags |= READ_ONCE(s->conn.rx.starved) ? ZMQ_PEER_FLAG_STARVED : 0;
	row->state = zmq_peer_states[READ_ONCE(s->state)];
	if (mutex_trylock(&s->run)) {
		row->state = zmq_peer_states[s->state];
		zmq_peer_look_conn(s, row);
		mutex_unlock(&s->run);
	}
}

static int zmq_peer_put_queue(struct sk_buff *skb, int attr,
			      const struct zmq_queue_row *q)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest ||
	    nla_put_u64_64bit(skb, ZMQ_A_QUEUE_DEPTH, q->depth,
			      ZMQ_A_QUEUE_PAD) ||
	    nla_put_u64_64bit(skb, ZMQ_A_QUEUE_BYTES, q->bytes,
			      ZMQ_A_QUEUE_PAD) ||
	    nla_put_u32(skb, ZMQ_A_QUEUE_HWM, q->hwm) ||
	    nla_put_u64_64bit(skb, ZMQ_A_QUEUE_MSGS, q->msgs, ZMQ_A_QUEUE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int zmq_peer_put_text(struct sk_buff *skb, int attr, const char *text)
{
	return *text ? nla_put_string(skb, attr, text) : 0;
}

static int zmq_peer_put_number(struct sk_buff *skb, int attr, u32 number)
{
	return number ? nla_put_u32(skb, attr, number) : 0;
}

static int zmq_peer_put_row(struct sk_buff *skb, struct zmq_sock *zs, u64 nr,
			    const struct zmq_peer_row *row)
{
	if (nla_put_u64_64bit(skb, ZMQ_A_PEER_SOCKET_ID, zs->member.entry.nr,
			      ZMQ_A_PEER_PAD) ||
	    nla_put_u64_64bit(skb, ZMQ_A_PEER_ID, nr, ZMQ_A_PEER_PAD) ||
	    nla_put_u32(skb, ZMQ_A_PEER_STATE, row->state) ||
	    nla_put_u32(skb, ZMQ_A_PEER_FLAGS, row->flags) ||
	    zmq_peer_put_number(skb, ZMQ_A_PEER_NUMBER, row->number) ||
	    zmq_peer_put_number(skb, ZMQ_A_PEER_ZMTP, row->zmtp) ||
	    zmq_peer_put_text(skb, ZMQ_A_PEER_TYPE, row->type) ||
	    zmq_peer_put_text(skb, ZMQ_A_PEER_LOCAL, row->local) ||
	    zmq_peer_put_text(skb, ZMQ_A_PEER_REMOTE, row->remote))
		return -EMSGSIZE;
	if (row->id_len &&
	    nla_put(skb, ZMQ_A_PEER_ROUTING_ID, row->id_len, row->id))
		return -EMSGSIZE;
	if (row->to && nla_put_u64_64bit(skb, ZMQ_A_PEER_TO_SOCKET_ID, row->to,
					 ZMQ_A_PEER_PAD))
		return -EMSGSIZE;
	if (row->limited && nla_put_u32(skb, ZMQ_A_PEER_MS_LEFT, row->ms_left))
		return -EMSGSIZE;
	if (row->queues && (zmq_peer_put_queue(skb, ZMQ_A_PEER_IN, &row->in) ||
			    zmq_peer_put_queue(skb, ZMQ_A_PEER_OUT, &row->out)))
		return -EMSGSIZE;
	return 0;
}

static int zmq_peer_put_session(struct sk_buff *skb, struct zmq_session *s)
{
	enum zmq_reason why = READ_ONCE(s->why);

	if (s->ep && nla_put_string(skb, ZMQ_A_PEER_ENDPOINT, s->ep->uri))
		return -EMSGSIZE;
	if (zmq_peer_put_number(skb, ZMQ_A_PEER_LISTENER, s->listener) ||
	    nla_put_u32(skb, ZMQ_A_PEER_MECHANISM, s->opt->mechanism) ||
	    nla_put_u32(skb, ZMQ_A_PEER_ATTEMPTS, READ_ONCE(s->attempts)) ||
	    nla_put_u32(skb, ZMQ_A_PEER_CONNECTS, READ_ONCE(s->connects)))
		return -EMSGSIZE;
	if (why != ZMQ_R_NONE &&
	    (nla_put_string(skb, ZMQ_A_PEER_REASON, zmq_reason_key(why)) ||
	     nla_put_string(skb, ZMQ_A_PEER_ERROR, zmq_reason_text(why))))
		return -EMSGSIZE;
	return 0;
}

/* @s is NULL for a pipe without session. */
static int zmq_peer_put(struct sk_buff *skb, struct netlink_callback *cb,
			struct zmq_sock *zs, struct zmq_session *s, u64 nr,
			const struct zmq_peer_row *row)
{
	void *hdr = zmq_dump_begin(skb, cb, ZMQ_CMD_PEER_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (zmq_peer_put_row(skb, zs, nr, row) ||
	    (s && zmq_peer_put_session(skb, s))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int zmq_peer_dump_sessions(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  struct zmq_sock *zs)
{
	struct zmq_dump *d = zmq_dump(cb);
	struct zmq_peer_row row;
	struct zmq_session *s;
	int err = 0;
	u64 nr;

	while (!err && (s = zmq_dump_session(zs, d, &nr))) {
		zmq_peer_look(zs, s, &d->reader, &row);
		/*
		 * One that ends right now has its pipe until it has closed the
		 * connection; after that the pipe is for the next stage.
		 */
		if (row.state != ZMQ_PEER_STATE_GONE || row.in.depth)
			err = zmq_peer_put(skb, cb, zs, s, nr, &row);
		if (!err)
			d->sub = nr;
		zmq_session_put(s);
		cond_resched();
	}
	return err;
}

/* The next pipe without session; false: there is none. */
static bool zmq_peer_look_left(struct zmq_sock *zs, struct zmq_dump *d, u64 *nr,
			       struct zmq_peer_row *row)
{
	struct zmq_roll_entry *e;

	memset(row, 0, sizeof(*row));
	row->state = ZMQ_PEER_STATE_GONE;
	spin_lock_bh(&zs->lock);
	if (!d->sub)
		d->sub_end = zs->left_roll.last;
	e = zmq_roll_after(&zs->left_roll, d->sub);
	if (e && e->nr > d->sub_end)
		e = NULL;
	if (e) {
		*nr = e->nr;
		zmq_peer_look_pipe(zs, container_of(e, struct zmq_pipe, entry),
				   row);
	}
	spin_unlock_bh(&zs->lock);
	return e;
}

static int zmq_peer_dump_left(struct sk_buff *skb, struct netlink_callback *cb,
			      struct zmq_sock *zs)
{
	struct zmq_dump *d = zmq_dump(cb);
	struct zmq_peer_row row;
	int err;
	u64 nr;

	while (zmq_peer_look_left(zs, d, &nr, &row)) {
		err = zmq_peer_put(skb, cb, zs, NULL, nr, &row);
		if (err)
			return err;
		d->sub = nr;
		cond_resched();
	}
	return 0;
}

static int zmq_peer_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			     struct zmq_sock *zs)
{
	struct zmq_dump *d = zmq_dump(cb);
	int err;

	if (!d->stage) {
		err = zmq_peer_dump_sessions(skb, cb, zs);
		if (err)
			return err;
		d->stage = 1;
		d->sub = 0;
	}
	return zmq_peer_dump_left(skb, cb, zs);
}

/**
 * zmq_peer_dump() - genl_ops.dumpit of ZMQ_CMD_PEER_GET
 * @skb: where to
 * @cb: the dump
 *
 * Return: as zmq_dump_sockets().
 */
int zmq_peer_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return zmq_dump_sockets(skb, cb, zmq_peer_dump_one);
}
