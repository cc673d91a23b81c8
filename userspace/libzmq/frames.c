// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole message in one buffer: received and sent without memory being
 * allocated, one system call a frame.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "frames.h"

/* What a buffer has at first, in bytes and frames. */
#define SHIM_FRAMES_ROOM	65536
#define SHIM_FRAMES_COUNT	8

/* A larger buffer is given back after its message. */
#define SHIM_FRAMES_KEEP	(1024 * 1024)

/* Return: 0, or -1 and ENOMEM. */
static int shim_frames_grow(struct shim_frames *f, size_t room)
{
	unsigned char *data = realloc(f->data, room);

	if (!data)
		return shim_err(ENOMEM);
	f->data = data;
	f->room = room;
	return 0;
}

static int shim_frames_grow_len(struct shim_frames *f)
{
	size_t room = f->len_room ? 2 * f->len_room : SHIM_FRAMES_COUNT;
	size_t *len = reallocarray(f->len, room, sizeof(*len));

	if (!len)
		return shim_err(ENOMEM);
	f->len = len;
	f->len_room = room;
	return 0;
}

/*
 * Room for the next frame of @s, which was too long for what was left. Doubled
 * at least, so that many frames don't make for as many copies.
 */
static int shim_frames_fit(struct shim_frames *f, struct shim_sock *s)
{
	ssize_t next = recv(s->fd, NULL, 0,
			    MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	size_t need = f->bytes + next;

	if (next < 0)
		return shim_err_native();
	if (next > SHIM_FRAME_MAX)
		return shim_err(EMSGSIZE);
	return shim_frames_grow(f, need < 2 * f->room ? 2 * f->room : need);
}

/* Return: 1 if more frames follow, 0 after the last one, -1 and errno. */
static int shim_frames_recv_one(struct shim_frames *f, struct shim_sock *s)
{
	struct msghdr hdr = { .msg_iovlen = 1 };
	struct iovec iov;
	ssize_t n;

	if (f->count == f->len_room && shim_frames_grow_len(f))
		return -1;
	for (;;) {
		iov.iov_base = f->data + f->bytes;
		iov.iov_len = f->room - f->bytes;
		hdr.msg_iov = &iov;
		n = recvmsg(s->fd, &hdr, MSG_DONTWAIT);
		if (n >= 0)
			break;
		if (errno != EMSGSIZE)
			return shim_err_native();
		if (shim_frames_fit(f, s))
			return -1;
	}
	f->len[f->count++] = n;
	f->bytes += n;
	return !(hdr.msg_flags & MSG_EOR);
}

/**
 * shim_frames_recv() - receive a message if there is one
 * @f: takes it; must be empty
 * @s: the socket; other threads should not receive from it
 *
 * The rest of a message that the application began to read is one, too.
 *
 * Return: 0; -1 and errno, EAGAIN if there is none. After a failure @f is empty,
 * what it had is lost.
 */
int shim_frames_recv(struct shim_frames *f, struct shim_sock *s)
{
	int more;

	if (!f->room && shim_frames_grow(f, SHIM_FRAMES_ROOM))
		return -1;
	do {
		more = shim_frames_recv_one(f, s);
	} while (more > 0);
	if (more < 0) {
		shim_frames_drop(f);
		return -1;
	}
	atomic_store_explicit(&s->more, 0, memory_order_relaxed);
	return 0;
}

/**
 * shim_frames_send() - send a message without waiting
 * @f: the message, stays as it is
 * @s: the socket
 *
 * EAGAIN means that nothing was sent: either there was no room for the first
 * frame, or the peer went away in the middle, which takes back the frames before
 * (API page, 1.3). Later frames never lack room.
 *
 * Return: 0, or -1 and errno.
 */
int shim_frames_send(const struct shim_frames *f, struct shim_sock *s)
{
	const unsigned char *p = f->data;
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE;
	size_t i;

	for (i = 0; i < f->count; p += f->len[i++]) {
		if (i == f->count - 1)
			flags &= ~MSG_MORE;
		if (send(s->fd, p, f->len[i], flags) < 0)
			return shim_err_native();
	}
	return 0;
}

/**
 * shim_frames_drop() - forget the message
 * @f: is empty then, and keeps a buffer of reasonable size
 */
void shim_frames_drop(struct shim_frames *f)
{
	f->count = 0;
	f->bytes = 0;
	if (f->room <= SHIM_FRAMES_KEEP)
		return;
	free(f->data);
	f->data = NULL;
	f->room = 0;
}

/**
 * shim_frames_free() - give back the memory
 * @f: can be used again
 */
void shim_frames_free(struct shim_frames *f)
{
	free(f->data);
	free(f->len);
	*f = (struct shim_frames){ 0 };
}
