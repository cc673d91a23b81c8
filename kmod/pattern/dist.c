// SPDX-License-Identifier: GPL-2.0-only
/*
 * A message to all who want it: sending of PUB and XPUB.
 *
 * The first part is the topic. Who wants it is decided when the message is
 * complete, so a peer gets all of a message or nothing. A peer that is full
 * loses the message and gets the next one only after it has drained to its
 * low-water mark (API page, 1.3 "dist"); with ZMQ_XPUB_NODROP the sender has to
 * wait instead.
 */
#include "conn/session.h"
#include "pattern/xpub.h"

static void zmq_dist_mark(struct zmq_xpub *x, struct zmq_pipe *p,
			  struct list_head *who)
{
	struct zmq_xpub_pipe *xp = zmq_xpub_pipe(p);

	/* Several of its topics may match; one that goes away matches no more. */
	if (xp->seen == x->looked || !p->attached)
		return;
	xp->seen = x->looked;
	list_add_tail(&xp->match, who);
}

/* All that are attached and not marked. */
static void zmq_dist_invert(struct zmq_sock *zs, struct list_head *who)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_pipe *p;

	INIT_LIST_HEAD(who);
	list_for_each_entry(p, &zs->pipes, node)
		if (p->attached && zmq_xpub_pipe(p)->seen != x->looked)
			list_add_tail(&zmq_xpub_pipe(p)->match, who);
}

/*
 * Who wants message @nr, which begins with @f? (zmq_xpub_pipe.match) Who has
 * subscribed after it was begun waits for the next one.
 */
static void zmq_dist_match(struct zmq_sock *zs, const struct zmq_frame *f,
			   u64 nr, struct list_head *who)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_trie_walk walk;
	struct zmq_topic *topic;
	struct zmq_sub *sub;
	const u8 *data;
	size_t len;

	INIT_LIST_HEAD(who);
	x->looked++;
	data = zmq_frame_start(f, &len);
	zmq_trie_walk_init(&walk, &x->subs, data, len);
	while ((topic = zmq_trie_match(&walk)))
		hlist_for_each_entry(sub, &topic->subs, peer)
			if (sub->since < nr && (!x->last_value || !x->last ||
						x->last == sub->pipe))
				zmq_dist_mark(x, sub->pipe, who);
	if (zs->opt.invert_matching)
		zmq_dist_invert(zs, who);
}

/**
 * zmq_dist_begin() - zmq_pattern_ops.begin
 * @zs: the socket
 * @t: the message
 * @f: its first part
 *
 * Return: 0; with ZMQ_XPUB_NODROP -EAGAIN if one who wants it is full.
 */
int zmq_dist_begin(struct zmq_sock *zs, struct zmq_txn *t, struct zmq_frame *f)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_xpub_pipe *xp;
	struct list_head who;
	bool full = false;

	t->number = ++x->begun;
	if (!x->nodrop)
		return 0;
	zmq_dist_match(zs, f, t->number, &who);
	list_for_each_entry(xp, &who, match)
		full |= zmq_burst_full(zs, zmq_xpub_owner(xp));
	if (!full)
		return 0;
	zmq_burst_end(zs);
	return -EAGAIN;
}

/* Who is full doesn't get it. */
static void zmq_dist_skip_full(struct zmq_sock *zs, struct list_head *who)
{
	struct zmq_xpub_pipe *xp, *next;

	list_for_each_entry_safe(xp, next, who, match) {
		if (!zmq_queue_full(&zmq_xpub_owner(xp)->out))
			continue;
		list_del(&xp->match);
		zmq_sock_drop(zs, ZMQ_R_DROP_FULL, 1);
	}
}

/**
 * zmq_dist_commit() - zmq_pattern_ops.commit
 * @zs: the socket
 * @t: the message, complete
 * @kick: not used, there may be many: zmq_sock.kicks
 */
void zmq_dist_commit(struct zmq_sock *zs, struct zmq_txn *t,
		     struct zmq_session **kick)
{
	struct zmq_xpub_pipe *xp;
	struct zmq_xpub *x = zs->priv;
	struct zmq_frame *msg = t->head, *copy = msg;
	struct list_head who;

	zmq_dist_match(zs, msg, t->number, &who);
	if (x->last_value)
		x->last = NULL;
	if (!x->nodrop)
		zmq_dist_skip_full(zs, &who);
	if (list_empty(&who)) {
		zmq_chain_free(msg);
		return;
	}
	if (!list_is_singular(&who))
		msg = zmq_chain_share(msg);

	list_for_each_entry(xp, &who, match) {
		/* The last one gets the original. If there was no memory for
		 * one clone there is none for the next.
		 */
		if (list_is_last(&xp->match, &who))
			copy = msg;
		else if (copy)
			copy = zmq_chain_clone(msg);
		if (!copy) {
			zmq_sock_drop(zs, ZMQ_R_DROP_NO_MEMORY, 1);
			continue;
		}
		zmq_queue_push(&zmq_xpub_owner(xp)->out, copy);
		zmq_sock_kick_later(zs, zmq_xpub_owner(xp)->session);
	}
}

/**
 * zmq_dist_can_send() - zmq_pattern_ops.can_send: always (API page, 1.10)
 * @zs: the socket
 *
 * Return: true.
 */
bool zmq_dist_can_send(struct zmq_sock *zs)
{
	return true;
}
