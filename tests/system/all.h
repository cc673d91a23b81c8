/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of api_all, by file. */
#ifndef TESTS_SYSTEM_ALL_H
#define TESTS_SYSTEM_ALL_H

#include "zapi.h"

/* A PULL of @ctx on tcp and a PUSH that is connected to it. */
void all_pipeline(void *ctx, void **pull, void **push);

/* all_msg.c */
void all_message_objects(const void *arg);
void all_message_copies(const void *arg);
void all_message_exchange(const void *arg);
void all_buffers(const void *arg);
void all_iov(const void *arg);

/* all_proxy.c */
void all_proxy(const void *arg);
void all_proxy_steerable(const void *arg);
void all_device(const void *arg);
void all_monitor(const void *arg);

/* all_util.c */
void all_keys(const void *arg);
void all_counters(const void *arg);
void all_timers(const void *arg);
void all_clock(const void *arg);

#endif
