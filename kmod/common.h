/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that every layer may use. */
#ifndef _ZMQ_COMMON_H
#define _ZMQ_COMMON_H

#include <linux/export.h>
#include <linux/types.h>

struct zmq_conn;
struct zmq_ctx;
struct zmq_endpoint;
struct zmq_frame;
struct zmq_listener;
struct zmq_mem;
struct zmq_pipe;
struct zmq_props;
struct zmq_session;
struct zmq_sock;
struct zmq_view;

/*
 * Internals that the KUnit module calls. They are exported only where KUnit
 * exists, so a production kernel's module exports nothing.
 */
#if IS_ENABLED(CONFIG_KUNIT)
#define EXPORT_SYMBOL_KUNIT(sym) EXPORT_SYMBOL_GPL(sym)
#else
#define EXPORT_SYMBOL_KUNIT(sym)
#endif

#endif /* _ZMQ_COMMON_H */
