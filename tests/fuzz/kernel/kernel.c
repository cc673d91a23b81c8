// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module's pure code calls of the kernel, and of parts of the module
 * that are not pure: as much as it needs, with the same promises.
 */
#include <arpa/inet.h>

#include "fuzz.h"
#include "mem.h"

struct net init_net;
unsigned long jiffies = -10UL * HZ;

/* Where zmq_mem_charge() says no; a fuzzer asks for little. */
#define ZF_MEM_MAX	(16L << 20)

/**
 * zmq_mem_max() - as kmod/mem.c
 *
 * Return: bytes an account may hold.
 */
unsigned long zmq_mem_max(void)
{
	return ZF_MEM_MAX;
}

/**
 * zmq_mem_charge() - as kmod/mem.c
 * @mem: the account
 * @bytes: how many
 *
 * Return: is there so much left?
 */
bool zmq_mem_charge(struct zmq_mem *mem, size_t bytes)
{
	if (mem->used.counter + (long)bytes > ZF_MEM_MAX)
		return false;
	atomic_long_add(bytes, &mem->used);
	return true;
}

/**
 * dev_get_by_name_rcu() - look an interface up
 * @net: unused
 * @name: its name
 *
 * Return: the one that there is, "lo", or NULL.
 */
struct net_device *dev_get_by_name_rcu(struct net *net, const char *name)
{
	static struct net_device lo = { .ifindex = 1 };

	(void)net;
	return strcmp(name, "lo") ? NULL : &lo;
}

/**
 * ipv6_prefix_equal() - do two addresses begin alike?
 * @a: one
 * @b: the other
 * @bits: how many bits count
 *
 * Return: true if so.
 */
bool ipv6_prefix_equal(const struct in6_addr *a, const struct in6_addr *b, unsigned int bits)
{
	unsigned int i;

	for (i = 0; i < bits; i++)
		if ((a->s6_addr[i / 8] ^ b->s6_addr[i / 8]) & (0x80 >> i % 8))
			return false;
	return true;
}

/**
 * in6_pton() - an IPv6 address in numbers
 * @s: the text
 * @len: -1: up to its NUL
 * @out: the address
 * @delim: a character that ends it, -1 for none
 * @end: set to where it ends
 *
 * By libc's inet_pton(); the kernel's own is not what is tested here.
 *
 * Return: 1, or 0 if it is none.
 */
int in6_pton(const char *s, int len, u8 *out, int delim, const char **end)
{
	char text[INET6_ADDRSTRLEN];
	size_t n = strspn(s, "0123456789abcdefABCDEF:.");

	zf_check(len == -1);
	if (n >= sizeof(text) || (s[n] && s[n] != delim))
		return 0;
	memcpy(text, s, n);
	text[n] = 0;
	if (inet_pton(AF_INET6, text, out) != 1)
		return 0;
	*end = s + n;
	return 1;
}

/**
 * strscpy() - copy a string as far as there is room
 * @out: where to
 * @s: the string
 * @size: bytes of @out
 *
 * Return: its length, or -E2BIG.
 */
ssize_t strscpy(char *out, const char *s, size_t size)
{
	size_t len = strnlen(s, size);

	if (len < size) {
		memcpy(out, s, len + 1);
		return len;
	}
	if (size) {
		memcpy(out, s, size - 1);
		out[size - 1] = 0;
	}
	return -E2BIG;
}

/**
 * kstrtou32() - a number
 * @s: its digits; a '+' in front and a newline behind are allowed
 * @base: 10; no other is used
 * @out: the number
 *
 * Return: 0, -EINVAL, or -ERANGE.
 */
int kstrtou32(const char *s, unsigned int base, u32 *out)
{
	u64 v = 0;
	int digits;

	zf_check(base == 10);
	s += *s == '+';
	for (digits = 0; *s >= '0' && *s <= '9'; s++, digits++) {
		v = v * 10 + (*s - '0');
		if (v > U32_MAX)
			return -ERANGE;
	}
	if (!digits || (*s && strcmp(s, "\n")))
		return -EINVAL;
	*out = v;
	return 0;
}

/**
 * kstrtouint() - a number, see kstrtou32()
 * @s: its digits
 * @base: 10
 * @out: the number
 *
 * Return: 0, -EINVAL, or -ERANGE.
 */
int kstrtouint(const char *s, unsigned int base, unsigned int *out)
{
	return kstrtou32(s, base, out);
}

/**
 * kstrtou8() - a small number, see kstrtou32()
 * @s: its digits
 * @base: 10
 * @out: the number
 *
 * Return: 0, -EINVAL, or -ERANGE.
 */
int kstrtou8(const char *s, unsigned int base, u8 *out)
{
	u32 v;
	int err = kstrtou32(s, base, &v);

	if (err)
		return err;
	if (v > U8_MAX)
		return -ERANGE;
	*out = v;
	return 0;
}

static u64 zf_random = 1;

/**
 * zf_seed_random() - what get_random_bytes() draws from now on
 * @seed: any number; a run has to be the same each time
 */
void zf_seed_random(u64 seed)
{
	zf_random = seed | 1;
}

/**
 * get_random_bytes() - bytes that look random
 * @p: where to
 * @n: how many
 */
void get_random_bytes(void *p, size_t n)
{
	u8 *out = p;

	while (n--) {
		zf_random ^= zf_random << 13;
		zf_random ^= zf_random >> 7;
		zf_random ^= zf_random << 17;
		*out++ = zf_random >> 24;
	}
}
