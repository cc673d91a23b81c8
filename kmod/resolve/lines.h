/* SPDX-License-Identifier: GPL-2.0-only */
/* Cuts the bytes of a text file into lines, in bounded memory. */
#ifndef _ZMQ_RESOLVE_LINES_H
#define _ZMQ_RESOLVE_LINES_H

#include <linux/types.h>

/* Longest line that is looked at; six search domains fit. */
#define ZMQ_LINE_MAX 2047

/**
 * struct zmq_lines - state between two pieces of a file
 * @fn: called for each line, without its newline, as a string that it may
 *	change; returns false to end the reading
 * @arg: passed to @fn
 * @len: bytes in @buf
 * @skip: the line is too long: drop what comes until its end
 * @buf: the line so far
 *
 * The owner serialises all calls.
 */
struct zmq_lines {
	bool (*fn)(void *arg, char *line);
	void *arg;
	size_t len;
	bool skip;
	char buf[ZMQ_LINE_MAX + 1];
};

void zmq_lines_init(struct zmq_lines *l, bool (*fn)(void *arg, char *line),
		    void *arg);
bool zmq_lines_feed(struct zmq_lines *l, const char *data, size_t len);
void zmq_lines_end(struct zmq_lines *l);

char *zmq_line_token(char **line);

#endif /* _ZMQ_RESOLVE_LINES_H */
