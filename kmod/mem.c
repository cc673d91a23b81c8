// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes of queued messages, charged to the user who owns the socket.
 *
 * High-water marks count messages, so they bound nothing in bytes, and 0
 * means no mark at all. Memory cgroups bound those who have one. This account
 * bounds everybody else: one user can't take the memory of all others,
 * neither by sending nor by letting peers send.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "mem.h"

static ulong zmq_user_mem_max;
module_param_named(user_mem_max, zmq_user_mem_max, ulong, 0644);
MODULE_PARM_DESC(user_mem_max,
		 "Bytes of messages that all sockets of one user may hold (0: a quarter of the memory)");

static DEFINE_MUTEX(zmq_mem_lock);
static LIST_HEAD(zmq_mem_list);

/**
 * zmq_mem_get() - the account of a user, for one socket
 * @uid: the user
 *
 * Context: may sleep.
 * Return: the account, to be given back by zmq_mem_put(), or NULL.
 */
struct zmq_mem *zmq_mem_get(kuid_t uid)
{
	struct zmq_mem *mem;

	mutex_lock(&zmq_mem_lock);
	list_for_each_entry(mem, &zmq_mem_list, node)
		if (uid_eq(mem->uid, uid))
			goto found;

	mem = kzalloc(sizeof(*mem), GFP_KERNEL);
	if (!mem)
		goto out;
	mem->uid = uid;
	list_add(&mem->node, &zmq_mem_list);
found:
	mem->sockets++;
out:
	mutex_unlock(&zmq_mem_lock);
	return mem;
}

/**
 * zmq_mem_hold() - one more user of an account
 * @mem: the account, held by somebody else meanwhile
 *
 * Context: may sleep. To be given back by zmq_mem_put().
 */
void zmq_mem_hold(struct zmq_mem *mem)
{
	mutex_lock(&zmq_mem_lock);
	mem->sockets++;
	mutex_unlock(&zmq_mem_lock);
}

/**
 * zmq_mem_put() - a socket no longer uses the account
 * @mem: the account
 *
 * Context: may sleep. All that the socket charged has been given back.
 */
void zmq_mem_put(struct zmq_mem *mem)
{
	mutex_lock(&zmq_mem_lock);
	if (!--mem->sockets) {
		list_del(&mem->node);
		WARN_ON_ONCE(atomic_long_read(&mem->used));
		kfree(mem);
	}
	mutex_unlock(&zmq_mem_lock);
}

/**
 * zmq_mem_max() - bytes that one user may hold
 *
 * Return: the limit now in force.
 */
unsigned long zmq_mem_max(void)
{
	unsigned long max = READ_ONCE(zmq_user_mem_max);

	return max ? max : totalram_pages() << (PAGE_SHIFT - 2);
}
EXPORT_SYMBOL_KUNIT(zmq_mem_max);

/**
 * zmq_mem_charge() - charge bytes before they are allocated
 * @mem: the account
 * @bytes: how many
 *
 * Context: any.
 * Return: false where the user would exceed the limit; nothing is charged.
 */
bool zmq_mem_charge(struct zmq_mem *mem, size_t bytes)
{
	if (likely(atomic_long_add_return(bytes, &mem->used) <= zmq_mem_max()))
		return true;
	atomic_long_sub(bytes, &mem->used);
	return false;
}
