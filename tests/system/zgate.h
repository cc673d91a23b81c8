/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ZAP handler (RFC 27) in a thread of its own: it tells every request, and answers as
 * a judge says: well, badly, late or never.
 */
#ifndef TESTS_SYSTEM_ZGATE_H
#define TESTS_SYSTEM_ZGATE_H

#include "zapi.h"

#define ZG_ENDPOINT "inproc://zeromq.zap.01"
#define ZG_PARTS 14
#define ZG_PART_MAX 256

/* Parts of a request, counted from the version; credentials are what follows. */
enum zg_field {
	ZG_VERSION, ZG_ID, ZG_DOMAIN, ZG_ADDRESS, ZG_IDENTITY, ZG_MECHANISM, ZG_CREDENTIALS,
};

/**
 * struct zg_request - what the handler was asked
 * @parts: how many, as its socket has received them
 * @first: which of them is the version: a ROUTER has an id and the delimiter before it
 * @len: bytes of each
 * @part: each, with a NUL behind it
 */
struct zg_request {
	int parts;
	int first;
	size_t len[ZG_PARTS];
	char part[ZG_PARTS][ZG_PART_MAX];
};

/* What becomes of a request: answered, answered after zg_go(), or the handler goes away. */
enum zg_manner { ZG_ANSWER, ZG_HOLD, ZG_LEAVE };

/**
 * struct zg_reply - what the handler answers
 * @manner: if, and when
 * @delimiter: before the parts, by a ROUTER; NULL: none
 * @version: first part
 * @id: second
 * @status: third
 * @text: fourth
 * @user: fifth
 * @meta: sixth, of @meta_len bytes
 * @meta_len: of @meta
 * @parts: how many of them are sent; a seventh is empty. 6 is right
 */
struct zg_reply {
	enum zg_manner manner;
	const char *delimiter;
	const char *version;
	const char *id;
	const char *status;
	const char *text;
	const char *user;
	const void *meta;
	size_t meta_len;
	int parts;
};

/* May change @reply, which otherwise lets everybody in. In the handler's thread. */
typedef void (*zg_judge)(const struct zg_request *request, struct zg_reply *reply);

/* A part of a request as text. */
const char *zg_text(const struct zg_request *request, enum zg_field field);

/* Binds a handler on a socket of @type, ZMQ_REP or ZMQ_ROUTER. It ends with its context. */
struct zg *zg_start(void *ctx, int type, zg_judge judge);
/* The next request; false when none comes within @ms. */
bool zg_next(struct zg *gate, struct zg_request *request, int ms);
/* Now answer what was held. */
void zg_go(struct zg *gate);
/* Its socket is closed when this returns. */
void zg_stop(struct zg *gate);

#endif
