/* SPDX-License-Identifier: GPL-2.0-only */
/* Generic netlink, byte by byte: requests as wrong as they have to be. */
#ifndef TESTS_SYSTEM_ZNL_MSG_H
#define TESTS_SYSTEM_ZNL_MSG_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/zmq_netlink.h>

#include "lib.h"

/* Attribute types below this one are looked at. */
#define ZNL_ATTRS 48

/**
 * struct znl_msg - a message, any bytes
 * @nl: its header
 * @genl: the family's
 * @data: what follows
 */
struct znl_msg {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char data[8192];
};

/**
 * struct znl_answer - how a request ended
 * @err: 0 or an errno
 * @text: what the kernel said about it, or ""
 */
struct znl_answer {
	int err;
	char text[256];
};

/* A netlink socket that gets the kernel's words about errors. */
int znl_socket(void);
/* The number of the family "zmq"; @group: that of its multicast group, if not NULL. */
int znl_family(int fd, int *group);

/* A request without attributes; @flags besides NLM_F_REQUEST. */
void znl_request(struct znl_msg *msg, int fd, int cmd, int flags);
void znl_add(struct znl_msg *msg, int type, const void *data, size_t len);
void znl_add_u64(struct znl_msg *msg, int type, uint64_t n);

/* Called for each message of an answer. */
typedef void (*znl_each_t)(const struct nlattr **attrs, void *arg);
/* Sends @msg and reads all that answers it. */
struct znl_answer znl_ask(int fd, const struct znl_msg *msg, znl_each_t each, void *arg);
/* The parts of it. */
void znl_send(int fd, const struct znl_msg *msg);
/* One read, into @each; false: it was the last one, *@answer is set. */
bool znl_more(int fd, znl_each_t each, void *arg, struct znl_answer *answer);

/* Sorts attributes by type; they have to be whole ones. */
void znl_sort(const void *p, size_t len, const struct nlattr **attrs, int count);
void znl_nested(const struct nlattr *nest, const struct nlattr **attrs);
uint32_t znl_u32(const struct nlattr *a);
uint64_t znl_u64(const struct nlattr *a);
void znl_text(const struct nlattr *a, char *buf, size_t size);
/* Is there an attribute with this text? */
bool znl_is(const struct nlattr *a, const char *text);

#endif
