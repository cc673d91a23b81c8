// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boxes (kmod/mech/box.c, salsa20.c): in whatever pieces, they are those of
 * libsodium, and none opens that was changed.
 */
#include <sodium.h>

#include "fuzz.h"
#include "mech/box.h"

/* In pieces of @step bytes; @step 0: in one call. */
static void seal(u8 *box, const u8 *text, size_t len, const u8 *key, const u8 *nonce, size_t step)
{
	struct zmq_box b;
	size_t at, n;

	if (!step) {
		zmq_box_seal(box, text, len, key, nonce);
		return;
	}
	zmq_box_begin(&b, key, nonce);
	for (at = 0; at < len; at += n) {
		n = min(step, len - at);
		zmq_box_encrypt(&b, box + ZMQ_BOX_TAG + at, text + at, n);
	}
	zmq_box_finish(&b, box);
}

static void check_keys(const u8 *secret, const u8 *other)
{
	u8 ours[ZMQ_BOX_KEY], theirs[ZMQ_BOX_KEY], public[ZMQ_BOX_KEY];
	bool agreed = zmq_box_agree(ours, secret, other);

	zf_check(agreed == !crypto_box_beforenm(theirs, other, secret));
	if (agreed)
		zf_check(!memcmp(ours, theirs, sizeof(ours)));
	zf_check(zmq_box_public(public, secret));
	crypto_scalarmult_base(theirs, secret);
	zf_check(!memcmp(public, theirs, sizeof(public)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	size_t step = zf_byte(&in), at = zf_number(&in, 2), len, n;
	u8 bit = zf_byte(&in), *key = zf_take(&in, ZMQ_BOX_KEY, &len), *nonce, *text, *box, *want;

	if (len < ZMQ_BOX_KEY || in.left < ZMQ_BOX_NONCE) {
		zf_drop(key);
		return 0;
	}
	nonce = zf_take(&in, ZMQ_BOX_NONCE, &len);
	text = zf_take(&in, in.left, &n);
	box = zf_room(n + ZMQ_BOX_TAG);
	want = zf_room(n + ZMQ_BOX_TAG);
	seal(box, text, n, key, nonce, step);
	crypto_secretbox_easy(want, text, n, nonce, key);
	zf_check(!memcmp(box, want, n + ZMQ_BOX_TAG));
	zf_check(zmq_box_open(want, box, n + ZMQ_BOX_TAG, key, nonce));
	zf_check(!memcmp(want, text, n));
	box[at % (n + ZMQ_BOX_TAG)] ^= 1 << (bit & 7);
	zf_check(!zmq_box_open(want, box, n + ZMQ_BOX_TAG, key, nonce));
	for (at = 0; at < n; at++)
		zf_check(!want[at]);
	if (n >= ZMQ_BOX_KEY && !(bit & 0xf0))
		check_keys(key, text);
	zf_drop(key);
	zf_drop(nonce);
	zf_drop(text);
	zf_drop(box);
	zf_drop(want);
	return 0;
}
