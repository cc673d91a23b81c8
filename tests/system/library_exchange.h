/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs and plugins of library_test.py do with libzmq. */
#ifndef TESTS_SYSTEM_LIBRARY_EXCHANGE_H
#define TESTS_SYSTEM_LIBRARY_EXCHANGE_H

/*
 * A REQ asks a REP over tcp, inproc and ipc; prints what arrived and how many threads
 * that took. Returns an exit status.
 */
int library_exchange(void);
/* Threads of this process: a stock libzmq has some, the kernel's sockets have none. */
int library_threads(void);

#endif
