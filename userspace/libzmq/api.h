/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzmq's API as a list, from which the exported functions, the table of those
 * that work on AF_ZMQ (zmqk_*), and the table of another library's are made.
 */
#ifndef SHIM_API_H
#define SHIM_API_H

#include "internal.h"

/*
 * X(type, name without zmq_, parameters, arguments, what it returns on failure);
 * S(...) for those that Debian's libzmq 4.3.4 exports, D(...) for those that
 * libzmq has in its draft part there, or got later. A function without a failure
 * has what comes nearest to nothing.
 */
#define SHIM_API_LIST(S, D)							\
	S(int, errno, (void), (), 0)						\
	S(const char *, strerror, (int err), (err), "?")			\
	S(void, version, (int *major, int *minor, int *patch),			\
	  (major, minor, patch), (void)0)					\
	S(int, has, (const char *capability), (capability), 0)			\
	S(void *, ctx_new, (void), (), NULL)					\
	S(int, ctx_term, (void *ctx), (ctx), -1)				\
	S(int, ctx_shutdown, (void *ctx), (ctx), -1)				\
	S(int, ctx_set, (void *ctx, int option, int val), (ctx, option, val), -1) \
	S(int, ctx_get, (void *ctx, int option), (ctx, option), -1)		\
	D(int, ctx_set_ext,							\
	  (void *ctx, int option, const void *val, size_t len),			\
	  (ctx, option, val, len), -1)						\
	D(int, ctx_get_ext, (void *ctx, int option, void *val, size_t *len),	\
	  (ctx, option, val, len), -1)						\
	S(void *, init, (int io_threads), (io_threads), NULL)			\
	S(int, term, (void *ctx), (ctx), -1)					\
	S(int, ctx_destroy, (void *ctx), (ctx), -1)				\
	S(int, msg_init, (zmq_msg_t *msg), (msg), -1)				\
	S(int, msg_init_size, (zmq_msg_t *msg, size_t size), (msg, size), -1)	\
	S(int, msg_init_data,							\
	  (zmq_msg_t *msg, void *data, size_t size, zmq_free_fn *ffn, void *hint), \
	  (msg, data, size, ffn, hint), -1)					\
	D(int, msg_init_buffer, (zmq_msg_t *msg, const void *buf, size_t size),	\
	  (msg, buf, size), -1)							\
	S(int, msg_send, (zmq_msg_t *msg, void *sock, int flags),		\
	  (msg, sock, flags), -1)						\
	S(int, msg_recv, (zmq_msg_t *msg, void *sock, int flags),		\
	  (msg, sock, flags), -1)						\
	S(int, msg_close, (zmq_msg_t *msg), (msg), -1)				\
	S(int, msg_move, (zmq_msg_t *dest, zmq_msg_t *src), (dest, src), -1)	\
	S(int, msg_copy, (zmq_msg_t *dest, zmq_msg_t *src), (dest, src), -1)	\
	S(void *, msg_data, (zmq_msg_t *msg), (msg), NULL)			\
	S(size_t, msg_size, (const zmq_msg_t *msg), (msg), 0)			\
	S(int, msg_more, (const zmq_msg_t *msg), (msg), 0)			\
	S(int, msg_get, (const zmq_msg_t *msg, int property), (msg, property), -1) \
	S(int, msg_set, (zmq_msg_t *msg, int property, int val),		\
	  (msg, property, val), -1)						\
	S(const char *, msg_gets, (const zmq_msg_t *msg, const char *property),	\
	  (msg, property), NULL)						\
	D(int, msg_set_routing_id, (zmq_msg_t *msg, uint32_t id), (msg, id), -1) \
	D(uint32_t, msg_routing_id, (zmq_msg_t *msg), (msg), 0)			\
	D(int, msg_set_group, (zmq_msg_t *msg, const char *group),		\
	  (msg, group), -1)							\
	D(const char *, msg_group, (zmq_msg_t *msg), (msg), "")			\
	S(void *, socket, (void *ctx, int type), (ctx, type), NULL)		\
	S(int, close, (void *sock), (sock), -1)					\
	S(int, setsockopt,							\
	  (void *sock, int option, const void *val, size_t len),		\
	  (sock, option, val, len), -1)						\
	S(int, getsockopt, (void *sock, int option, void *val, size_t *len),	\
	  (sock, option, val, len), -1)						\
	S(int, bind, (void *sock, const char *endpoint), (sock, endpoint), -1)	\
	S(int, connect, (void *sock, const char *endpoint), (sock, endpoint), -1) \
	S(int, unbind, (void *sock, const char *endpoint), (sock, endpoint), -1) \
	S(int, disconnect, (void *sock, const char *endpoint),			\
	  (sock, endpoint), -1)							\
	D(uint32_t, connect_peer, (void *sock, const char *endpoint),		\
	  (sock, endpoint), 0)							\
	D(int, disconnect_peer, (void *sock, uint32_t id), (sock, id), -1)	\
	D(int, join, (void *sock, const char *group), (sock, group), -1)	\
	D(int, leave, (void *sock, const char *group), (sock, group), -1)	\
	S(int, send, (void *sock, const void *buf, size_t len, int flags),	\
	  (sock, buf, len, flags), -1)						\
	S(int, send_const, (void *sock, const void *buf, size_t len, int flags), \
	  (sock, buf, len, flags), -1)						\
	S(int, recv, (void *sock, void *buf, size_t len, int flags),		\
	  (sock, buf, len, flags), -1)						\
	S(int, sendmsg, (void *sock, zmq_msg_t *msg, int flags),		\
	  (sock, msg, flags), -1)						\
	S(int, recvmsg, (void *sock, zmq_msg_t *msg, int flags),		\
	  (sock, msg, flags), -1)						\
	S(int, sendiov,								\
	  (void *sock, struct iovec *iov, size_t count, int flags),		\
	  (sock, iov, count, flags), -1)					\
	S(int, recviov,								\
	  (void *sock, struct iovec *iov, size_t *count, int flags),		\
	  (sock, iov, count, flags), -1)					\
	S(int, socket_monitor, (void *sock, const char *endpoint, int events),	\
	  (sock, endpoint, events), -1)						\
	D(int, socket_monitor_versioned,					\
	  (void *sock, const char *endpoint, uint64_t events, int version,	\
	   int type),								\
	  (sock, endpoint, events, version, type), -1)				\
	D(int, socket_monitor_pipes_stats, (void *sock), (sock), -1)		\
	D(int, socket_get_peer_state,						\
	  (void *sock, const void *id, size_t len), (sock, id, len), -1)	\
	S(int, poll, (zmq_pollitem_t *items, int n, long timeout),		\
	  (items, n, timeout), -1)						\
	D(int, ppoll,								\
	  (zmq_pollitem_t *items, int n, long timeout, const sigset_t *mask),	\
	  (items, n, timeout, mask), -1)					\
	D(void *, poller_new, (void), (), NULL)					\
	D(int, poller_destroy, (void **poller), (poller), -1)			\
	D(int, poller_size, (void *poller), (poller), -1)			\
	D(int, poller_add,							\
	  (void *poller, void *sock, void *data, short events),			\
	  (poller, sock, data, events), -1)					\
	D(int, poller_modify, (void *poller, void *sock, short events),		\
	  (poller, sock, events), -1)						\
	D(int, poller_remove, (void *poller, void *sock), (poller, sock), -1)	\
	D(int, poller_wait,							\
	  (void *poller, zmq_poller_event_t *event, long timeout),		\
	  (poller, event, timeout), -1)						\
	D(int, poller_wait_all,							\
	  (void *poller, zmq_poller_event_t *events, int n, long timeout),	\
	  (poller, events, n, timeout), -1)					\
	D(int, poller_fd, (void *poller, zmq_fd_t *fd), (poller, fd), -1)	\
	D(int, poller_add_fd,							\
	  (void *poller, zmq_fd_t fd, void *data, short events),		\
	  (poller, fd, data, events), -1)					\
	D(int, poller_modify_fd, (void *poller, zmq_fd_t fd, short events),	\
	  (poller, fd, events), -1)						\
	D(int, poller_remove_fd, (void *poller, zmq_fd_t fd), (poller, fd), -1)	\
	S(int, proxy, (void *frontend, void *backend, void *capture),		\
	  (frontend, backend, capture), -1)					\
	S(int, proxy_steerable,							\
	  (void *frontend, void *backend, void *capture, void *control),	\
	  (frontend, backend, capture, control), -1)				\
	S(int, device, (int type, void *frontend, void *backend),		\
	  (type, frontend, backend), -1)					\
	S(char *, z85_encode, (char *dest, const uint8_t *data, size_t size),	\
	  (dest, data, size), NULL)						\
	S(uint8_t *, z85_decode, (uint8_t *dest, const char *string),		\
	  (dest, string), NULL)							\
	S(int, curve_keypair, (char *public, char *secret), (public, secret), -1) \
	S(int, curve_public, (char *public, const char *secret),		\
	  (public, secret), -1)							\
	S(void *, atomic_counter_new, (void), (), NULL)				\
	S(void, atomic_counter_set, (void *counter, int val),			\
	  (counter, val), (void)0)						\
	S(int, atomic_counter_inc, (void *counter), (counter), 0)		\
	S(int, atomic_counter_dec, (void *counter), (counter), 0)		\
	S(int, atomic_counter_value, (void *counter), (counter), 0)		\
	S(void, atomic_counter_destroy, (void **counter), (counter), (void)0)	\
	S(void *, timers_new, (void), (), NULL)					\
	S(int, timers_destroy, (void **timers), (timers), -1)			\
	S(int, timers_add,							\
	  (void *timers, size_t interval, zmq_timer_fn fn, void *arg),		\
	  (timers, interval, fn, arg), -1)					\
	S(int, timers_cancel, (void *timers, int id), (timers, id), -1)		\
	S(int, timers_set_interval, (void *timers, int id, size_t interval),	\
	  (timers, id, interval), -1)						\
	S(int, timers_reset, (void *timers, int id), (timers, id), -1)		\
	S(long, timers_timeout, (void *timers), (timers), -1)			\
	S(int, timers_execute, (void *timers), (timers), -1)			\
	S(void *, stopwatch_start, (void), (), NULL)				\
	S(unsigned long, stopwatch_intermediate, (void *watch), (watch), 0)	\
	S(unsigned long, stopwatch_stop, (void *watch), (watch), 0)		\
	S(void, sleep, (int seconds), (seconds), (void)0)			\
	S(void *, threadstart, (zmq_thread_fn *func, void *arg),		\
	  (func, arg), NULL)							\
	S(void, threadclose, (void *thread), (thread), (void)0)

#define SHIM_API_MEMBER(type, name, params, args, failure)	\
	type (*zmq_##name) params;

/* A library: what to call for each function of libzmq's API. */
struct shim_api {
	SHIM_API_LIST(SHIM_API_MEMBER, SHIM_API_MEMBER)
};

/* The functions of this library: AF_ZMQ does the work. */
#define SHIM_API_NATIVE(type, name, params, args, failure)	\
	type zmqk_##name params;

SHIM_API_LIST(SHIM_API_NATIVE, SHIM_API_NATIVE)

#endif /* SHIM_API_H */
