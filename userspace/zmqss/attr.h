/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink attributes into members of a struct, by a table. */
#ifndef ZMQSS_ATTR_H
#define ZMQSS_ATTR_H

#include <libmnl/libmnl.h>
#include <stddef.h>

/**
 * enum zss_kind - what an attribute has, and its member is
 * @ZSS_U32: uint32_t; also int32_t
 * @ZSS_U64: uint64_t
 * @ZSS_TEXT: char *, allocated
 * @ZSS_BYTES: struct zss_bytes, allocated
 * @ZSS_FLAG: bool: the attribute is there
 * @ZSS_NEST: a struct with a table of its own
 * @ZSS_ROWS: struct zss_list; each attribute of this type adds a row of a
 *	table of its own
 */
enum zss_kind {
	ZSS_U32,
	ZSS_U64,
	ZSS_TEXT,
	ZSS_BYTES,
	ZSS_FLAG,
	ZSS_NEST,
	ZSS_ROWS,
};

/**
 * struct zss_field - where an attribute goes
 * @attr: its type; 0 ends a table
 * @kind: what it has
 * @offset: of the member
 * @fields: of ZSS_NEST and ZSS_ROWS
 * @size: of a row of ZSS_ROWS
 */
struct zss_field {
	int attr;
	enum zss_kind kind;
	size_t offset;
	const struct zss_field *fields;
	size_t size;
};

/* A line of a table. */
#define ZSS_FIELD(kind, attr, type, member) { attr, kind, offsetof(type, member) }

/*
 * Reads the attributes of @nlh behind its generic netlink header. Attributes
 * that are in no table are left out: a later kernel may have more of them. One
 * of another size than expected ends the program.
 */
void zss_attr_read(const struct nlmsghdr *nlh, const struct zss_field *fields, void *obj);

#endif
