/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libzmq.so.5 tells zmqk about itself. Not libzmq's API: both are of one
 * build. The symbol af_zmq_choice is also the mark by which a copy of this
 * library is told from a stock one.
 */
#ifndef AF_ZMQ_CHOICE_H
#define AF_ZMQ_CHOICE_H

/**
 * enum af_zmq_library - who does the work
 * @AF_ZMQ_AUTO: as a wish only: the kernel, else the stock library
 * @AF_ZMQ_KERNEL: the kernel's sockets
 * @AF_ZMQ_STOCK: a stock libzmq
 * @AF_ZMQ_NOBODY: as a result only: zmq_socket() fails
 */
enum af_zmq_library {
	AF_ZMQ_AUTO,
	AF_ZMQ_KERNEL,
	AF_ZMQ_STOCK,
	AF_ZMQ_NOBODY,
};

/**
 * struct af_zmq_choice - which library does the work of a process, and why
 * @wish: what the environment variable AF_ZMQ asks for
 * @wish_unknown: it has another value, @wish is AF_ZMQ_AUTO
 * @uses: the library
 * @family: number of the socket family
 * @refused: errno of socket() with that family, 0: it works, or has not been
 *	asked because @wish is AF_ZMQ_STOCK
 * @stock: file of the stock library if one was looked for and found, else NULL;
 *	valid for ever
 * @stock_version: its version
 * @stock_named: value of the environment variable AF_ZMQ_STOCK or NULL
 * @stock_handle: its handle for dlsym(), NULL without @stock
 */
struct af_zmq_choice {
	enum af_zmq_library wish;
	int wish_unknown;
	enum af_zmq_library uses;
	int family;
	int refused;
	const char *stock;
	int stock_version[3];
	const char *stock_named;
	void *stock_handle;
};

void af_zmq_choice(struct af_zmq_choice *choice);

#endif /* AF_ZMQ_CHOICE_H */
