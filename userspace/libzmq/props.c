// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties of peers: from the kernel's form to strings, and found by name.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "props.h"

/* Bytes around name and value: length of the name, length of the value. */
#define SHIM_PROP_LENGTHS (1 + sizeof(uint32_t))

/**
 * struct shim_prop - a property in the kernel's message
 * @name: the name
 * @value: the value
 * @name_len: bytes of @name
 * @value_len: bytes of @value
 */
struct shim_prop {
	const unsigned char *name;
	const unsigned char *value;
	size_t name_len;
	size_t value_len;
};

/* Return: bytes of the property at @p, or 0 if @left bytes hold none. */
static size_t shim_prop_read(struct shim_prop *prop, const unsigned char *p,
			     size_t left)
{
	uint32_t len;

	if (left < SHIM_PROP_LENGTHS || left - SHIM_PROP_LENGTHS < p[0])
		return 0;
	prop->name_len = p[0];
	prop->name = p + 1;
	memcpy(&len, prop->name + prop->name_len, sizeof(len));
	prop->value_len = be32toh(len);
	prop->value = prop->name + prop->name_len + sizeof(len);
	if (left - SHIM_PROP_LENGTHS - prop->name_len < prop->value_len)
		return 0;
	return SHIM_PROP_LENGTHS + prop->name_len + prop->value_len;
}

static char *shim_prop_copy(char *to, const unsigned char *from, size_t len)
{
	memcpy(to, from, len);
	to[len] = '\0';
	return to + len + 1;
}

/*
 * The text takes less room than the kernel's form. A name with a NUL can't be
 * asked for, and a value ends for the program where it has one.
 */
static struct shim_props *shim_props_make(const unsigned char *p, size_t left,
					  uint32_t number)
{
	struct shim_props *props = malloc(sizeof(*props) + left + 1);
	struct shim_prop prop;
	char *text;
	size_t n;

	if (!props)
		return NULL;
	atomic_init(&props->refs, 1);
	props->number = number;
	text = props->text;
	while ((n = shim_prop_read(&prop, p, left))) {
		if (prop.name_len && !memchr(prop.name, '\0', prop.name_len)) {
			text = shim_prop_copy(text, prop.name, prop.name_len);
			text = shim_prop_copy(text, prop.value,
					      strnlen((const char *)prop.value,
						      prop.value_len));
		}
		p += n;
		left -= n;
	}
	*text = '\0';
	return props;
}

/**
 * shim_props_update() - note whom the kernel has told of
 * @told: the caller's reference, or NULL; replaced if there are other ones
 * @hdr: from recvmsg() with ZMQ_RECV_KNOWN()
 *
 * Without memory the message has no properties, and the kernel will tell them
 * with the next one.
 *
 * Return: true if the kernel had something to tell.
 */
bool shim_props_update(struct shim_props **told, struct msghdr *hdr)
{
	const unsigned char *data = NULL;
	struct cmsghdr *cmsg;
	uint32_t number = 0;
	size_t len = 0;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg; cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		if (cmsg->cmsg_level != SOL_ZMQ)
			continue;
		if (cmsg->cmsg_type == ZMQ_CMSG_KNOWN) {
			memcpy(&number, CMSG_DATA(cmsg), sizeof(number));
		} else if (cmsg->cmsg_type == ZMQ_CMSG_PROPS) {
			data = CMSG_DATA(cmsg);
			len = cmsg->cmsg_len - CMSG_LEN(0);
		}
	}
	if (!number)
		return false;
	shim_props_put(*told);
	*told = data ? shim_props_make(data, len, number) : NULL;
	return true;
}

/**
 * shim_props_find() - a property by name
 * @props: the properties, or NULL
 * @name: the name; upper and lower case differ
 *
 * Return: its value, or NULL.
 */
const char *shim_props_find(const struct shim_props *props, const char *name)
{
	const char *text, *value;

	if (!props)
		return NULL;
	for (text = props->text; *text; text = value + strlen(value) + 1) {
		value = text + strlen(text) + 1;
		if (!strcmp(text, name))
			return value;
	}
	return NULL;
}

/**
 * shim_props_free() - the last reference has gone
 * @props: the properties
 */
SHIM_COLD void shim_props_free(struct shim_props *props)
{
	free(props);
}
