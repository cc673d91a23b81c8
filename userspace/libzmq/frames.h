/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole message, all its frames in one buffer that serves again and again:
 * what a proxy carries.
 */
#ifndef SHIM_FRAMES_H
#define SHIM_FRAMES_H

#include "internal.h"

/**
 * struct shim_frames - a message; belongs to one thread
 * @data: the frames, one after the other
 * @room: size of @data in bytes
 * @bytes: of them in use: length of all frames
 * @len: length of each frame in bytes
 * @len_room: how many fit in @len
 * @count: frames, 0: no message
 *
 * All zero is a valid start.
 */
struct shim_frames {
	unsigned char *data;
	size_t room;
	size_t bytes;
	size_t *len;
	size_t len_room;
	size_t count;
};

int shim_frames_recv(struct shim_frames *f, struct shim_sock *s);
int shim_frames_send(const struct shim_frames *f, struct shim_sock *s);
void shim_frames_drop(struct shim_frames *f);
void shim_frames_free(struct shim_frames *f);

#endif /* SHIM_FRAMES_H */
