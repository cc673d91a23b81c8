/* SPDX-License-Identifier: GPL-2.0-only */
/* Show sockets. */
#ifndef ZMQSS_PRINT_H
#define ZMQSS_PRINT_H

#include "filter.h"
#include "model.h"

/**
 * struct zss_style - how to show them
 * @brief: sockets only, not their endpoints and peers
 * @numeric: users as numbers
 * @headless: no line of titles
 */
struct zss_style {
	bool brief;
	bool numeric;
	bool headless;
};

/* Room for the name of a user. */
#define ZSS_USER_MAX	33

/* Name or number of a user; @buf has ZSS_USER_MAX bytes. */
const char *zss_user(uint32_t uid, bool numeric, char *buf);

void zss_print_text(const struct zss_model *m, const struct zss_filter *f,
		    const struct zss_style *style);
void zss_print_json(const struct zss_model *m, const struct zss_filter *f,
		    const struct zss_style *style);

#endif
