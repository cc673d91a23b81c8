// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_timers_*(): timers that the application itself runs.
 *
 * A heap has the timer that is due next on top, a tree finds a timer by its id:
 * every call costs the logarithm of their number. As in libzmq a set of timers
 * belongs to one thread at a time; its handlers may do anything with it.
 */
#include <search.h>
#include <stdlib.h>
#include <time.h>

#include "api.h"

#define SHIM_TIMERS_ALIVE	0xcafedada
#define SHIM_NS_PER_MS		1000000

/**
 * struct shim_timer - one timer
 * @id: what zmq_timers_add() returned; must be first, the tree looks here
 * @place: index in shim_timers.heap
 * @interval: between two runs, in nanoseconds, at least 1
 * @due: when it runs next: CLOCK_MONOTONIC in nanoseconds, UINT64_MAX is never
 * @turn: of those due at the same time the lowest runs first
 * @fn: the handler
 * @arg: for @fn
 */
struct shim_timer {
	int id;
	size_t place;
	uint64_t interval;
	uint64_t due;
	uint64_t turn;
	zmq_timer_fn *fn;
	void *arg;
};

/**
 * struct shim_timers - a set of timers
 * @tag: SHIM_TIMERS_ALIVE until zmq_timers_destroy()
 * @running: calls of zmq_timers_execute() in progress: the last one frees what
 *	a handler has destroyed
 * @last_id: id of the timer added last
 * @turns: shim_timer.turn given last
 * @heap: binary heap of the timers, by @due and @turn
 * @count: how many there are
 * @room: how many fit in @heap
 * @tree: of the timers, by id (tsearch)
 */
struct shim_timers {
	uint32_t tag;
	unsigned int running;
	int last_id;
	uint64_t turns;
	struct shim_timer **heap;
	size_t count;
	size_t room;
	void *tree;
};

static uint64_t shim_timers_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * In nanoseconds. Never 0: zmq_timers_execute() would run such a timer for ever,
 * as libzmq's does.
 */
static uint64_t shim_timers_interval(size_t ms)
{
	uint64_t ns;

	if (__builtin_mul_overflow((uint64_t)ms, SHIM_NS_PER_MS, &ns))
		return UINT64_MAX;
	return ns ? ns : 1;
}

static struct shim_timers *shim_timers_get(void *p)
{
	struct shim_timers *set = p;

	if (set && set->tag == SHIM_TIMERS_ALIVE)
		return set;
	errno = EFAULT;
	return NULL;
}

static int shim_timer_compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static struct shim_timer *shim_timers_find(void *p, int id)
{
	struct shim_timers *set = shim_timers_get(p);
	struct shim_timer **found;

	if (!set)
		return NULL;
	found = tfind(&id, &set->tree, shim_timer_compare);
	if (found)
		return *found;
	errno = EINVAL;
	return NULL;
}

/* --- the heap --- */

static bool shim_timer_before(const struct shim_timer *a,
			      const struct shim_timer *b)
{
	return a->due < b->due || (a->due == b->due && a->turn < b->turn);
}

static void shim_timers_put(struct shim_timers *set, size_t place,
			    struct shim_timer *t)
{
	set->heap[place] = t;
	t->place = place;
}

/* Moves @t up or down from its place to where it belongs. */
static void shim_timers_settle(struct shim_timers *set, struct shim_timer *t)
{
	size_t place = t->place, next;

	while (place && shim_timer_before(t, set->heap[(place - 1) / 2])) {
		shim_timers_put(set, place, set->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	while ((next = 2 * place + 1) < set->count) {
		if (next + 1 < set->count &&
		    shim_timer_before(set->heap[next + 1], set->heap[next]))
			next++;
		if (!shim_timer_before(set->heap[next], t))
			break;
		shim_timers_put(set, place, set->heap[next]);
		place = next;
	}
	shim_timers_put(set, place, t);
}

/* Runs next one interval after @now. */
static void shim_timers_arm(struct shim_timers *set, struct shim_timer *t,
			    uint64_t now)
{
	if (__builtin_add_overflow(now, t->interval, &t->due))
		t->due = UINT64_MAX;
	t->turn = ++set->turns;
	shim_timers_settle(set, t);
}

/* Return: false if there is no memory for one more. */
static bool shim_timers_reserve(struct shim_timers *set)
{
	size_t room = set->room ? 2 * set->room : 16;
	struct shim_timer **heap;

	if (set->count < set->room)
		return true;
	heap = reallocarray(set->heap, room, sizeof(*heap));
	if (!heap)
		return false;
	set->heap = heap;
	set->room = room;
	return true;
}

/* --- libzmq's functions --- */

void *zmqk_timers_new(void)
{
	struct shim_timers *set = calloc(1, sizeof(*set));

	if (set)
		set->tag = SHIM_TIMERS_ALIVE;
	return set;
}

static void shim_timers_free(struct shim_timers *set)
{
	tdestroy(set->tree, free);
	free(set->heap);
	free(set);
}

int zmqk_timers_destroy(void **p)
{
	struct shim_timers *set;

	if (!p)
		return shim_err(EFAULT);
	set = shim_timers_get(*p);
	if (!set)
		return -1;
	set->tag = SHIM_DEAD;
	if (!set->running)
		shim_timers_free(set);
	*p = NULL;
	return 0;
}

int zmqk_timers_add(void *p, size_t interval, zmq_timer_fn *fn, void *arg)
{
	struct shim_timers *set = shim_timers_get(p);
	struct shim_timer *t;

	if (!set)
		return -1;
	if (!fn)
		return shim_err(EFAULT);
	if (set->last_id == INT_MAX || !shim_timers_reserve(set))
		return shim_err(ENOMEM);
	t = malloc(sizeof(*t));
	if (!t)
		return shim_err(ENOMEM);
	*t = (struct shim_timer){
		.id = set->last_id + 1,
		.place = set->count,
		.interval = shim_timers_interval(interval),
		.fn = fn,
		.arg = arg,
	};
	if (!tsearch(t, &set->tree, shim_timer_compare)) {
		free(t);
		return shim_err(ENOMEM);
	}
	set->last_id++;
	set->count++;
	shim_timers_arm(set, t, shim_timers_now());
	return t->id;
}

int zmqk_timers_cancel(void *p, int id)
{
	struct shim_timer *t = shim_timers_find(p, id), *last;
	struct shim_timers *set = p;

	if (!t)
		return -1;
	last = set->heap[--set->count];
	if (last != t) {
		last->place = t->place;
		shim_timers_settle(set, last);
	}
	tdelete(t, &set->tree, shim_timer_compare);
	free(t);
	return 0;
}

/* The new interval counts from now on. */
int zmqk_timers_set_interval(void *p, int id, size_t interval)
{
	struct shim_timer *t = shim_timers_find(p, id);

	if (!t)
		return -1;
	t->interval = shim_timers_interval(interval);
	shim_timers_arm(p, t, shim_timers_now());
	return 0;
}

int zmqk_timers_reset(void *p, int id)
{
	struct shim_timer *t = shim_timers_find(p, id);

	if (!t)
		return -1;
	shim_timers_arm(p, t, shim_timers_now());
	return 0;
}

/*
 * Rounded up, so that who waits so long finds a timer due.
 *
 * Return: milliseconds until the next timer, or -1. errno stays as it is when
 * there is no timer (API page, 6.2), and tells why there is an error.
 */
long zmqk_timers_timeout(void *p)
{
	struct shim_timers *set = shim_timers_get(p);
	uint64_t now, ms;

	if (!set || !set->count)
		return -1;
	now = shim_timers_now();
	if (set->heap[0]->due <= now)
		return 0;
	ms = (set->heap[0]->due - now - 1) / SHIM_NS_PER_MS + 1;
	return ms > LONG_MAX ? LONG_MAX : (long)ms;
}

/*
 * A timer is armed again before its handler runs, which finds a set in order:
 * it may add, change and cancel timers, itself included, and destroy the set.
 * One that is due again by then waits for the next call.
 */
int zmqk_timers_execute(void *p)
{
	struct shim_timers *set = shim_timers_get(p);
	uint64_t now = shim_timers_now();
	struct shim_timer *t;

	if (!set)
		return -1;
	set->running++;
	while (set->tag == SHIM_TIMERS_ALIVE && set->count &&
	       set->heap[0]->due <= now) {
		t = set->heap[0];
		shim_timers_arm(set, t, now);
		t->fn(t->id, t->arg);
	}
	if (!--set->running && set->tag != SHIM_TIMERS_ALIVE)
		shim_timers_free(set);
	return 0;
}
