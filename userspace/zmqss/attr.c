// SPDX-License-Identifier: GPL-2.0-only
/* Netlink attributes into members of a struct, by a table. */
#include <err.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "model.h"

static void zss_attr_nested(const struct nlattr *nest, const struct zss_field *fields, void *obj);

static void zss_attr_need(const struct nlattr *a, enum mnl_attr_data_type type)
{
	if (mnl_attr_validate(a, type) < 0)
		err(1, "attribute %d", mnl_attr_get_type(a));
}

/* A copy with a NUL behind it, whatever is in it. */
static char *zss_attr_copy(const struct nlattr *a, size_t *len)
{
	char *p;

	*len = mnl_attr_get_payload_len(a);
	p = malloc(*len + 1);
	if (!p)
		err(1, "%zu bytes", *len);
	memcpy(p, mnl_attr_get_payload(a), *len);
	p[*len] = 0;
	return p;
}

static void zss_attr_bytes(const struct nlattr *a, struct zss_bytes *b)
{
	free(b->p);
	b->p = zss_attr_copy(a, &b->len);
}

static void zss_attr_text(const struct nlattr *a, char **text)
{
	size_t len;

	free(*text);
	*text = zss_attr_copy(a, &len);
}

static void zss_attr_store(const struct nlattr *a, const struct zss_field *f, void *member)
{
	switch (f->kind) {
	case ZSS_U32:
		zss_attr_need(a, MNL_TYPE_U32);
		*(uint32_t *)member = mnl_attr_get_u32(a);
		break;
	case ZSS_U64:
		zss_attr_need(a, MNL_TYPE_U64);
		*(uint64_t *)member = mnl_attr_get_u64(a);
		break;
	case ZSS_TEXT:
		zss_attr_text(a, member);
		break;
	case ZSS_BYTES:
		zss_attr_bytes(a, member);
		break;
	case ZSS_FLAG:
		*(bool *)member = true;
		break;
	case ZSS_NEST:
		zss_attr_nested(a, f->fields, member);
		break;
	case ZSS_ROWS:
		zss_attr_nested(a, f->fields, zss_list_add(member, f->size));
		break;
	}
}

static void zss_attr_one(const struct nlattr *a, const struct zss_field *fields, void *obj)
{
	const struct zss_field *f;

	for (f = fields; f->attr; f++)
		if (f->attr == mnl_attr_get_type(a))
			zss_attr_store(a, f, (char *)obj + f->offset);
}

static void zss_attr_nested(const struct nlattr *nest, const struct zss_field *fields, void *obj)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest)
		zss_attr_one(a, fields, obj);
}

void zss_attr_read(const struct nlmsghdr *nlh, const struct zss_field *fields, void *obj)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr))
		zss_attr_one(a, fields, obj);
}
