/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's names in a program, as far as the module's pure code uses them.
 * Every file gets this one first, and the <linux/...> headers that it includes
 * are empty (see the Makefile), so that kmod's files are compiled as they are.
 */
#ifndef ZF_KERNEL_H
#define ZF_KERNEL_H

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
typedef unsigned int gfp_t;

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		((u64)~0ULL)
#define S32_MAX		INT32_MAX
#define S64_MAX		((s64)(U64_MAX >> 1))
#define SZ_4K		0x1000
#define SZ_8K		0x2000
#define SZ_32K		0x8000
#define PAGE_SIZE	4096UL
#define IFNAMSIZ	16
#define UNIX_PATH_MAX	sizeof(((struct sockaddr_un *)0)->sun_path)
/* kmod's table of kernel versions: what it gives is here. */
#define _ZMQ_COMPAT_H

#define __aligned(n)		__attribute__((aligned(n)))
#define __bitwise
#define __force
#define __must_check		__attribute__((warn_unused_result))
#define __maybe_unused		__attribute__((unused))
#define __packed		__attribute__((packed))
#define __user
#define noinline		__attribute__((noinline))
#define fallthrough		__attribute__((fallthrough))
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		__asm__ __volatile__("" : : : "memory")

/* Not built as a kernel with KUnit: nothing is exported. */
#define IS_ENABLED(CONFIG_option)	0

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK(h, l)		((~0UL << (l)) & (~0UL >> (63 - (h))))
#define BITS_PER_TYPE(type)	(sizeof(type) * 8)
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define offsetofend(t, m)	(offsetof(t, m) + sizeof_field(t, m))
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))
#define struct_size(p, m, n)	(sizeof(*(p)) + sizeof((p)->m[0]) * (n))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_up(n, d)		(DIV_ROUND_UP(n, d) * (d))
#ifndef static_assert
#define static_assert(x, ...)	_Static_assert(x, #x)
#endif
#define BUILD_BUG_ON(x)		_Static_assert(!(x), #x)
#define WARN_ON(x)		({ if (x) abort(); 0; })
#define WARN_ON_ONCE(x)		WARN_ON(x)

#define min(a, b)		({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
				   a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
				   a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi)	clamp((t)(v), (t)(lo), (t)(hi))
#define swap(a, b)		do { __typeof__(a) t_ = (a); (a) = (b); (b) = t_; } while (0)

/* Unaligned numbers. */
#define ZF_UNALIGNED(type, order, bits)						\
static inline type get_unaligned_##order##bits(const void *p)			\
{										\
	type v;									\
										\
	memcpy(&v, p, sizeof(v));						\
	return order##bits##toh(v);						\
}										\
static inline void put_unaligned_##order##bits(type v, void *p)			\
{										\
	v = hto##order##bits(v);						\
	memcpy(p, &v, sizeof(v));						\
}

ZF_UNALIGNED(u16, be, 16)
ZF_UNALIGNED(u32, be, 32)
ZF_UNALIGNED(u64, be, 64)
ZF_UNALIGNED(u16, le, 16)
ZF_UNALIGNED(u32, le, 32)
ZF_UNALIGNED(u64, le, 64)

#define cpu_to_le32(v)	htole32(v)
#define cpu_to_le64(v)	htole64(v)
#define le32_to_cpu(v)	le32toh(v)
#define le64_to_cpu(v)	le64toh(v)
#define cpu_to_be64(v)	htobe64(v)
#define be64_to_cpu(v)	be64toh(v)

static inline u32 rol32(u32 v, unsigned int n)
{
	return v << (n & 31) | v >> (-n & 31);
}

static inline int fls(unsigned int v)
{
	return v ? 32 - __builtin_clz(v) : 0;
}

/* One thread, so nothing has to be atomic. */
typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { s64 counter; } atomic64_t;
typedef struct { int refs; } refcount_t;
typedef struct { int unused; } spinlock_t;
typedef struct { uid_t val; } kuid_t;
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };

#define INIT_HLIST_HEAD(h)	((h)->first = NULL)
#define hlist_empty(h)		(!(h)->first)

static inline long atomic_long_read(const atomic_long_t *v)
{
	return v->counter;
}

static inline void atomic_long_add(long n, atomic_long_t *v)
{
	v->counter += n;
}

static inline void atomic_long_sub(long n, atomic_long_t *v)
{
	v->counter -= n;
}

static inline void refcount_set(refcount_t *r, int n)
{
	r->refs = n;
}

static inline void refcount_inc(refcount_t *r)
{
	WARN_ON(r->refs <= 0);
	r->refs++;
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	WARN_ON(r->refs <= 0);
	return --r->refs == 0;
}

/* Time stands still but for a target that moves it. */
#define HZ			250
#define time_before(a, b)	((long)((a) - (b)) < 0)
#define time_after(a, b)	time_before(b, a)
extern unsigned long jiffies;

/* Memory: libc's, which AddressSanitizer watches. */
#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define GFP_ATOMIC		0
#define __GFP_ACCOUNT		0
#define __GFP_NOWARN		0
#define __GFP_NORETRY		0
#define kmalloc(n, gfp)		((void)(gfp), malloc(n))
#define kzalloc(n, gfp)		((void)(gfp), calloc(1, n))
#define kvmalloc(n, gfp)	kmalloc(n, gfp)
#define kfree(p)		free(p)
#define kvfree(p)		free(p)
#define kfree_sensitive(p)	free(p)
#define memzero_explicit(p, n)	explicit_bzero(p, n)
#define crypto_memneq(a, b, n)	(!!memcmp(a, b, n))
#define cond_resched()		do { } while (0)
#define might_sleep()		do { } while (0)

#define MAX_ERRNO		4095
#define ERR_PTR(err)		((void *)(long)(err))
#define PTR_ERR(p)		((long)(p))
#define IS_ERR(p)		((unsigned long)(p) >= (unsigned long)-MAX_ERRNO)

static inline void *kmemdup(const void *p, size_t n, gfp_t gfp)
{
	void *copy = kmalloc(n, gfp);

	return copy ? memcpy(copy, p, n) : NULL;
}

/* What is between a user's memory and a frame: here, just bytes. */
struct iov_iter {
	u8 *p;
	size_t count;
};

static inline size_t copy_to_iter(const void *p, size_t n, struct iov_iter *to)
{
	n = min(n, to->count);
	memcpy(to->p, p, n);
	to->p += n;
	to->count -= n;
	return n;
}

static inline bool copy_from_iter_full(void *p, size_t n, struct iov_iter *from)
{
	if (n > from->count)
		return false;
	memcpy(p, from->p, n);
	from->p += n;
	from->count -= n;
	return true;
}

/* The network, as far as addresses in numbers need it: one interface, "lo". */
struct net { int unused; };
struct net_device { int ifindex; };
extern struct net init_net;
struct net_device *dev_get_by_name_rcu(struct net *net, const char *name);

#define rcu_read_lock()		do { } while (0)
#define rcu_read_unlock()	do { } while (0)

static inline void ipv6_addr_set_v4mapped(__be32 addr, struct in6_addr *out)
{
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = 0xff;
	out->s6_addr[11] = 0xff;
	memcpy(out->s6_addr + 12, &addr, sizeof(addr));
}

bool ipv6_prefix_equal(const struct in6_addr *a, const struct in6_addr *b, unsigned int bits);
int in6_pton(const char *s, int len, u8 *out, int delim, const char **end);
ssize_t strscpy(char *out, const char *s, size_t size);
int kstrtou8(const char *s, unsigned int base, u8 *out);
int kstrtou32(const char *s, unsigned int base, u32 *out);
int kstrtouint(const char *s, unsigned int base, unsigned int *out);

void get_random_bytes(void *p, size_t n);

/* Curve25519 and Poly1305: libsodium's, see crypto.c. */
#define CURVE25519_KEY_SIZE	32
#define POLY1305_KEY_SIZE	32
#define POLY1305_DIGEST_SIZE	16

struct poly1305_desc_ctx {
	u64 state[32];
} __aligned(16);

void curve25519_clamp_secret(u8 *secret);
bool curve25519(u8 *out, const u8 *secret, const u8 *point);
bool curve25519_generate_public(u8 *public, const u8 *secret);
void poly1305_init(struct poly1305_desc_ctx *c, const u8 *key);
void poly1305_update(struct poly1305_desc_ctx *c, const u8 *p, unsigned int n);
void poly1305_final(struct poly1305_desc_ctx *c, u8 *tag);

/* Its beginning decides what a run of the fuzzer's draws as random bytes. */
void zf_seed_random(u64 seed);

#endif /* ZF_KERNEL_H */
