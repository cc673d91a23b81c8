/* SPDX-License-Identifier: GPL-2.0-only */
/* A context made by netlink, for each test. */
#ifndef TESTS_SYSTEM_NATIVE_CTX_H
#define TESTS_SYSTEM_NATIVE_CTX_H

#include "native_test.h"

#include "znl_ctx.h"

FIXTURE(ctx)
{
	int nl;
	struct znl_ctx c;
};

FIXTURE_SETUP(ctx)
{
	self->nl = znl_socket();
	ASSERT_EQ(0, znl_ctx_new(self->nl, NULL, &self->c));
}

/* Ended already, or now; nobody is left in it. */
FIXTURE_TEARDOWN(ctx)
{
	int err = znl_ctx_term(self->nl, self->c.id, 999);

	if (!err)
		znl_ctx_ended(self->nl, self->c.id, 999, zt_scaled(NZ_TIMEO));
	else
		EXPECT_EQ(ENOENT, err);
	close(self->nl);
}

static inline struct znl_ctx get(int nl, uint32_t id)
{
	struct znl_ctx c;

	zt_eq(znl_ctx_get(nl, id, &c), 0);
	return c;
}

static inline int joined(int type, uint32_t id)
{
	int fd = nz_socket(type);

	zt_ok(nz_set(fd, ZMQ_NATIVE_CTX, id));
	return fd;
}

#endif
