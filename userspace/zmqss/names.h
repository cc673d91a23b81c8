/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the kernel's interface as words. */
#ifndef ZMQSS_NAMES_H
#define ZMQSS_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Room for a name, "?" and a number included. */
#define ZSS_NAME_MAX	24

/**
 * struct zss_names - names of numbers
 * @names: the names
 * @count: how many
 *
 * What is unknown, because a later kernel has more, is "?" and the number.
 */
struct zss_names {
	const char *const *names;
	size_t count;
};

extern const struct zss_names zss_types;
extern const struct zss_names zss_socket_states;
extern const struct zss_names zss_endpoint_kinds;
extern const struct zss_names zss_peer_states;
extern const struct zss_names zss_mechanisms;
/* By bit. */
extern const struct zss_names zss_events;
extern const struct zss_names zss_peer_flags;

const char *zss_name(const struct zss_names *names, uint32_t n, char *buf);
/* The name of the one bit that is set. */
const char *zss_bit_name(const struct zss_names *names, uint32_t bits, char *buf);
/* The number of a name, whatever its case, or -1. */
int zss_number(const struct zss_names *names, const char *name);

#endif
