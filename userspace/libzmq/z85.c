// SPDX-License-Identifier: GPL-2.0-only
/*
 * Z85, ZeroMQ RFC 32: four bytes as five printable characters.
 */
#include <string.h>

#include "api.h"

#define SHIM_Z85_BASE 85

static const char shim_z85_digits[SHIM_Z85_BASE + 1] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/* @size must be a multiple of 4, @dest holds @size * 5 / 4 + 1 bytes. */
char *zmqk_z85_encode(char *dest, const uint8_t *data, size_t size)
{
	char *out = dest;
	uint32_t value;
	int i;

	if (size % 4) {
		errno = EINVAL;
		return NULL;
	}
	for (; size; size -= 4, data += 4, out += 5) {
		value = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
			(uint32_t)data[2] << 8 | data[3];
		for (i = 4; i >= 0; i--) {
			out[i] = shim_z85_digits[value % SHIM_Z85_BASE];
			value /= SHIM_Z85_BASE;
		}
	}
	*out = '\0';
	return dest;
}

/* Return: the value of a group of five characters, above 32 bits if invalid. */
static uint64_t shim_z85_group(const char *str)
{
	const char *digit;
	uint64_t value = 0;
	int i;

	for (i = 0; i < 5; i++) {
		digit = strchr(shim_z85_digits, str[i]);
		if (!digit)
			return UINT64_MAX;
		value = value * SHIM_Z85_BASE + (digit - shim_z85_digits);
	}
	return value;
}

/* The length of @str must be a multiple of 5 and at least 5. */
uint8_t *zmqk_z85_decode(uint8_t *dest, const char *str)
{
	size_t len = strlen(str);
	uint8_t *out = dest;
	uint64_t value;

	if (!len || len % 5)
		goto invalid;
	for (; *str; str += 5) {
		value = shim_z85_group(str);
		if (value > UINT32_MAX)
			goto invalid;
		*out++ = value >> 24;
		*out++ = value >> 16;
		*out++ = value >> 8;
		*out++ = value;
	}
	return dest;
invalid:
	errno = EINVAL;
	return NULL;
}
