// SPDX-License-Identifier: GPL-2.0-only
/*
 * A descriptor for event loops that were written for libzmq's ZMQ_FD (API page,
 * 2.3): it is readable when something has changed since the user looked, and
 * quiet once he has, whatever is left to be read. The socket's own descriptor
 * tells what can be done; this one only that it is time to look at ZMQ_EVENTS.
 *
 * A socket has any number of such files, by ZMQ_NATIVE_EVENTS_FD, by dup(), in
 * other processes, and they all tell the same. One that nobody has asked for
 * news pays for it with a look at zmq_news.files when somebody is to be woken.
 *
 * No change is lost. All that readiness depends on is written under
 * zmq_sock.lock, and whoever writes calls zmq_news_tell() then, in the same
 * section or after it. Who looks clears the news in the section in which he
 * looks. So either that section is the later one, and he sees the change; news
 * that come in late then are one look too many. Or the change is the later one,
 * and so is its news, which stays until the next look. The first file counts as
 * a look in that sense: it is made under the lock, too, and tells of news
 * unless nothing can have changed ever.
 *
 * End: a file holds a reference to the socket (struct sock), so that the queue
 * that epoll hangs on stays as long as the file does, and epoll lets go of it
 * before the file is released. The socket knows only how many files there are,
 * and ends without them: with its last descriptor it is closed, of which the
 * files tell for ever; with the last file its memory goes, if nothing lingers.
 * A file holds the module by its operations, and the socket by its protocol.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "news.h"
#include "sock.h"

/**
 * zmq_news_init() - nobody to be told yet
 * @news: the socket's, zeroed
 */
void zmq_news_init(struct zmq_news *news)
{
	init_waitqueue_head(&news->wait);
}

static int zmq_news_kinds(__poll_t events)
{
	int kinds = 0;

	if (events & EPOLLIN)
		kinds |= ZMQ_NEWS_IN;
	if (events & EPOLLOUT)
		kinds |= ZMQ_NEWS_OUT;
	return kinds ? kinds : ZMQ_NEWS_OTHER;
}

/**
 * zmq_news_post() - zmq_news_tell() for a socket that has somebody to tell
 * @news: the socket's
 * @events: what may be possible now
 *
 * Who was told and has not looked since is not woken again, except for news of
 * another kind: for edge-triggered waiters, who may have seen to the first.
 *
 * The queue's lock is taken also when it is empty: who has just entered it
 * before sees the news by that, and who enters it later as well.
 *
 * Context: any.
 */
void zmq_news_post(struct zmq_news *news, __poll_t events)
{
	int kinds = zmq_news_kinds(events);

	if ((atomic_fetch_or(kinds, &news->kinds) & kinds) == kinds &&
	    !(events & EPOLLHUP))
		return;
	wake_up_poll(&news->wait, EPOLLIN | EPOLLRDNORM | (events & EPOLLHUP));
}

/* No endpoint and no peer so far: as in libzmq there is nothing to look at. */
static bool zmq_news_fresh(const struct zmq_sock *zs)
{
	return !zs->session_roll.last && !zs->listener_roll.last &&
	       !zs->terminated;
}

static void zmq_news_open(struct zmq_sock *zs)
{
	struct zmq_news *news = &zs->news;

	sock_hold(&zs->sk);
	spin_lock_bh(&zs->lock);
	if (!news->files) {
		atomic_set(&news->kinds,
			   zmq_news_fresh(zs) ? 0 : ZMQ_NEWS_OTHER);
		if (zmq_sock_readable(zs))
			atomic_or(ZMQ_NEWS_IN, &news->kinds);
	}
	WRITE_ONCE(news->files, news->files + 1);
	zmq_sock_unlock(zs);
}

static void zmq_news_close(struct zmq_sock *zs)
{
	spin_lock_bh(&zs->lock);
	WRITE_ONCE(zs->news.files, zs->news.files - 1);
	spin_unlock_bh(&zs->lock);
	sock_put(&zs->sk);
}

/* That it was closed is news that nobody can ask for any more. */
static __poll_t zmq_news_poll(struct file *file, poll_table *wait)
{
	struct zmq_sock *zs = file->private_data;
	struct zmq_news *news = &zs->news;

	poll_wait(file, &news->wait, wait);
	if (READ_ONCE(zs->closed))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return atomic_read(&news->kinds) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int zmq_news_release(struct inode *inode, struct file *file)
{
	zmq_news_close(file->private_data);
	return 0;
}

static const struct file_operations zmq_news_fops = {
	.owner = THIS_MODULE,
	.poll = zmq_news_poll,
	.release = zmq_news_release,
	.llseek = noop_llseek,
};

/**
 * zmq_news_file() - a new file that is readable when there are news
 * @zs: the socket, held by the caller
 *
 * The first file of a socket that is in use tells of news at once.
 *
 * Context: process context; charged to the caller, as every file.
 * Return: the file, or an errno of anon_inode_getfile(): -ENFILE, -ENOMEM.
 */
struct file *zmq_news_file(struct zmq_sock *zs)
{
	struct file *file;

	zmq_news_open(zs);
	file = anon_inode_getfile("[zmq-events]", &zmq_news_fops, zs, O_RDONLY);
	if (IS_ERR(file))
		zmq_news_close(zs);
	return file;
}
