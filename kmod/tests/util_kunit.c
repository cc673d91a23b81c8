// SPDX-License-Identifier: GPL-2.0-only
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "conn/props.h"
#include "mem.h"
#include "pattern/peers.h"
#include "util_kunit.h"

/**
 * zmq_fake_init() - kunit_suite.init of suites that use fakes
 * @test: the test; its priv becomes a &struct zmq_fake without socket
 *
 * Return: 0; ends the test if there is no memory.
 */
int zmq_fake_init(struct kunit *test)
{
	struct zmq_fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake);
	fake->test = test;
	test->priv = fake;
	return 0;
}

static struct socket *zmq_fake_socket(struct kunit *test, int type)
{
	struct socket *sock = NULL;

	KUNIT_ASSERT_EQ(test, 0, __sock_create(&init_net, AF_ZMQ, SOCK_SEQPACKET,
					       type, &sock, 1));
	return sock;
}

/**
 * zmq_fake_open() - make the socket
 * @fake: no socket yet
 * @type: its type
 */
void zmq_fake_open(struct zmq_fake *fake, int type)
{
	fake->sock = zmq_fake_socket(fake->test, type);
	fake->zs = zmq_sk(fake->sock->sk);
	fake->used = atomic_long_read(&fake->zs->mem->used);
	fake->version = ZMQ_PEER_V31;
	/* Ids that we give begin with "-ABCD"; the peers are the first member. */
	if (type == ZMQ_ROUTER || type == ZMQ_STREAM)
		((struct zmq_peers *)fake->zs->priv)->next = 0x41424344;
}

/* Somebody kicked it; there is nothing to be done. */
static void zmq_fake_work(struct work_struct *work)
{
	struct zmq_session *s = container_of(to_delayed_work(work),
					     struct zmq_session, work);

	zmq_session_put_alive(s);
}

/**
 * zmq_fake_exit() - kunit_suite.exit: close the socket, and look for leaks
 * @test: the test, failed or not
 */
void zmq_fake_exit(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	struct zmq_sock *zs;
	struct socket *other;
	struct zmq_mem *mem;
	int i;

	if (!fake || !fake->sock)
		return;
	zs = fake->zs;
	for (i = 0; i < ZMQ_FAKE_PEERS; i++) {
		if (!fake->peer[i])
			continue;
		zmq_fake_leave(fake, i);
		flush_delayed_work(&fake->peer[i]->work);
		KUNIT_EXPECT_EQ(test, 1U, refcount_read(&fake->peer[i]->ref));
	}

	/* It keeps the account, so that we see what is left there. */
	other = zmq_fake_socket(test, ZMQ_PULL);
	mem = zmq_sk(other->sk)->mem;
	KUNIT_EXPECT_PTR_EQ(test, zs->mem, mem);

	sock_hold(&zs->sk);
	sock_release(fake->sock);
	fake->sock = NULL;
	KUNIT_EXPECT_EQ(test, 1U, refcount_read(&zs->sk.sk_refcnt));
	KUNIT_EXPECT_TRUE(test, list_empty(&zs->pipes));
	KUNIT_EXPECT_NULL(test, zs->spent);
	KUNIT_EXPECT_NULL(test, zs->junk);
	sock_put(&zs->sk);
	KUNIT_EXPECT_EQ(test, fake->used, atomic_long_read(&mem->used));
	sock_release(other);
}

/* Bytes of a text, see zmq_fake_msgs(), in place. */
static void zmq_fake_bytes(u8 *data, size_t len)
{
	for (; len--; data++)
		if (*data == '+' || *data == '-')
			*data = *data == '+';
}

/* Of a network, by what it says of itself; nothing calls it. */
static const struct zmq_tran_ops zmq_fake_tran;

static int zmq_fake_attach(struct zmq_fake *fake, int peer, u32 hwm, int listener)
{
	struct zmq_sock *zs = fake->zs;
	const struct zmq_pipe_spec spec = {
		.mem = zs->mem,
		.in_hwm = hwm,
		.out_hwm = hwm,
		.conflate = zs->opt.conflate && zs->ops->conflates,
		.priv_size = zs->ops->pipe_size,
	};
	struct zmq_session *s = kunit_kzalloc(fake->test, sizeof(*s), GFP_KERNEL);
	struct zmq_pipe *p;
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(fake->test, s);
	refcount_set(&s->ref, 1);
	s->zs = zs;
	s->conn.zs = zs;
	s->opt = &zs->opt;
	s->tran = &zmq_fake_tran;
	s->listener = listener;
	INIT_LIST_HEAD(&s->kick);
	INIT_DELAYED_WORK(&s->work, zmq_fake_work);
	p = zmq_pipe_alloc(&zs->lock, s, &spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(fake->test, p);
	err = zmq_sock_attach_pipe(zs, p);
	if (err) {
		zmq_pipe_free(p);
		return err;
	}
	s->conn.pipe = p;
	fake->peer[peer] = s;
	return 0;
}

/**
 * zmq_fake_join() - a peer appears
 * @fake: with a socket
 * @peer: its index, not used before
 * @hwm: both high-water marks of its pipe
 *
 * Return: its pipe.
 */
struct zmq_pipe *zmq_fake_join(struct zmq_fake *fake, int peer, u32 hwm)
{
	KUNIT_ASSERT_EQ(fake->test, 0, zmq_fake_attach(fake, peer, hwm, 1));
	return zmq_fake_pipe(fake, peer);
}

/**
 * zmq_fake_dial() - a peer appears that the user connects to
 * @fake: with a socket
 * @peer: its index, not used before
 * @hwm: both high-water marks of its pipe
 *
 * Return: 0 or an errno: it did not appear.
 */
int zmq_fake_dial(struct zmq_fake *fake, int peer, u32 hwm)
{
	return zmq_fake_attach(fake, peer, hwm, 0);
}

/**
 * zmq_fake_up() - the handshake with a peer is complete
 * @fake: with a socket; its version is the peer's
 * @peer: the peer
 * @id: its routing id, which also is its Peer-Address; may be empty
 *
 * Return: 0 or -ENOMEM.
 */
int zmq_fake_up(struct zmq_fake *fake, int peer, const char *id)
{
	struct zmq_conn *c = &fake->peer[peer]->conn;

	c->greeting.version = fake->version;
	c->mech.peer_id_len = strlen(id);
	memcpy(c->mech.peer_id, id, c->mech.peer_id_len);
	zmq_fake_bytes(c->mech.peer_id, c->mech.peer_id_len);
	c->props = zmq_props_make(fake->zs->mem, NULL, 0, id, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fake->test, c->props);
	return zmq_sock_pipe_up(fake->zs, c);
}

/**
 * zmq_fake_down() - a peer's connection is lost
 * @fake: with a socket
 * @peer: its index; it may come up again
 */
void zmq_fake_down(struct zmq_fake *fake, int peer)
{
	struct zmq_conn *c = &fake->peer[peer]->conn;

	zmq_props_put(c->props);
	c->props = NULL;
	zmq_sock_pipe_down(fake->zs, c);
}

/**
 * zmq_fake_leave() - a peer goes
 * @fake: with a socket
 * @peer: its index; nothing happens if it has left
 */
void zmq_fake_leave(struct zmq_fake *fake, int peer)
{
	zmq_fake_down(fake, peer);
	zmq_sock_detach_pipe(fake->zs, &fake->peer[peer]->conn);
}

/**
 * zmq_fake_msgs() - messages from text
 * @test: the test
 * @mem: account to charge
 * @text: '|' stands between the frames of a message, ';' between messages, '~'
 *	in front of a message is ZMQ_FRAME_DELIMITED; '+' is the byte 1 and '-'
 *	is 0: they subscribe and cancel
 *
 * Return: the messages, one chain.
 */
struct zmq_frame *zmq_fake_msgs(struct kunit *test, struct zmq_mem *mem,
				const char *text)
{
	struct zmq_frame *head = NULL, **tail = &head;
	size_t len;
	u8 flags;

	for (;;) {
		flags = *text == '~' ? ZMQ_FRAME_DELIMITED : 0;
		text += !!flags;
		len = strcspn(text, "|;");
		if (text[len] == '|')
			flags |= ZMQ_FRAME_MORE;

		*tail = zmq_frame_from_bytes(mem, text, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, *tail);
		(*tail)->seg.flags = flags;
		zmq_fake_bytes((*tail)->seg.data, len);
		tail = &(*tail)->next;
		if (!text[len])
			return head;
		text += len + 1;
	}
}

static size_t zmq_fake_text_frame(char *buf, size_t size,
				  const struct zmq_frame *f, bool wire)
{
	size_t len, i, at = 0;
	const u8 *data = zmq_frame_start(f, &len);

	if (wire && f->seg.flags & ZMQ_FRAME_DELIMITED)
		at += scnprintf(buf, size, "~");
	if (wire && f->seg.flags & ZMQ_FRAME_RAW)
		at += scnprintf(buf + at, size - at, "^");
	for (i = 0; i < len; i++)
		at += scnprintf(buf + at, size - at, "%c",
				data[i] > 1 ? data[i] : "-+"[data[i]]);
	return at + scnprintf(buf + at, size - at, "%s",
			      zmq_frame_more(f) ? "|" : f->next ? ";" : "");
}

/**
 * zmq_fake_text() - the opposite of zmq_fake_msgs(), for one message
 * @buf: room for the text
 * @size: bytes of @buf
 * @msg: the message, of short frames; freed. May be NULL
 * @wire: tell of what users don't see: '~' is ZMQ_FRAME_DELIMITED, '^' is
 *	ZMQ_FRAME_RAW
 *
 * Return: @buf, or NULL if there is no message.
 */
const char *zmq_fake_text(char *buf, size_t size, struct zmq_frame *msg,
			  bool wire)
{
	const struct zmq_frame *f;
	size_t at = 0;

	if (!msg)
		return NULL;
	buf[0] = 0;
	for (f = msg; f; f = f->next)
		at += zmq_fake_text_frame(buf + at, size - at, f, wire);
	zmq_chain_free(msg);
	return buf;
}

/* Index of a session, or -1; the reference that came with it is dropped. */
static int zmq_fake_kicked(struct zmq_fake *fake, struct zmq_session *kick)
{
	int i;

	if (!kick)
		return -1;
	for (i = 0; i < ZMQ_FAKE_PEERS; i++)
		if (fake->peer[i] == kick)
			break;
	KUNIT_ASSERT_LT(fake->test, i, ZMQ_FAKE_PEERS);
	zmq_session_put_alive(kick);
	return i;
}

/* Sessions in zmq_sock.kicks, as zmq_sock_kick_all() finds them; -1: none. */
static int zmq_fake_kicks(struct zmq_fake *fake)
{
	struct zmq_session *s, *next;
	int mask = 0;

	list_for_each_entry_safe(s, next, &fake->zs->kicks, kick) {
		list_del_init(&s->kick);
		mask |= 1 << zmq_fake_kicked(fake, s);
	}
	return mask ? ZMQ_FAKE_MANY | mask : -1;
}

/**
 * zmq_fake_give() - messages of a peer arrive
 * @fake: with a socket
 * @peer: the peer
 * @text: the messages
 *
 * Return: what zmq_sock_deliver() says.
 */
int zmq_fake_give(struct zmq_fake *fake, int peer, const char *text)
{
	return zmq_sock_deliver(fake->zs, zmq_fake_pipe(fake, peer),
				zmq_fake_msgs(fake->test, fake->zs->mem, text));
}

/**
 * zmq_fake_take() - a peer's session takes a message, as zmq_conn_flush() does
 * @fake: with a socket
 * @peer: the peer
 *
 * Return: the message, NULL if there is none.
 */
const char *zmq_fake_take(struct zmq_fake *fake, int peer)
{
	struct zmq_pipe *p = zmq_fake_pipe(fake, peer);
	struct zmq_sock *zs = fake->zs;
	struct zmq_frame *msg;
	bool acked = false;

	spin_lock_bh(&zs->lock);
	msg = zmq_queue_read(&p->out, &acked);
	if (acked && p->attached && p->balanced)
		zmq_ring_add(&zs->lb, &p->writable);
	spin_unlock_bh(&zs->lock);
	return zmq_fake_text(fake->text, sizeof(fake->text), msg, true);
}

/**
 * zmq_fake_send() - send a message, as zmq_sock_sendmsg() does
 * @fake: with a socket
 * @text: the message
 * @peer: set to the peer that gets it, to ZMQ_FAKE_MANY and bits, or to -1
 *
 * Return: 0 or an errno.
 */
int zmq_fake_send(struct zmq_fake *fake, const char *text, int *peer)
{
	struct zmq_sock *zs = fake->zs;
	struct zmq_txn t = { .tail = &t.head };
	struct zmq_session *kick = NULL;
	struct zmq_frame *msg, *f;
	int err;

	*peer = -1;
	if (!zs->ops->begin)
		return -EOPNOTSUPP;
	msg = zmq_fake_msgs(fake->test, zs->mem, text);
	spin_lock_bh(&zs->lock);
	err = zs->ops->begin(zs, &t, msg);
	if (err == ZMQ_SEND_ADDRESS) {
		f = msg;
		msg = f->next;
		zmq_frame_free(f);
		err = 0;
	}
	if (!err && msg) {
		*t.tail = msg;
		zs->ops->commit(zs, &t, &kick);
	}
	spin_unlock_bh(&zs->lock);
	if (err)
		zmq_chain_free(msg);
	*peer = kick ? zmq_fake_kicked(fake, kick) : zmq_fake_kicks(fake);
	return err;
}

/* The only property, and the name's length and the value's are known. */
static void zmq_fake_see(struct zmq_fake *fake)
{
	const struct zmq_props *props = fake->zs->props;
	const size_t head = 1 + strlen("Peer-Address") + 4;

	fake->from[0] = 0;
	if (props)
		snprintf(fake->from, sizeof(fake->from), "%.*s",
			 (int)(props->len - head), props->data + head);
}

/**
 * zmq_fake_recv() - receive a message, as zmq_sock_recvmsg() does
 * @fake: with a socket
 * @text: set to the message, or NULL
 * @kicked: set to the peer whose session may go on reading, or -1
 *
 * Return: 0 or an errno.
 */
int zmq_fake_recv(struct zmq_fake *fake, const char **text, int *kicked)
{
	struct zmq_sock *zs = fake->zs;
	struct zmq_session *kick = NULL;
	struct zmq_frame *msg = NULL;
	int err = -EOPNOTSUPP;

	if (zs->ops->recv) {
		spin_lock_bh(&zs->lock);
		zs->props = NULL;
		err = zs->ops->recv(zs, &msg, &kick);
		zmq_fake_see(fake);
		if (zs->spent)
			zmq_sock_reap(zs);
		spin_unlock_bh(&zs->lock);
	}
	*kicked = zmq_fake_kicked(fake, kick);
	*text = zmq_fake_text(fake->text, sizeof(fake->text), msg, false);
	return err;
}

/**
 * zmq_fake_set() - setsockopt() at level SOL_ZMQ
 * @fake: with a socket
 * @name: the option
 * @value: its value
 * @len: bytes of @value
 *
 * Return: 0 or an errno.
 */
int zmq_fake_set(struct zmq_fake *fake, int name, const void *value,
		 unsigned int len)
{
	return fake->sock->ops->setsockopt(fake->sock, SOL_ZMQ, name,
					   KERNEL_SOCKPTR((void *)value), len);
}

/**
 * zmq_fake_poll() - what poll() says
 * @fake: with a socket
 *
 * Return: "", "I", "O" or "IO".
 */
const char *zmq_fake_poll(struct zmq_fake *fake)
{
	static const char *const events[] = { "", "I", "O", "IO" };
	__poll_t mask = zmq_sock_events(fake->zs);

	return events[!!(mask & EPOLLIN) + 2 * !!(mask & EPOLLOUT)];
}

static int zmq_fake_flag(struct zmq_fake *fake, const struct zmq_fake_step *st)
{
	int value;

	KUNIT_ASSERT_EQ(fake->test, 0, kstrtoint(st->text, 10, &value));
	return zmq_fake_set(fake, st->peer, &value, sizeof(value));
}

static int zmq_fake_get(struct zmq_fake *fake, int name, const char **text)
{
	size_t len = sizeof(int);
	int value = -1, err;

	err = fake->zs->ops->getopt(fake->zs, name, &value, &len);
	snprintf(fake->text, sizeof(fake->text), "%d", value);
	*text = fake->text;
	return err;
}

/* Steps that are not about messages. */
static int zmq_fake_step_else(struct zmq_fake *fake,
			      const struct zmq_fake_step *st, u32 hwm,
			      const char **text)
{
	switch (st->op) {
	case ZMQ_FAKE_JOIN:
		zmq_fake_join(fake, st->peer, hwm);
		return 0;
	case ZMQ_FAKE_DIAL:
		return zmq_fake_dial(fake, st->peer, hwm);
	case ZMQ_FAKE_UP:
		return zmq_fake_up(fake, st->peer, st->text);
	case ZMQ_FAKE_DOWN:
		zmq_fake_down(fake, st->peer);
		return 0;
	case ZMQ_FAKE_LEAVE:
		zmq_fake_leave(fake, st->peer);
		return 0;
	case ZMQ_FAKE_SET:
		return zmq_fake_set(fake, st->peer, st->text,
				    st->text ? strlen(st->text) : 0);
	case ZMQ_FAKE_FLAG:
		return zmq_fake_flag(fake, st);
	default:
		return zmq_fake_get(fake, st->peer, text);
	}
}

static int zmq_fake_step(struct zmq_fake *fake, const struct zmq_fake_step *st,
			 u32 hwm, int *peer, const char **text)
{
	switch (st->op) {
	case ZMQ_FAKE_GIVE:
		return zmq_fake_give(fake, st->peer, st->text);
	case ZMQ_FAKE_TAKE:
		*text = zmq_fake_take(fake, st->peer);
		return 0;
	case ZMQ_FAKE_SEND:
		return zmq_fake_send(fake, st->text, peer);
	case ZMQ_FAKE_RECV:
		return zmq_fake_recv(fake, text, peer);
	default:
		return zmq_fake_step_else(fake, st, hwm, text);
	}
}

/* Types that drop rather than wait can always send; a REP has to be asked. */
static const char *zmq_fake_new(int type)
{
	switch (type) {
	case ZMQ_ROUTER:
	case ZMQ_STREAM:
	case ZMQ_PUB:
	case ZMQ_XPUB:
	case ZMQ_XSUB:
		return "O";
	default:
		return "";
	}
}

/**
 * zmq_fake_run() - play a script, and compare
 * @fake: no socket yet
 * @script: the script
 */
void zmq_fake_run(struct zmq_fake *fake, const struct zmq_fake_script *script)
{
	const struct zmq_fake_step *st = script->step;
	struct kunit *test = fake->test;
	const char *text;
	int i, ret, peer;

	zmq_fake_open(fake, script->type);
	KUNIT_EXPECT_STREQ(test, zmq_fake_new(script->type), zmq_fake_poll(fake));
	for (i = 0; i < ARRAY_SIZE(script->step) && st[i].op; i++) {
		text = st[i].text;
		peer = st[i].peer;
		ret = zmq_fake_step(fake, &st[i], script->hwm, &peer, &text);
		KUNIT_EXPECT_EQ_MSG(test, st[i].ret, ret, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, st[i].peer, peer, "step %d", i);
		KUNIT_EXPECT_STREQ_MSG(test, st[i].text ?: "(none)",
				       text ?: "(none)", "step %d", i);
		KUNIT_EXPECT_STREQ_MSG(test, st[i].poll, zmq_fake_poll(fake),
				       "step %d", i);
	}
	KUNIT_EXPECT_EQ(test, script->drops, fake->zs->stats.drops);
}
