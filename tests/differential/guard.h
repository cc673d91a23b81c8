/* SPDX-License-Identifier: GPL-2.0-only */
/* A ZAP handler that always answers the same, and ends of a connection that it guards. */
#ifndef TESTS_DIFFERENTIAL_GUARD_H
#define TESTS_DIFFERENTIAL_GUARD_H

#include "../system/zgate.h"
#include "ends.h"

/* What it answers; made good again by zap_answer_with(), to be spoilt. */
extern struct zg_reply zap_answer;
struct zg_reply *zap_answer_with(void);

/* Another one: lets nobody in. */
void zap_judge_no(const struct zg_request *request, struct zg_reply *reply);

/* Starts it, on a socket of @type. */
void zap_guard(int type);
/* The same, and a ROUTER with the domain "global" that a DEALER can connect to. */
struct ends zap_guarded(int type, int mechanism);

/* A ROUTER that a DEALER can connect to, by a mechanism: @domain may be NULL. */
struct ends zap_ends(int mechanism, const char *domain, bool enforce);
/* Says the next failure without a code, with its errno. */
void zap_say_failure(void *watched);

#endif
