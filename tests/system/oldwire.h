/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Peers of every version of ZMTP, made of bytes, against one socket of the
 * libzmq that this process runs on. A test runs once for each version and for
 * each side that connects.
 */
#ifndef TESTS_SYSTEM_OLDWIRE_H
#define TESTS_SYSTEM_OLDWIRE_H

#include "wire.h"
#include "zapi.h"

/**
 * enum ow_version - what a peer speaks; wire.md sections 1.2 and 1.3
 * @OW_V10: ZMTP 1.0, begins with its routing id as a frame, no signature
 * @OW_REV0: a signature and revision 0, then ZMTP 1.0's frames
 * @OW_V20: revision 1: ZMTP 2.0
 * @OW_V30: ZMTP 3.0
 * @OW_V31: ZMTP 3.1
 */
enum ow_version { OW_V10, OW_REV0, OW_V20, OW_V30, OW_V31 };

#define OW_BIT(version) (1u << (version))
#define OW_ALL (OW_OLD | OW_V3)
#define OW_OLD (OW_BIT(OW_V10) | OW_BIT(OW_REV0) | OW_BIT(OW_V20))
#define OW_V1 (OW_BIT(OW_V10) | OW_BIT(OW_REV0))
#define OW_V3 (OW_BIT(OW_V30) | OW_BIT(OW_V31))

struct ow_case;

/**
 * struct ow_test - what is tried with each version
 * @name: without spaces
 * @run: returning is success
 * @versions: mask of OW_BIT()
 * @shim: stock libzmq is known to fail: only the shim has to pass
 */
struct ow_test {
	const char *name;
	void (*run)(const struct ow_case *c);
	unsigned int versions;
	bool shim;
};

/**
 * struct ow_case - one way to run a test
 * @test: what runs
 * @version: the peer's
 * @connects: the socket connects to the peer, otherwise the peer to the socket
 */
struct ow_case {
	const struct ow_test *test;
	enum ow_version version;
	bool connects;
};

/**
 * struct ow_link - a socket and its peer
 * @version: the peer's
 * @connects: the socket connects
 * @type: of the socket
 * @ctx: the socket's context
 * @s: the socket
 * @listener: the peer's, -1 unless the socket connects
 * @port: whoever listens, listens there; 0: nobody does yet
 * @fd: the peer's connection
 */
struct ow_link {
	enum ow_version version;
	bool connects;
	int type;
	void *ctx;
	void *s;
	int listener;
	int port;
	int fd;
};

/* main() of a program of tests. */
int ow_main(int argc, char **argv, const struct ow_test *tests, size_t count);

/* A socket without connection: time to set options. */
void ow_open(struct ow_link *l, const struct ow_case *c, int type);
/* The tcp connection, the first one or another one. */
void ow_meet(struct ow_link *l);
/*
 * Greeting and handshake of a peer of type @peer_type that names itself @id;
 * what the socket sends at each step is compared. @my_id is what it should call
 * itself.
 */
void ow_shake(struct ow_link *l, int peer_type, const char *id, const char *my_id);
/* All of the above, without names. */
void ow_up(struct ow_link *l, const struct ow_case *c, int type, int peer_type);
void ow_close(struct ow_link *l);

/* All that the peer sends until it has done its part of the handshake. */
size_t ow_hello(enum ow_version version, int peer_type, const char *id, uint8_t *bytes);

/* A frame's head in the shortest form, or in the long one; its length. */
size_t ow_head(enum ow_version version, int flags, uint64_t len, uint8_t *head);
size_t ow_head_long(enum ow_version version, int flags, uint64_t len, uint8_t *head);
void ow_put(struct ow_link *l, int flags, const void *body, size_t len);
/* The next frame must be this, in the shortest form. */
void ow_want(struct ow_link *l, int flags, const void *body, size_t len);
#define ow_puts(l, flags, text) ow_put(l, flags, text, strlen(text))
#define ow_wants(l, flags, text) ow_want(l, flags, text, strlen(text))

#endif
