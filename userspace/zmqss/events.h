/* SPDX-License-Identifier: GPL-2.0-only */
/* Follow events as they happen. */
#ifndef ZMQSS_EVENTS_H
#define ZMQSS_EVENTS_H

#include "filter.h"
#include "nl.h"
#include "print.h"

/* Prints events until the program is ended; never returns. */
void zss_follow(struct zss_nl *nl, const struct zss_filter *f, const struct zss_style *style,
		bool json);

#endif
