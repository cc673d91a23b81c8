// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is compiled into programs that use libzmq.so.5, x86-64 and other LP64
 * machines: sizes, offsets, types and the numbers whose change nobody would
 * notice until it is too late. No code; tests/lint/zmq_header compiles this
 * file with libzmq's own zmq.h as well.
 *
 * Source: API page section 6.1, and zmq.h of libzmq 4.3.4.
 */
#include <stddef.h>
#include <zmq.h>

#define SAME_TYPE(a, b) \
	_Static_assert(__builtin_types_compatible_p(a, b), #a " is " #b)
#define IS(expr, number) \
	_Static_assert((expr) == (number), #expr " is " #number)
#define MEMBER(type, member, offset, member_type)				\
	_Static_assert(offsetof(type, member) == (offset) &&			\
		       __builtin_types_compatible_p(				\
			       __typeof__(((type *)0)->member), member_type),	\
		       #type "." #member " is " #member_type " at " #offset)

/* Everywhere in the API, and in the structs below. */
IS(sizeof(void *), 8);
IS(sizeof(long), 8);
IS(sizeof(size_t), 8);
SAME_TYPE(zmq_fd_t, int);

IS(sizeof(zmq_msg_t), 64);
IS(_Alignof(zmq_msg_t), 8);

IS(sizeof(zmq_pollitem_t), 16);
IS(_Alignof(zmq_pollitem_t), 8);
MEMBER(zmq_pollitem_t, socket, 0, void *);
MEMBER(zmq_pollitem_t, fd, 8, int);
MEMBER(zmq_pollitem_t, events, 12, short);
MEMBER(zmq_pollitem_t, revents, 14, short);

IS(sizeof(zmq_poller_event_t), 32);
IS(_Alignof(zmq_poller_event_t), 8);
MEMBER(zmq_poller_event_t, socket, 0, void *);
MEMBER(zmq_poller_event_t, fd, 8, int);
MEMBER(zmq_poller_event_t, user_data, 16, void *);
MEMBER(zmq_poller_event_t, events, 24, short);

SAME_TYPE(zmq_free_fn, void(void *, void *));
SAME_TYPE(zmq_timer_fn, void(int, void *));
SAME_TYPE(zmq_thread_fn, void(void *));

IS(ZMQ_VERSION, 40304);
IS(EFSM, 156384763);
IS(ENOCOMPATPROTO, 156384764);
IS(ETERM, 156384765);
IS(EMTHREAD, 156384766);
IS(ZMQ_EVENT_ALL_V2, 0x1ffff);
