// SPDX-License-Identifier: GPL-2.0-only
/* Options of a socket: default values, and snapshots for endpoints. */
#include <linux/slab.h>

#include "options.h"
#include "sock.h"

/**
 * zmq_options_init() - default values
 * @opt: the options
 * @type: socket type
 */
void zmq_options_init(struct zmq_options *opt, int type)
{
	memset(opt, 0, sizeof(*opt));
	opt->maxmsgsize = -1;
	/* SUB and XSUB have nothing to say at the end (API page, 2.2). */
	opt->linger = type == ZMQ_SUB || type == ZMQ_XSUB ? 0 : -1;
	opt->sndhwm = 1000;
	opt->rcvhwm = 1000;
	opt->sndbuf = -1;
	opt->rcvbuf = -1;
	opt->sndtimeo = -1;
	opt->rcvtimeo = -1;
	opt->reconnect_ivl = 100;
	opt->backlog = 100;
	opt->keepalive = -1;
	opt->keepalive_cnt = -1;
	opt->keepalive_idle = -1;
	opt->keepalive_intvl = -1;
	opt->use_fd = -1;
	opt->handshake_ivl = 30000;
	opt->heartbeat_timeout = -1;
	opt->raw = type == ZMQ_STREAM;
	opt->in_batch_size = 8192;
	opt->out_batch_size = 8192;
	opt->rate = 100;
	opt->recovery_ivl = 10000;
	opt->multicast_hops = 1;
	opt->multicast_maxtpdu = 1500;
	opt->multicast_loop = 1;
}
EXPORT_SYMBOL_KUNIT(zmq_options_init);

/* They have two names each. */
static_assert(sizeof_field(struct zmq_options, blobs) ==
	      offsetofend(struct zmq_options, hiccup) -
	      offsetof(struct zmq_options, device));

/**
 * zmq_options_drop() - give back what options hold
 * @opt: the options, not to be used any more
 *
 * Keys and passwords are wiped.
 */
void zmq_options_drop(struct zmq_options *opt)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(opt->blobs); i++)
		zmq_blob_put(opt->blobs[i]);
	memzero_explicit(opt, sizeof(*opt));
}
EXPORT_SYMBOL_KUNIT(zmq_options_drop);

/**
 * zmq_options_get() - the options as they are now, for an endpoint
 * @zs: the socket, its lock_sock held
 *
 * Return: a snapshot, to be given back by zmq_options_put(), or NULL.
 */
const struct zmq_options *zmq_options_get(struct zmq_sock *zs)
{
	struct zmq_options *opt;
	size_t i;

	if (zs->snapshot)
		return zmq_options_hold(zs->snapshot);
	opt = kmemdup(&zs->opt, sizeof(zs->opt), GFP_KERNEL_ACCOUNT);
	if (!opt)
		return NULL;
	refcount_set(&opt->ref, 1);
	for (i = 0; i < ARRAY_SIZE(opt->blobs); i++)
		zmq_blob_hold(opt->blobs[i]);
	zs->snapshot = opt;
	return zmq_options_hold(opt);
}

/**
 * zmq_options_hold() - one more holder of a snapshot
 * @opt: the snapshot
 *
 * Return: @opt.
 */
const struct zmq_options *zmq_options_hold(const struct zmq_options *opt)
{
	refcount_inc(&((struct zmq_options *)opt)->ref);
	return opt;
}

/**
 * zmq_options_put() - give a snapshot back
 * @opt: the snapshot, or NULL
 *
 * Context: any.
 */
void zmq_options_put(const struct zmq_options *opt)
{
	struct zmq_options *mine = (struct zmq_options *)opt;

	if (!mine || !refcount_dec_and_test(&mine->ref))
		return;
	zmq_options_drop(mine);
	kfree(mine);
}

/**
 * zmq_options_changed() - the next endpoint needs a new snapshot
 * @zs: the socket, its lock_sock held
 */
void zmq_options_changed(struct zmq_sock *zs)
{
	zmq_options_put(zs->snapshot);
	zs->snapshot = NULL;
}
