// SPDX-License-Identifier: GPL-2.0-only
/* Z85, ZeroMQ RFC 32: four bytes as five printable characters. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "common.h"
#include "compat/compat.h"
#include "zmtp/z85.h"

#define ZMQ_Z85_BASE	85

static const char zmq_z85_digits[ZMQ_Z85_BASE + 1] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/**
 * zmq_z85_encode() - bytes to characters
 * @out: room for ZMQ_Z85_LEN(@len) characters and a NUL
 * @data: the bytes
 * @len: how many, a multiple of 4; what is over is left out
 */
void zmq_z85_encode(char *out, const u8 *data, size_t len)
{
	u32 value;
	int i;

	for (; len >= 4; len -= 4, data += 4, out += 5) {
		value = get_unaligned_be32(data);
		for (i = 4; i >= 0; i--) {
			out[i] = zmq_z85_digits[value % ZMQ_Z85_BASE];
			value /= ZMQ_Z85_BASE;
		}
	}
	*out = 0;
}
EXPORT_SYMBOL_KUNIT(zmq_z85_encode);

/* Value of five characters; above 32 bits if they are none. */
static u64 zmq_z85_group(const char *text)
{
	u64 value = 0;
	int i;

	for (i = 0; i < 5; i++) {
		const char *digit = memchr(zmq_z85_digits, text[i],
					   ZMQ_Z85_BASE);

		if (!digit)
			return U64_MAX;
		value = value * ZMQ_Z85_BASE + (digit - zmq_z85_digits);
	}
	return value;
}

/**
 * zmq_z85_decode() - characters to bytes
 * @out: room for @len / 5 * 4 bytes; undefined on failure
 * @text: the characters
 * @len: how many
 *
 * Return: bytes written, or -EINVAL: @len is no multiple of 5, a character is
 * none of RFC 32's, or five of them make more than 32 bits.
 */
int zmq_z85_decode(u8 *out, const char *text, size_t len)
{
	size_t i;
	u64 value;

	if (len % 5 || len > INT_MAX)
		return -EINVAL;
	for (i = 0; i < len; i += 5, out += 4) {
		value = zmq_z85_group(text + i);
		if (value > U32_MAX)
			return -EINVAL;
		put_unaligned_be32(value, out);
	}
	return len / 5 * 4;
}
EXPORT_SYMBOL_KUNIT(zmq_z85_decode);
