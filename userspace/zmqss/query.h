/* SPDX-License-Identifier: GPL-2.0-only */
/* Ask the kernel for everything. */
#ifndef ZMQSS_QUERY_H
#define ZMQSS_QUERY_H

#include "model.h"
#include "nl.h"

/* Fills the model; @id asks for one socket, 0 for all. */
void zss_query(struct zss_nl *nl, uint64_t id, struct zss_model *m);

#endif
