// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handshakes and sealed frames of every mechanism (kmod/mech): two sides of ours,
 * and the fuzzer between them, which delivers, changes, repeats and makes up what
 * they say and answers for the ZAP handler. Where it left all as it was, they
 * come to an agreement and read each other; what was sealed and changed does not
 * open.
 */
#include <linux/zmq.h>

#include "fuzz.h"
#include "blob.h"
#include "mech/box.h"
#include "mech/mech.h"
#include "mem.h"
#include "queue/frame.h"
#include "zmtp/frame.h"

#define STEPS	40
/* As kmod/conn/rx.c reads them: no longer, and in one piece. */
#define COMMAND_MAX	2048
#define FRAME_MAX	12000

/**
 * struct side - one side of a connection
 * @m: its handshake
 * @opt: its options
 * @over: why it ended, or ZMQ_R_NONE
 * @said: its last command
 * @said_len: bytes of @said
 * @fresh: @said was not delivered yet
 */
struct side {
	struct zmq_mech m;
	struct zmq_options opt;
	enum zmq_reason over;
	u8 said[COMMAND_MAX];
	int said_len;
	bool fresh;
};

static struct side sides[2];
static struct zmq_mem mem;
/* Was everything delivered once, in order, as it was said? */
static bool honest;

/* Reads every byte, so that AddressSanitizer sees a pointer that is stale. */
static void touch(const u8 *p, size_t n)
{
	u8 *copy = zf_copy(p, n);

	zf_check(!memcmp(copy, p, n));
	zf_drop(copy);
}

static void check_state(const struct side *s)
{
	int i;

	zf_check(s->over < ZMQ_REASON_NR);
	zf_check(s->m.nr_creds <= ZMQ_MECH_CREDS);
	zf_check(!s->m.status || s->m.status == 300 || s->m.status == 400 || s->m.status == 500);
	if (s->m.ask == ZMQ_ASK_WANTED)
		for (i = 0; i < s->m.nr_creds; i++)
			touch(s->m.cred[i].data, s->m.cred[i].len);
}

/* What the connection does when it may send: kmod/conn/shake.c. */
static void produce(struct side *s)
{
	u8 *buf;
	int n;

	if (s->over || s->fresh || s->m.ask == ZMQ_ASK_WANTED || s->m.ask == ZMQ_ASK_PENDING ||
	    zmq_mech_done(&s->m))
		return;
	buf = zf_room(ZMQ_MECH_CMD_MAX);
	n = s->m.ops->produce(&s->m, buf, ZMQ_MECH_CMD_MAX);
	zf_check(n <= ZMQ_MECH_CMD_MAX && (n >= 0 || n == -EMSGSIZE || n == -ENOMEM));
	if (n > 0) {
		memcpy(s->said, buf, n);
		s->said_len = n;
		s->fresh = true;
	}
	zf_drop(buf);
	if (s->m.refused && !s->over)
		s->over = ZMQ_R_PEER_CLOSED;
	check_state(s);
}

/* A command comes: kmod/conn/shake.c. */
static void consume(struct side *s, const u8 *body, size_t len)
{
	struct zmq_cmd cmd;
	u8 *copy;

	if (s->over || s->m.received)
		return;
	len = min_t(size_t, len, COMMAND_MAX);
	copy = zf_copy(body, len);
	if (zmq_cmd_parse(&cmd, copy, len))
		zmq_cmd_nameless(&cmd, copy, len);
	s->over = s->m.ops->consume(&s->m, &cmd);
	if (!s->over && s->m.meta)
		touch(s->m.meta, s->m.meta_len);
	s->m.meta = NULL;
	zf_drop(copy);
	check_state(s);
}

static void answer(struct side *s, u16 verdict)
{
	if (s->m.ask != ZMQ_ASK_WANTED)
		return;
	s->m.ask = ZMQ_ASK_ANSWERED;
	s->m.verdict = verdict;
	if (verdict != ZMQ_ZAP_OK)
		honest = false;
}

static void deliver(struct side *from, struct side *to)
{
	if (!from->fresh)
		return;
	/* A side that waits for ZAP is not to be spoken to. */
	if (to->m.ask == ZMQ_ASK_WANTED)
		return;
	from->fresh = false;
	consume(to, from->said, from->said_len);
}

static void deliver_changed(struct side *from, struct side *to, struct zf_input *in)
{
	u8 bytes[COMMAND_MAX];
	size_t len = from->said_len, at;
	u8 how = zf_byte(in);

	if (!from->said_len)
		return;
	memcpy(bytes, from->said, len);
	at = zf_number(in, 2) % len;
	switch (how & 3) {
	case 0:
		bytes[at] ^= 1 << (how >> 2 & 7);
		break;
	case 1:
		len = at;
		break;
	case 2:
		len = min_t(size_t, len + (how >> 2), sizeof(bytes));
		memset(bytes + from->said_len, 0, len - from->said_len);
		break;
	default:
		bytes[at] = zf_byte(in);
	}
	honest = false;
	from->fresh = false;
	consume(to, bytes, len);
}

static void step(struct zf_input *in)
{
	static const u16 verdicts[] = { 200, 300, 400, 500 };
	u8 what = zf_byte(in), *made;
	struct side *s = &sides[what & 1], *other = &sides[!(what & 1)];
	size_t len;

	switch (what >> 1 & 7) {
	case 0:
	case 1:
		produce(s);
		break;
	case 2:
	case 3:
		deliver(s, other);
		break;
	case 4:
		deliver_changed(s, other, in);
		break;
	case 5:
		made = zf_take(in, what >> 4 == 15 ? 300 : what >> 2, &len);
		honest = false;
		consume(other, made, len);
		zf_drop(made);
		break;
	case 6:
		/* Once more what was said before */
		honest = false;
		consume(other, s->said, s->said_len);
		break;
	default:
		answer(s, verdicts[what >> 4 & 3]);
	}
}

/* To the end, as two connections would. */
static void converse(void)
{
	int i, j;

	for (i = 0; i < 8; i++)
		for (j = 0; j < 2; j++) {
			answer(&sides[j], ZMQ_ZAP_OK);
			produce(&sides[j]);
			deliver(&sides[j], &sides[!j]);
		}
}

/* --- sealed frames ------------------------------------------------------------ */

/* All bytes of a frame, one after the other. */
static u8 *bytes_of(const struct zmq_frame *f)
{
	u8 *room = zf_room(f->len);
	struct iov_iter to = { room, f->len };

	zf_check(!zmq_frame_to_iter(f, &to, f->len) && !to.count);
	return room;
}

/* The frame that comes of a wire image; the header has to be one for all of it. */
static struct zmq_frame *received(const u8 *image, size_t len)
{
	struct zmq_frame_hdr h;
	struct zmq_frame *f;
	int at = zmq_frame_hdr_get(image, len, &h);

	zf_check(at > 0 && h.len == len - at && !h.flags);
	f = zmq_frame_from_bytes(&mem, image + at, h.len, GFP_KERNEL);
	zf_check(f);
	return f;
}

static void send_sealed(struct side *from, struct side *to, struct zf_input *in)
{
	u8 flags = zf_byte(in) & (ZMQ_SEAL_MORE | ZMQ_SEAL_COMMAND), how = zf_byte(in);
	size_t len = zf_number(in, 2) % FRAME_MAX, at = zf_number(in, 2), i;
	u8 *text = zf_room(len), *image, *got;
	struct zmq_frame *plain, *sealed, *f;

	for (i = 0; i < len; i++)
		text[i] = i + how;
	plain = zmq_frame_from_bytes(&mem, text, len, GFP_KERNEL);
	zf_check(plain);
	if (how & 1)
		plain = zmq_chain_share(plain);
	sealed = from->m.ops->seal(&from->m, plain, flags);
	zf_check(sealed && sealed->got == sealed->len && sealed->seg.flags & ZMQ_FRAME_RAW);
	image = bytes_of(sealed);
	f = received(image, sealed->len);
	zf_check(to->m.ops->open(&to->m, f) == ZMQ_R_NONE);
	zf_check(f->len == len && f->got == len);
	zf_check((f->seg.flags & (ZMQ_FRAME_MORE | ZMQ_FRAME_COMMAND)) ==
		 ((flags & ZMQ_SEAL_MORE ? ZMQ_FRAME_MORE : 0) |
		  (flags & ZMQ_SEAL_COMMAND ? ZMQ_FRAME_COMMAND : 0)));
	got = bytes_of(f);
	zf_check(!memcmp(got, text, len));
	zf_drop(got);
	zmq_frame_free(f);
	/* Not twice, and not changed. */
	f = received(image, sealed->len);
	if (how & 2) {
		i = at % f->len;
		image[sealed->len - f->len + i] ^= 1 << (how >> 2 & 7);
		zmq_frame_free(f);
		f = received(image, sealed->len);
	}
	zf_check(to->m.ops->open(&to->m, f) != ZMQ_R_NONE);
	zmq_frame_free(f);
	zf_drop(image);
	zf_drop(text);
	zmq_frame_free(sealed);
	zmq_chain_free(plain);
}

/* A frame that nobody has sealed. */
static void send_made_up(struct side *to, struct zf_input *in)
{
	size_t len;
	u8 *body = zf_take(in, 200, &len);
	struct zmq_frame *f = zmq_frame_from_bytes(&mem, body, len, GFP_KERNEL);

	zf_check(f && to->m.ops->open(&to->m, f) != ZMQ_R_NONE);
	zmq_frame_free(f);
	zf_drop(body);
}

/* --- the target --------------------------------------------------------------- */

static void set_keys(struct zmq_options *client, struct zmq_options *server)
{
	static const u8 c[32] = { 0x77, 7, 0x6d, 10 }, s[32] = { 0x5d, 0xab, 8, 0x7e };

	memcpy(client->curve_key[ZMQ_CURVE_KEY_SECRET], c, sizeof(c));
	memcpy(server->curve_key[ZMQ_CURVE_KEY_SECRET], s, sizeof(s));
	zmq_box_public(client->curve_key[ZMQ_CURVE_KEY_PUBLIC], c);
	zmq_box_public(server->curve_key[ZMQ_CURVE_KEY_PUBLIC], s);
	memcpy(client->curve_key[ZMQ_CURVE_KEY_SERVER],
	       server->curve_key[ZMQ_CURVE_KEY_PUBLIC], ZMQ_CURVE_KEY_LEN);
}

static void set_options(u8 how)
{
	static const u8 app[] = "\3X-a\0\0\0\1b";
	int i;

	for (i = 0; i < 2; i++) {
		struct zmq_options *opt = &sides[i].opt;

		opt->mechanism = how % 3;
		opt->as_server = i && opt->mechanism != ZMQ_NULL;
		opt->routing_id_len = how & 0x20 ? 255 : 2;
		if (how & 4)
			opt->zap_domain = zmq_blob_new(&mem, "global", 6);
		if (how & 8)
			opt->metadata = zmq_blob_new(&mem, app, sizeof(app) - 1);
		if (how & 0x10) {
			opt->plain_username = zmq_blob_new(&mem, "user", 4);
			opt->plain_password = zmq_blob_new(&mem, opt->routing_id, 255);
		}
	}
	set_keys(&sides[0].opt, &sides[1].opt);
}

static bool begin(u8 how)
{
	static const int types[][2] = { { ZMQ_DEALER, ZMQ_ROUTER }, { ZMQ_PUSH, ZMQ_PULL } };
	int i;

	memset(sides, 0, sizeof(sides));
	zf_seed_random(how);
	honest = true;
	set_options(how);
	for (i = 0; i < 2; i++) {
		zmq_mech_init(&sides[i].m, types[how >> 6 & 1][i], &sides[i].opt);
		if (!sides[i].m.ops)
			return false;
	}
	return true;
}

static void end(void)
{
	size_t i, j;

	for (i = 0; i < 2; i++) {
		zmq_mech_end(&sides[i].m);
		zf_check(!sides[i].m.priv);
		for (j = 0; j < ARRAY_SIZE(sides[i].opt.blobs); j++)
			zmq_blob_put(sides[i].opt.blobs[j]);
	}
	zf_check(!mem.used.counter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	int i;

	memset(&mem, 0, sizeof(mem));
	if (begin(zf_byte(&in))) {
		for (i = 0; i < STEPS && in.left; i++)
			step(&in);
		if (honest) {
			converse();
			zf_check(zmq_mech_done(&sides[0].m) && zmq_mech_done(&sides[1].m));
			zf_check(!sides[0].over && !sides[1].over);
		}
		if (zmq_mech_done(&sides[0].m) && zmq_mech_done(&sides[1].m) &&
		    sides[0].m.ops->seal && honest) {
			send_sealed(&sides[0], &sides[1], &in);
			send_sealed(&sides[1], &sides[0], &in);
			send_made_up(&sides[size & 1], &in);
		}
	}
	end();
	return 0;
}
