/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Deprecated: the stopwatch, the threads and the keys that were declared here
 * are in zmq.h.
 */
#ifndef __ZMQ_UTILS_H_INCLUDED__
#define __ZMQ_UTILS_H_INCLUDED__

#include "zmq.h"

#endif /* __ZMQ_UTILS_H_INCLUDED__ */
