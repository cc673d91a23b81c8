/* SPDX-License-Identifier: GPL-2.0-only */
/* A ZAP handler that always answers the same, and ends of a connection that it guards. */
#ifndef TESTS_DIFFERENTIAL_GUARD_H
#define TESTS_DIFFERENTIAL_GUARD_H

#include "../system/zgate.h"
#include "ends.h"

/* What it answers; made good again by zap_answer_with(), to be spoilt. */
extern struct zg_reply zap_answer;
struct zg_reply *zap_answer_with(void);

/* Starts it, on a socket of @type. */
void zap_guard(int type);
/* The same, and a ROUTER with the domain "global" that a DEALER can connect to. */
struct ends zap_guarded(int type, int mechanism);

#endif
