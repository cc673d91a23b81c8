/* SPDX-License-Identifier: GPL-2.0-only */
/* Transports: what differs between kinds of lower sockets. */
#ifndef _ZMQ_TRAN_H
#define _ZMQ_TRAN_H

#include <linux/socket.h>

#include "common.h"
#include "options.h"
#include "reason.h"
#include "zmtp/endpoint.h"

struct net;
struct path;
struct sock;
struct socket;
struct zmq_ksock;
struct zmq_ksock_calls;

/**
 * struct zmq_addr - an address of a lower socket
 * @ss: the address
 * @len: its length in bytes; 0: bind() has to make one up
 */
struct zmq_addr {
	struct sockaddr_storage ss;
	int len;
};

/**
 * struct zmq_source - where an accepted connection comes from, for limits
 * @id: tcp: the IPv6 network of 64 bits, which is what one customer is given, or
 *	the IPv4 address, mapped; ipc: the user; zero if nobody knows
 */
struct zmq_source {
	u8 id[16];
};

/**
 * struct zmq_target - where a connection goes
 * @dst: peer
 * @src: own address, if @has_src
 * @has_src: the socket has to be bound to @src first
 */
struct zmq_target {
	struct zmq_addr dst;
	struct zmq_addr src;
	bool has_src;
};

/**
 * struct zmq_lookup - in whose view names are looked up
 * @view: network namespace, root directory and credentials
 * @stop: asked while waiting for the network; true ends the look-up
 * @arg: for @stop
 * @narrow: addresses and names only, no wildcard and no interface
 */
struct zmq_lookup {
	struct zmq_view *view;
	bool (*stop)(void *arg);
	void *arg;
	bool narrow;
};

/*
 * Takes what was read; fewer bytes than offered, 0 or less stop the reading,
 * and what was not taken is offered again next time.
 */
typedef ssize_t (*zmq_tran_feed_t)(void *arg, const u8 *p, size_t n);

/**
 * struct zmq_tran_ops - a transport
 * @id: which one
 * @linked: no lower sockets, see conn/inproc.c: there is nothing else here
 * @bare: callbacks come in process context and without the lower lock; such
 *	sockets are read by us alone, so the lock is ours to take
 * @drain_ms: how long to wait for the peer to take the last bytes, in ms; 0: as
 *	long as ZMQ_LINGER allows
 * @waits: would @target wait for the network?
 * @path: the file that connecting looks up, NULL if there is none. NULL: there
 *	never is one
 * @target: find the addresses of an endpoint to connect to
 * @local: find the address of an endpoint to bind to
 * @open: make a lower socket, options set, that fits any address
 * @source: where a socket that was accepted comes from; @src is zeroed
 * @admits: may this peer connect to who has this view? NULL: everybody may
 * @borrow: is this socket, of the caller's, one to accept from? 0 or -EINVAL
 * @setup: set the options of a socket that was accepted; 0 or an errno
 * @bind: bind to the address and listen; a directory that was made for it is
 *	left in @made, referenced
 * @unmake: remove what @bind made, and drop @made. NULL: it never makes any
 * @connect: start connecting; 0, -EINPROGRESS or another errno
 * @recycle: make the socket one that was never connected; an errno means that
 *	it can't be used again. NULL: it never can
 * @state: 0 connecting, 1 connected, or why it is neither
 * @read: offer all that has arrived to @feed, and tell what else the peer has
 *	sent that ends the connection; the lower lock is held
 * @pending: has something arrived that was not read? Without the lower lock a
 *	guess: it may have been read meanwhile
 * @eof: no more will arrive, and all that did was read; the lower lock is held
 * @unacked: has the peer still to confirm something? As long as it has, the
 *	lower socket's write_space will be called
 * @writable: is there room worth waking a writer for?
 * @answers: does the peer's transport confirm or refuse what it is sent? A
 *	guess without lock, meant for a lower socket that takes nothing
 * @peer: the peer's address as text, without port, as who has this view sees
 *	it; the lower lock is held
 * @name: the endpoint of an address, as ZMQ_LAST_ENDPOINT shows it
 *
 * @target, @local, @open, @bind, @connect and @recycle may sleep and run with
 * the credentials of the endpoint's view; @connect with its root and working
 * directory, too, if @path names a file. @unmake may sleep and takes care of
 * itself.
 */
struct zmq_tran_ops {
	enum zmq_tran_id id;
	bool linked;
	bool bare;
	int drain_ms;
	bool (*waits)(const struct zmq_endpoint *ep);
	const char *(*path)(const struct zmq_endpoint *ep);
	int (*target)(const struct zmq_endpoint *ep,
		      const struct zmq_options *opt,
		      const struct zmq_lookup *lookup, struct zmq_target *t);
	int (*local)(const struct zmq_endpoint *ep,
		     const struct zmq_options *opt,
		     const struct zmq_lookup *lookup, struct zmq_addr *a);
	int (*open)(struct net *net, const struct zmq_options *opt,
		    struct socket **res);
	void (*source)(struct socket *sock, struct zmq_source *src);
	bool (*admits)(struct socket *sock, const struct zmq_options *opt,
		       const struct zmq_view *view);
	int (*borrow)(struct socket *sock);
	int (*setup)(struct socket *sock, const struct zmq_options *opt);
	int (*bind)(struct socket *sock, const struct zmq_addr *a,
		    const struct zmq_options *opt, struct path *made);
	void (*unmake)(struct socket *sock, struct zmq_view *view,
		       struct path *made);
	int (*connect)(struct socket *sock, const struct zmq_target *t,
		       const struct zmq_view *view);
	int (*recycle)(struct socket *sock);
	int (*state)(struct sock *sk);
	enum zmq_reason (*read)(struct zmq_ksock *k, zmq_tran_feed_t feed,
				void *arg);
	bool (*pending)(const struct sock *sk);
	bool (*eof)(struct sock *sk);
	bool (*unacked)(const struct sock *sk);
	bool (*writable)(const struct sock *sk);
	bool (*answers)(const struct sock *sk);
	void (*peer)(struct sock *sk, const struct zmq_view *view, char *buf,
		     size_t size);
	void (*name)(struct net *net, const struct sockaddr_storage *ss,
		     char *buf, size_t size);
};

/* Room for what zmq_tran_ops.peer writes. */
#define ZMQ_PEER_TEXT_MAX	64

extern const struct zmq_tran_ops zmq_tcp_ops;
extern const struct zmq_tran_ops zmq_inproc_ops;
extern const struct zmq_tran_ops zmq_ipc_ops;

const struct zmq_tran_ops *zmq_tran_find(enum zmq_tran_id id);

#endif /* _ZMQ_TRAN_H */
