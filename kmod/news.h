/* SPDX-License-Identifier: GPL-2.0-only */
/* What has changed at a socket since its user looked, as a descriptor. */
#ifndef _ZMQ_NEWS_H
#define _ZMQ_NEWS_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "common.h"

/* Kinds of news. */
#define ZMQ_NEWS_IN	0x1	/* something may be received */
#define ZMQ_NEWS_OUT	0x2	/* something may be sent */
#define ZMQ_NEWS_OTHER	0x4	/* endpoints and peers came or went */
#define ZMQ_NEWS_ALL	(ZMQ_NEWS_IN | ZMQ_NEWS_OUT | ZMQ_NEWS_OTHER)

/**
 * struct zmq_news - what has changed since the user looked
 * @wait: who waits for news: polls one of the files
 * @kinds: ZMQ_NEWS_* that nobody has looked at; set without a lock, cleared
 *	under zmq_sock.lock
 * @files: open files that tell of it; written under zmq_sock.lock, also read
 *	without; as long as there are none nothing is noted
 */
struct zmq_news {
	wait_queue_head_t wait;
	atomic_t kinds;
	unsigned int files;
};

void zmq_news_init(struct zmq_news *news);
struct file *zmq_news_file(struct zmq_sock *zs);
void zmq_news_post(struct zmq_news *news, __poll_t events);

/* Is there anybody to be told? */
static inline bool zmq_news_wanted(const struct zmq_news *news)
{
	return unlikely(READ_ONCE(news->files));
}

/**
 * zmq_news_tell() - something has changed
 * @news: the socket's
 * @events: EPOLLIN, EPOLLOUT: what may be possible now; 0 or another: see for
 *	yourself
 *
 * Context: any; after the change. With the socket's lock or without.
 */
static inline void zmq_news_tell(struct zmq_news *news, __poll_t events)
{
	if (zmq_news_wanted(news))
		zmq_news_post(news, events);
}

/**
 * zmq_news_seen() - the user is looking
 * @news: the socket's; the socket's lock is held, and stays so until the user
 *	has the answer
 * @kinds: at what: ZMQ_NEWS_*
 */
static inline void zmq_news_seen(struct zmq_news *news, int kinds)
{
	if (zmq_news_wanted(news))
		atomic_andnot(kinds, &news->kinds);
}

#endif /* _ZMQ_NEWS_H */
