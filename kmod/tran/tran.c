// SPDX-License-Identifier: GPL-2.0-only
/* Transports: the table. */
#include <linux/kernel.h>

#include "tran/tran.h"

static const struct zmq_tran_ops *const zmq_trans[] = {
	&zmq_tcp_ops,
	&zmq_inproc_ops,
	&zmq_ipc_ops,
};

/**
 * zmq_tran_find() - operations of a transport
 * @id: which one
 *
 * Return: the operations, or NULL for a transport that is not built.
 */
const struct zmq_tran_ops *zmq_tran_find(enum zmq_tran_id id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_trans); i++)
		if (zmq_trans[i]->id == id)
			return zmq_trans[i];
	return NULL;
}
