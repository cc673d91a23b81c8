// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines and words of the resolver's text files. Whoever called connect()
 * chooses the files, so nothing about their contents is taken for granted.
 * Pure code: no lock, no sleep, no allocation.
 */
#include <linux/string.h>

#include "common.h"
#include "resolve/lines.h"

/**
 * zmq_lines_init() - start at the beginning of a file
 * @l: the state
 * @fn: see struct zmq_lines
 * @arg: passed to @fn
 */
void zmq_lines_init(struct zmq_lines *l, bool (*fn)(void *arg, char *line),
		    void *arg)
{
	l->fn = fn;
	l->arg = arg;
	l->len = 0;
	l->skip = false;
}
EXPORT_SYMBOL_KUNIT(zmq_lines_init);

/* Half of an over-long line could be another address: all of it goes. */
static bool zmq_lines_emit(struct zmq_lines *l)
{
	bool more = true;

	if (!l->skip) {
		l->buf[l->len] = '\0';
		more = l->fn(l->arg, l->buf);
	}
	l->len = 0;
	l->skip = false;
	return more;
}

/**
 * zmq_lines_feed() - take the next piece of the file
 * @l: the state
 * @data: the piece
 * @len: bytes of @data
 *
 * Return: false if the function asked for no more lines.
 */
bool zmq_lines_feed(struct zmq_lines *l, const char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (data[i] == '\n') {
			if (!zmq_lines_emit(l))
				return false;
		} else if (l->len < ZMQ_LINE_MAX) {
			l->buf[l->len++] = data[i];
		} else {
			l->skip = true;
		}
	}
	return true;
}
EXPORT_SYMBOL_KUNIT(zmq_lines_feed);

/**
 * zmq_lines_end() - the file ends here, with or without a newline
 * @l: the state; not to be called after zmq_lines_feed() returned false
 */
void zmq_lines_end(struct zmq_lines *l)
{
	if (l->len)
		zmq_lines_emit(l);
}
EXPORT_SYMBOL_KUNIT(zmq_lines_end);

/**
 * zmq_line_token() - cut the next word off a line
 * @line: what is left of the line; moves behind the word
 *
 * Words are separated by spaces, tabs and carriage returns, so that files
 * written elsewhere work too.
 *
 * Return: the word, or NULL when none is left.
 */
char *zmq_line_token(char **line)
{
	char *word;

	do {
		word = strsep(line, " \t\r");
	} while (word && !*word);
	return word;
}
EXPORT_SYMBOL_KUNIT(zmq_line_token);
