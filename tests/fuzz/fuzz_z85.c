// SPDX-License-Identifier: GPL-2.0-only
/* Z85 (kmod/zmtp/z85.c): one text for each key, one key for each text. */
#include "fuzz.h"
#include "zmtp/z85.h"

static void check_bytes(const u8 *data, size_t len)
{
	size_t whole = len / 4 * 4;
	char *text = (char *)zf_room(ZMQ_Z85_LEN(whole) + 1);
	u8 *back = zf_room(whole);

	zmq_z85_encode(text, data, len);
	zf_check(strlen(text) == ZMQ_Z85_LEN(whole));
	zf_check(zmq_z85_decode(back, text, strlen(text)) == (int)whole);
	zf_check(!memcmp(back, data, whole));
	zf_drop(text);
	zf_drop(back);
}

static void check_text(const u8 *data, size_t len)
{
	u8 *out = zf_room(len / 5 * 4);
	char *again = (char *)zf_room(len + 1);
	int n = zmq_z85_decode(out, (const char *)data, len);

	zf_check(n == -EINVAL || (n == (int)(len / 5 * 4) && len % 5 == 0));
	if (n >= 0) {
		zmq_z85_encode(again, out, n);
		zf_check(!memcmp(again, data, len) && !again[len]);
	}
	zf_drop(again);
	zf_drop(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const u8 *copy = zf_copy(data, size);

	check_bytes(copy, size);
	check_text(copy, size);
	zf_drop(copy);
	return 0;
}
