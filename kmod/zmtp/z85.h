/* SPDX-License-Identifier: GPL-2.0-only */
/* Z85, ZeroMQ RFC 32: four bytes as five printable characters. */
#ifndef _ZMQ_ZMTP_Z85_H
#define _ZMQ_ZMTP_Z85_H

#include <linux/types.h>

/* Characters for so many bytes, a multiple of 4; no NUL counted. */
#define ZMQ_Z85_LEN(bytes)	((bytes) / 4 * 5)

void zmq_z85_encode(char *out, const u8 *data, size_t len);
int zmq_z85_decode(u8 *out, const char *text, size_t len);

#endif /* _ZMQ_ZMTP_Z85_H */
