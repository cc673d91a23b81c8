/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which library does the work of this process. api.c asks at the first call of
 * any function, and never again.
 */
#ifndef SHIM_CHOOSE_H
#define SHIM_CHOOSE_H

#include "choice.h"

void shim_choose_announce(const struct af_zmq_choice *choice);

/* stock.c */
void shim_stock_find(struct af_zmq_choice *choice);
void shim_stock_drop(struct af_zmq_choice *choice);

#endif /* SHIM_CHOOSE_H */
