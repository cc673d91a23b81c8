// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing: messages of the pipe go to the lower socket, many at a time.
 * When is cork.c's business.
 *
 * Whoever writes holds tx_lock and takes all there is; who finds it taken goes
 * away, because the holder looks again after unlocking.
 */
#include <linux/sched/mm.h>
#include <linux/sizes.h>

#include "conn/conn.h"
#include "conn/link.h"
#include "conn/session.h"
#include "conn/zap.h"
#include "pattern/pattern.h"
#include "queue/pipe.h"
#include "sock.h"

/* Bytes taken from the pipe at a time. */
#define ZMQ_TX_BATCH		SZ_64K
/* How many batches one caller writes. */
#define ZMQ_TX_BUDGET		16

/* Pause after the lower socket lacked memory. */
#define ZMQ_TX_RETRY_MS		10

static void zmq_tx_append(struct zmq_tx *tx, struct zmq_frame *chain)
{
	*tx->tail = chain;
	while (chain->next)
		chain = chain->next;
	tx->tail = &chain->next;
}

/**
 * zmq_conn_tx_waiting() - what is in the pipe; that may go any moment
 * @c: the connection
 * @bytes: payload
 * @msgs: number of messages
 *
 * Return: true if there are messages or control frames to be written.
 */
bool zmq_conn_tx_waiting(struct zmq_conn *c, u64 *bytes, u64 *msgs)
{
	struct zmq_pipe *p;

	rcu_read_lock();
	p = READ_ONCE(c->pipe);
	*bytes = p ? READ_ONCE(p->out.bytes) : 0;
	/* Without the lock the difference may be off by one. */
	*msgs = p && READ_ONCE(p->out.head) ? max(zmq_queue_depth(&p->out), 1ULL) : 0;
	rcu_read_unlock();
	return *msgs || READ_ONCE(c->ctl);
}

/**
 * zmq_conn_tx_any() - is there anything to be sent?
 * @c: the connection
 *
 * Return: as zmq_conn_tx_waiting().
 */
bool zmq_conn_tx_any(struct zmq_conn *c)
{
	u64 bytes, msgs;

	return zmq_conn_tx_waiting(c, &bytes, &msgs);
}

/* Take what is to be sent next; false if there is nothing. */
static bool zmq_tx_fill(struct zmq_conn *c)
{
	struct zmq_sock *zs = c->zs;
	struct zmq_tx *tx = &c->tx;
	struct zmq_frame *msg;
	bool acked = false, wake;
	u64 bytes = 0;

	spin_lock_bh(&zs->lock);
	if (unlikely(c->ctl)) {
		zmq_tx_append(tx, c->ctl);
		c->ctl = NULL;
		c->ctl_tail = &c->ctl;
		c->ctl_len = 0;
	}
	while (bytes < ZMQ_TX_BATCH) {
		msg = zmq_queue_read(&c->pipe->out, &acked);
		if (!msg)
			break;
		/* A header's worth a frame, so that empty ones count, too. */
		bytes += zmq_chain_bytes(msg) + ZMQ_FRAME_HDR_MAX;
		zmq_tx_append(tx, msg);
	}
	wake = acked && zmq_pipe_writable(zs, c->pipe);
	spin_unlock_bh(&zs->lock);

	if (wake)
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	tx->cur = tx->head;
	tx->off = 0;
	if (unlikely(c->sealed))
		tx->seal = tx->head;
	return tx->cur;
}

/* The same as zmq_tx_header() for peers of ZMTP 1.0. */
static unsigned int zmq_tx_header_v1(struct zmq_frame *f)
{
	unsigned int len = f->len > ZMQ_FRAME_V1_SHORT_MAX ?
			   ZMQ_FRAME_V1_HDR_MAX : ZMQ_FRAME_HDR_SHORT;
	u8 *p = f->seg.data - len;

	zmq_frame_v1_put(p, f->seg.flags & ZMQ_FRAME_MORE, f->len);
	if (f->seg.flags & ZMQ_FRAME_DELIMITED) {
		len += ZMQ_FRAME_HDR_SHORT;
		zmq_frame_v1_put(p - ZMQ_FRAME_HDR_SHORT, ZMQ_FRAME_MORE, 0);
	}
	return len;
}

/* Build what stands before the body; the first segment has room for it. */
static unsigned int zmq_tx_header(const struct zmq_tx *tx, struct zmq_frame *f)
{
	u8 flags = f->seg.flags;
	unsigned int len;
	u8 *p;

	if (unlikely(flags & ZMQ_FRAME_RAW))
		return 0;
	if (unlikely(tx->v1))
		return zmq_tx_header_v1(f);
	len = f->len > ZMQ_FRAME_SHORT_MAX ? ZMQ_FRAME_HDR_MAX :
					     ZMQ_FRAME_HDR_SHORT;
	p = f->seg.data - len;
	zmq_frame_hdr_put(p, flags & ZMQ_FRAME_MORE, f->len);
	if (flags & ZMQ_FRAME_DELIMITED) {
		len += ZMQ_FRAME_HDR_SHORT;
		zmq_frame_hdr_put(p - ZMQ_FRAME_HDR_SHORT, ZMQ_FRAME_MORE, 0);
	}
	return len;
}

/*
 * Describe what is left to be sent, as far as the iov goes; returns the bytes.
 * *@rest: there is more. What is sealed goes as its images.
 */
static size_t zmq_tx_describe(struct zmq_tx *tx, int *nr, bool *rest)
{
	struct kvec *iov = tx->iov;
	struct zmq_frame *f;
	struct zmq_seg *seg;
	size_t total = 0;
	u64 skip = tx->off;
	int n = 0;

	for (f = tx->images ?: tx->cur; f; f = f->next) {
		unsigned int hdr = zmq_tx_header(tx, f);

		for (seg = &f->seg; seg; seg = seg->next, hdr = 0) {
			size_t len = hdr + seg->used;

			if (skip >= len) {
				skip -= len;
				continue;
			}
			if (n == ZMQ_TX_IOVS)
				goto out;
			iov[n].iov_base = seg->data - hdr + skip;
			iov[n].iov_len = len - skip;
			total += iov[n++].iov_len;
			skip = 0;
		}
	}
out:
	*nr = n;
	*rest = f || tx->seal;
	return total;
}

/* Free messages whose last byte went. */
static void zmq_tx_free_sent(struct zmq_tx *tx)
{
	for (;;) {
		struct zmq_frame *f = tx->head;

		while (f && f != tx->cur && zmq_frame_more(f))
			f = f->next;
		if (!f || f == tx->cur)
			break;
		while (tx->head != f) {
			struct zmq_frame *next = tx->head->next;

			zmq_frame_free(tx->head);
			tx->head = next;
		}
		tx->head = f->next;
		zmq_frame_free(f);
	}
	if (!tx->head)
		tx->tail = &tx->head;
}

/* All that was taken went. */
static void zmq_tx_finish(struct zmq_tx *tx)
{
	zmq_chain_free(tx->head);
	tx->head = NULL;
	tx->tail = &tx->head;
	tx->cur = NULL;
	tx->off = 0;
	if (unlikely(tx->images))
		zmq_sealed_reset(tx);
}

/* So many bytes of plain frames went; true if a message's last was among them. */
static bool zmq_tx_pass(struct zmq_tx *tx, size_t sent)
{
	bool ended = false;

	while (sent) {
		u64 left = (u64)zmq_tx_header(tx, tx->cur) + tx->cur->len -
			   tx->off;

		if (sent < left) {
			tx->off += sent;
			break;
		}
		sent -= left;
		ended |= !zmq_frame_more(tx->cur);
		tx->cur = tx->cur->next;
		tx->off = 0;
	}
	return ended;
}

/* So many bytes went. */
static void zmq_tx_advance(struct zmq_tx *tx, size_t sent)
{
	if (tx->images ? zmq_sealed_pass(tx, sent) : zmq_tx_pass(tx, sent))
		zmq_tx_free_sent(tx);
}

/*
 * The lower socket took nothing. It tells when there is room, but only if it
 * has something on the way; if it lacked memory, nobody will: come again.
 * AF_UNIX marks that somebody waits only for lack of room, and for that of memory
 * we do, too.
 */
static void zmq_tx_blocked(struct zmq_conn *c)
{
	struct socket *sock = c->lower.sock;

	c->tx.blocked = true;
	set_bit(SOCK_NOSPACE, &sock->flags);
	/* Pairs with zmq_conn_write_space(): either we see that all has gone, or
	 * it sees that we wait.
	 */
	smp_mb__after_atomic();
	if (c->tran->unacked(sock->sk))
		return;
	set_bit(ZMQ_CONN_RETRY, &c->flags);
	hrtimer_start(&c->cork_timer, ms_to_ktime(ZMQ_TX_RETRY_MS),
		      HRTIMER_MODE_REL_SOFT);
}

/*
 * The connection is broken. What the peer sent before is still to be read, so
 * that is for the session's work to find at the end of the input.
 */
static void zmq_tx_failed(struct zmq_conn *c)
{
	c->tx.blocked = true;
	c->tx.failed = true;
	zmq_session_kick(zmq_conn_session(c));
}

/* Send what was taken. Returns true if all of it went. */
static bool zmq_tx_send(struct zmq_conn *c)
{
	struct zmq_tx *tx = &c->tx;

	while (tx->cur) {
		struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
		bool rest;
		int nr, ret;
		size_t len;

		if (unlikely(c->sealed) && !zmq_sealed_fill(c)) {
			zmq_tx_blocked(c);
			return false;
		}
		len = zmq_tx_describe(tx, &nr, &rest);
		if (rest)
			msg.msg_flags |= MSG_MORE;
		ret = kernel_sendmsg(c->lower.sock, &msg, tx->iov, nr,
				     len);
		if (likely(ret == len && !rest)) {
			zmq_tx_finish(tx);
			break;
		}
		if (ret > 0) {
			zmq_tx_advance(tx, ret);
			continue;
		}
		if (ret == -EAGAIN || ret == -ENOBUFS || ret == -ENOMEM)
			zmq_tx_blocked(c);
		else
			zmq_tx_failed(c);
		return false;
	}
	return true;
}

/*
 * Write what there is; tx_lock is held. Who writes for others, too, does so
 * for a while only, then the work goes on.
 */
static void zmq_tx_drain(struct zmq_conn *c)
{
	int budget = ZMQ_TX_BUDGET;

	lockdep_assert_held(&c->tx_lock);
	if (zmq_conn_phase(c) != ZMQ_PHASE_TRAFFIC)
		return;
	if (c->peer) {
		if (!zmq_link_drain(c, budget))
			zmq_conn_queue_tx(c);
		return;
	}
	if (unlikely(zmq_zap_serves(zmq_conn_session(c)))) {
		zmq_zap_drain(zmq_conn_session(c));
		return;
	}
	while (c->tx.cur || (zmq_conn_tx_any(c) && zmq_tx_fill(c))) {
		if (!zmq_tx_send(c))
			return;
		if (!--budget) {
			zmq_conn_queue_tx(c);
			return;
		}
	}
}

/* Is there something that could be written now? */
static bool zmq_tx_wanted(struct zmq_conn *c)
{
	return zmq_conn_phase(c) == ZMQ_PHASE_TRAFFIC &&
	       !READ_ONCE(c->tx.blocked) && zmq_conn_tx_any(c);
}

/**
 * zmq_conn_flush() - write what is in the pipe
 * @c: the connection, its session referenced by the caller
 *
 * If somebody else is writing, it is left to them.
 *
 * Context: may sleep.
 */
void zmq_conn_flush(struct zmq_conn *c)
{
	do {
		/* Pairs with the barrier below: either we get the lock or the
		 * holder sees what we have queued.
		 */
		smp_mb();
		if (!mutex_trylock(&c->tx_lock))
			return;
		zmq_tx_drain(c);
		mutex_unlock(&c->tx_lock);
		/* Pairs with the barrier above. */
		smp_mb();
	} while (zmq_tx_wanted(c) && !work_pending(&c->tx_work));
}

/**
 * zmq_conn_queue_tx() - let the work write
 * @c: the connection; something keeps its session from going meanwhile
 *
 * Context: any.
 */
void zmq_conn_queue_tx(struct zmq_conn *c)
{
	struct zmq_session *s = zmq_conn_session(c);

	zmq_session_get(s);
	if (!queue_work(zmq_io_wq, &c->tx_work))
		zmq_session_put_alive(s);
}

/**
 * zmq_conn_tx_work() - the write work
 * @work: zmq_conn.tx_work
 *
 * Puts the session reference that was taken when it was queued. Writes with the
 * rights of who called connect() or bind(), see zmq_session_assume(), and at the
 * cost of the socket's cgroup, as send() would.
 */
void zmq_conn_tx_work(struct work_struct *work)
{
	struct zmq_conn *c = container_of(work, struct zmq_conn, tx_work);
	const struct cred *old = zmq_session_assume(zmq_conn_session(c));
	struct mem_cgroup *memcg = set_active_memcg(c->zs->sk.sk_memcg);

	mutex_lock(&c->tx_lock);
	/* TCP says that there is room also when there is no memory for it: the
	 * timer has that, or we would run in circles.
	 */
	c->tx.blocked = test_bit(ZMQ_CONN_RETRY, &c->flags);
	mutex_unlock(&c->tx_lock);
	if (!READ_ONCE(c->tx.blocked))
		zmq_conn_flush(c);
	set_active_memcg(memcg);
	zmq_session_resign(old);
	zmq_session_written(zmq_conn_session(c));
	zmq_session_put(zmq_conn_session(c));
}

/**
 * zmq_conn_tx_idle() - is everything written?
 * @c: the connection
 *
 * Context: the session's work.
 * Return: true if neither the pipe nor what was taken from it has bytes left.
 */
bool zmq_conn_tx_idle(struct zmq_conn *c)
{
	bool idle;

	mutex_lock(&c->tx_lock);
	idle = !c->tx.head && !zmq_conn_tx_any(c);
	mutex_unlock(&c->tx_lock);
	return idle;
}

/* Split what was taken into messages and wire images made for this peer. */
static struct zmq_frame *zmq_tx_messages(struct zmq_tx *tx)
{
	struct zmq_frame *msgs = NULL, **tail = &msgs, *f, *next;

	for (f = tx->head; f; f = next) {
		next = f->next;
		f->next = NULL;
		if (f->seg.flags & ZMQ_FRAME_RAW) {
			zmq_frame_free(f);
			continue;
		}
		*tail = f;
		tail = &f->next;
	}
	return msgs;
}

/**
 * zmq_conn_tx_reset() - nothing more can be written to this peer
 * @c: the connection, its tx_lock held
 *
 * Messages not sent to their last byte go back to the pipe, to be sent whole
 * to the next peer; if there will be none, the pipe's end counts them.
 */
void zmq_conn_tx_reset(struct zmq_conn *c)
{
	struct zmq_frame *msgs = zmq_tx_messages(&c->tx);
	struct zmq_frame *ctl;

	lockdep_assert_held(&c->tx_lock);
	c->tx.head = NULL;
	c->tx.tail = &c->tx.head;
	c->tx.cur = NULL;
	c->tx.off = 0;
	zmq_sealed_reset(&c->tx);

	spin_lock_bh(&c->zs->lock);
	ctl = c->ctl;
	c->ctl = NULL;
	c->ctl_tail = &c->ctl;
	c->ctl_len = 0;
	if (msgs)
		zmq_queue_unread(&c->pipe->out, msgs);
	spin_unlock_bh(&c->zs->lock);
	zmq_chain_free(ctl);
}
