/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of all sockets, put together. */
#ifndef ZMQSS_MODEL_H
#define ZMQSS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strings here come from programs and peers: nothing is known of their bytes. */

/**
 * struct zss_bytes - any bytes
 * @p: the bytes, a NUL is put behind them; NULL if there are none
 * @len: how many
 */
struct zss_bytes {
	char *p;
	size_t len;
};

/**
 * struct zss_queue - messages that wait
 * @depth: how many
 * @bytes: their payload
 * @msgs: how many have gone this way so far
 * @hwm: how many may wait; 0 without limit
 */
struct zss_queue {
	uint64_t depth;
	uint64_t bytes;
	uint64_t msgs;
	uint32_t hwm;
};

/**
 * struct zss_drop - messages dropped for one reason
 * @reason: its name, as in /proc/net/zmq_stat
 * @text: in words
 * @count: how many
 */
struct zss_drop {
	char *reason;
	char *text;
	uint64_t count;
};

/**
 * struct zss_endpoint - what a socket is bound or connected to
 * @socket: number of the socket
 * @kind: ZMQ_ENDPOINT_KIND_*
 * @number: of a bound one, zss_peer.listener of what it accepted
 * @peer: of a connected one, zss_peer.id
 * @uri: the endpoint
 */
struct zss_endpoint {
	uint64_t socket;
	uint32_t kind;
	uint32_t number;
	uint64_t peer;
	char *uri;
};

/**
 * struct zss_peer - the other end, there or not
 * @socket: number of the socket
 * @id: own number; of those that have gone from another series
 * @to: number of the socket that it is, for inproc, or 0
 * @state: ZMQ_PEER_STATE_*
 * @flags: ZMQ_PEER_FLAG_*
 * @listener: which bound endpoint accepted it, 0 if none did
 * @number: of the connection, in its events
 * @zmtp: protocol version, major in bits 8 to 15; 0 if unknown
 * @mechanism: ZMQ_NULL...
 * @ms_left: until the state ends by itself, if @limited
 * @attempts: to connect since it last worked
 * @connects: how often it worked
 * @limited: there is a @ms_left
 * @queues: @in and @out are known
 * @endpoint: what connect() was called with, or NULL
 * @local: own address, or NULL
 * @remote: its address, or NULL
 * @type: its socket type, or NULL
 * @reason: name of why the last connection or attempt ended, or NULL
 * @error: the same in words, or NULL
 * @routing_id: what it calls itself, or is called here
 * @in: messages from it
 * @out: messages to it
 */
struct zss_peer {
	uint64_t socket;
	uint64_t id;
	uint64_t to;
	uint32_t state;
	uint32_t flags;
	uint32_t listener;
	uint32_t number;
	uint32_t zmtp;
	uint32_t mechanism;
	uint32_t ms_left;
	uint32_t attempts;
	uint32_t connects;
	bool limited;
	bool queues;
	char *endpoint;
	char *local;
	char *remote;
	char *type;
	char *reason;
	char *error;
	struct zss_bytes routing_id;
	struct zss_queue in;
	struct zss_queue out;
};

/**
 * struct zss_list - a growing array
 * @rows: the rows
 * @count: how many there are
 * @room: how many fit
 */
struct zss_list {
	void *rows;
	size_t count;
	size_t room;
};

/**
 * struct zss_socket - a socket
 * @id: its number
 * @inode: as in /proc/PID/fd, 0 if nobody has it open
 * @cookie: what SO_COOKIE says
 * @type: ZMQ_PAIR...
 * @state: ZMQ_SOCKET_STATE_*
 * @uid: owner
 * @pid: process that made it, 0 if it can't be seen from here
 * @ctx: number of its context, 0 if it has none yet
 * @sndhwm: ZMQ_SNDHWM
 * @rcvhwm: ZMQ_RCVHWM
 * @linger: ZMQ_LINGER
 * @gone: the process has ended
 * @readable: a message can be read
 * @writable: a message can be sent
 * @comm: the process's name when it made the socket
 * @error: why the last call or connection failed
 * @msgs_in: messages received by the program
 * @msgs_out: messages sent by it
 * @bytes_in: payload of @msgs_in
 * @bytes_out: payload of @msgs_out
 * @drops: messages dropped
 * @connects: connections that worked
 * @disconnects: of these, how many were lost
 * @failures: attempts that failed
 * @queued_in: messages waiting to be read, of all peers
 * @queued_out: messages waiting to be sent, to all peers
 * @dropped: struct zss_drop
 * @endpoints: struct zss_endpoint
 * @peers: struct zss_peer
 */
struct zss_socket {
	uint64_t id;
	uint64_t inode;
	uint64_t cookie;
	uint32_t type;
	uint32_t state;
	uint32_t uid;
	uint32_t pid;
	uint32_t ctx;
	uint32_t sndhwm;
	uint32_t rcvhwm;
	int32_t linger;
	bool gone;
	bool readable;
	bool writable;
	char *comm;
	char *error;
	uint64_t msgs_in;
	uint64_t msgs_out;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t drops;
	uint64_t connects;
	uint64_t disconnects;
	uint64_t failures;
	uint64_t queued_in;
	uint64_t queued_out;
	struct zss_list dropped;
	struct zss_list endpoints;
	struct zss_list peers;
};

/**
 * struct zss_model - all sockets
 * @sockets: struct zss_socket, by their numbers
 */
struct zss_model {
	struct zss_list sockets;
};

/* A new row, all zero; ends the program if there is no memory. */
void *zss_list_add(struct zss_list *list, size_t size);

struct zss_socket *zss_model_find(const struct zss_model *m, uint64_t id);
/* Join rows to their socket; what has none any more is freed. */
void zss_model_add_endpoint(struct zss_model *m, struct zss_endpoint *e);
void zss_model_add_peer(struct zss_model *m, struct zss_peer *p);
void zss_model_free(struct zss_model *m);

static inline struct zss_socket *zss_socket_at(const struct zss_model *m, size_t i)
{
	return (struct zss_socket *)m->sockets.rows + i;
}

static inline struct zss_peer *zss_peer_at(const struct zss_socket *s, size_t i)
{
	return (struct zss_peer *)s->peers.rows + i;
}

static inline struct zss_endpoint *zss_endpoint_at(const struct zss_socket *s, size_t i)
{
	return (struct zss_endpoint *)s->endpoints.rows + i;
}

static inline struct zss_drop *zss_drop_at(const struct zss_socket *s, size_t i)
{
	return (struct zss_drop *)s->dropped.rows + i;
}

#endif
