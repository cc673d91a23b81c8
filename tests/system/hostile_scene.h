/* SPDX-License-Identifier: GPL-2.0-only */
/* The sockets that hostile attacks, and the good peers that have to get through. */
#ifndef TESTS_SYSTEM_HOSTILE_SCENE_H
#define TESTS_SYSTEM_HOSTILE_SCENE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define SCENES (2 * 13)
/* So many of a socket's last sessions are told apart. */
#define SCENE_SESSIONS 65536

/**
 * struct scene - a socket that is attacked
 * @type: its type
 * @partner: type of a good peer
 * @raw: neither of them speaks ZMTP
 * @fd: the socket
 * @connects: it connects to @listener, and to us
 * @listener: where it connects to, -1 if it listens itself
 * @ep: its endpoint
 * @to: the same as a lower address
 * @to_len: bytes of @to
 * @sessions: how many it had
 * @tallied: how many of them tally_delivered() has counted
 * @stirs: how often something was done with it
 * @inside: the next frame continues a message
 * @id: routing id of a peer
 * @id_len: bytes of @id, 0: none is known
 * @delivered: a bit for each session: a message of it was read
 */
struct scene {
	int type;
	int partner;
	bool raw;
	int fd;
	bool connects;
	int listener;
	char ep[256];
	struct sockaddr_storage to;
	socklen_t to_len;
	uint64_t sessions;
	uint64_t tallied;
	uint64_t stirs;
	bool inside;
	char id[256];
	size_t id_len;
	uint8_t delivered[SCENE_SESSIONS / 8];
};

/**
 * struct scene_kind - what is common to all sockets of an attack
 * @ipc: by ipc; else by tcp
 * @mechanism: what they use
 * @domain: they ask a ZAP handler also where they need not
 */
struct scene_kind {
	bool ipc;
	int mechanism;
	bool domain;
};

/* Number @i of SCENES. */
void scene_open(struct scene *c, unsigned int i, const struct scene_kind *kind);
void scene_close(struct scene *c);
/* A connection to, or from, the socket; -1 if there is none now. */
int scene_reach(struct scene *c);
/* Reads what came, says something. */
void scene_stir(struct scene *c);
/* A good peer gets through; @meanwhile is called again and again. */
void scene_serves(struct scene *c, const struct scene_kind *kind, void (*meanwhile)(void));

/* The next session's number; nothing of it is delivered. Was something of the session? */
uint32_t scene_session(struct scene *c);
bool scene_delivered(const struct scene *c, uint32_t number);

#endif
