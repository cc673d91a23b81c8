// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_timers_*(): errors, the order in which timers run, what their handlers may do. Each
 * handler says the id of its timer.
 */
#include <limits.h>
#include <stdint.h>

#include "diff.h"

static void *timers;
static int other;

static void say_id(int id, void *arg)
{
	(void)arg;
	say("%d", id);
}

/* Until the next timer is due, as a program does that trusts zmq_timers_timeout(). */
static void wait_due(void)
{
	long ms;

	while ((ms = zmq_timers_timeout(timers)) > 0)
		zt_nap(ms);
}

static void run_next(void)
{
	wait_due();
	say_rc("run", zmq_timers_execute(timers));
}

static void errors(void)
{
	uint64_t bogus[32] = { 0 };
	void *p = bogus, *null = NULL;

	say_rc("null", zmq_timers_add(NULL, 1, say_id, NULL));
	say_rc("add", zmq_timers_add(bogus, 1, say_id, NULL));
	say_rc("cancel", zmq_timers_cancel(bogus, 1));
	say_rc("interval", zmq_timers_set_interval(bogus, 1, 1));
	say_rc("reset", zmq_timers_reset(bogus, 1));
	say_rc("timeout", zmq_timers_timeout(bogus));
	say_rc("execute", zmq_timers_execute(bogus));
	say_rc("destroy", zmq_timers_destroy(&p));
	say_rc("nothing", zmq_timers_destroy(&null));
}

static void ids(void)
{
	timers = zmq_timers_new();
	say_rc("handler", zmq_timers_add(timers, 1, NULL, NULL));
	say_rc("unknown", zmq_timers_cancel(timers, 1));
	say_rc("unknown", zmq_timers_set_interval(timers, 1, 1));
	say_rc("unknown", zmq_timers_reset(timers, 1));
	say_rc("first", zmq_timers_add(timers, 1, say_id, NULL));
	say_rc("second", zmq_timers_add(timers, 1, say_id, NULL));
	say_rc("once", zmq_timers_cancel(timers, 2));
	say_rc("twice", zmq_timers_cancel(timers, 2));
	say_rc("third", zmq_timers_add(timers, 1, say_id, NULL));
	say_rc("destroy", zmq_timers_destroy(&timers));
	say("%s", timers ? "kept" : "null");
}

/* Without a timer the answer is -1, but no error: libzmq's own test relies on a stale errno. */
static void timeout_none(void)
{
	timers = zmq_timers_new();
	errno = EFSM;
	say_rc("new", zmq_timers_timeout(timers));
	zt_eq(zmq_timers_add(timers, 1000, say_id, NULL), 1);
	zt_ok(zmq_timers_cancel(timers, 1));
	errno = EFSM;
	say_rc("cancelled", zmq_timers_timeout(timers));
	say_rc("run", zmq_timers_execute(timers));
}

static void say_within(const char *what, long ms)
{
	long left = zmq_timers_timeout(timers);

	say("%s=%s", what,
	    left < 0 ? "none" : left > ms ? "more" : left < ms / 2 ? "less" : "right");
}

static void timeout(void)
{
	timers = zmq_timers_new();
	zmq_timers_add(timers, 60000, say_id, NULL);
	say_within("one", 60000);
	zmq_timers_add(timers, 20000, say_id, NULL);
	say_within("sooner", 20000);
	zmq_timers_add(timers, 90000, say_id, NULL);
	say_within("later", 20000);
	say_rc("run", zmq_timers_execute(timers));
	say_rc("set", zmq_timers_set_interval(timers, 2, 80000));
	say_within("set", 60000);
	say_rc("cancel", zmq_timers_cancel(timers, 1));
	say_within("cancel", 80000);
}

/* Not before its time, and again one interval later. */
static void repeats(void)
{
	/* The early call has to come in less than that. */
	const int64_t interval = zt_scaled(500);
	int64_t start = zt_now();
	int i;

	timers = zmq_timers_new();
	zmq_timers_add(timers, interval, say_id, NULL);
	for (i = 1; i <= 3; i++) {
		say_rc("early", zmq_timers_execute(timers));
		run_next();
		say("%s", zt_now() - start >= i * interval - 1 ? "timely" : "early");
	}
	zmq_timers_cancel(timers, 1);
	zt_nap(interval + 50);
	say_rc("cancelled", zmq_timers_execute(timers));
}

/* reset() counts from now on. */
static void reset(void)
{
	int64_t start;

	timers = zmq_timers_new();
	zmq_timers_add(timers, 150, say_id, NULL);
	zt_nap(100);
	start = zt_now();
	say_rc("reset", zmq_timers_reset(timers, 1));
	run_next();
	say("%s", zt_now() - start >= 149 ? "timely" : "early");
	start = zt_now();
	say_rc("set", zmq_timers_set_interval(timers, 1, 50));
	run_next();
	say("%s", zt_now() - start >= 49 ? "timely" : "early");
}

static int runs, sum;

static void count(int id, void *arg)
{
	const bool *loud = arg;

	runs++;
	sum += id;
	if (*loud)
		say("%d", id);
}

/* From one moment on they run by time, then as they were added. */
static void order(void)
{
	static const int ms[] = { 30, 10, 20, 30, 10, 40, 15, 30 };
	bool loud = false;
	size_t i;

	timers = zmq_timers_new();
	for (i = 0; i < ZT_ARRAY(ms); i++)
		zmq_timers_add(timers, ms[i], count, &loud);
	zt_nap(100);
	say_rc("run", zmq_timers_execute(timers));
	say("runs=%d", runs);
	loud = true;
	zt_nap(100);
	say_rc("run", zmq_timers_execute(timers));
}

/* Hundreds, some cancelled: each of the others once. */
static void many(void)
{
	bool loud = false;
	int i;

	timers = zmq_timers_new();
	for (i = 1; i <= 500; i++)
		zt_eq(zmq_timers_add(timers, i * 7919 % 97 + 1, count, &loud), i);
	for (i = 500; i; i -= 5)
		zt_ok(zmq_timers_cancel(timers, i));
	zt_nap(120);
	say_rc("run", zmq_timers_execute(timers));
	say("runs=%d sum=%d", runs, sum);
}

/* --- what handlers do ---------------------------------------------------------------- */

static void cancel_self(int id, void *arg)
{
	(void)arg;
	say("%d", id);
	say_rc("self", zmq_timers_cancel(timers, id));
	say_rc("again", zmq_timers_cancel(timers, id));
}

static void cancel_other(int id, void *arg)
{
	(void)arg;
	say("%d", id);
	say_rc("other", zmq_timers_cancel(timers, other));
}

static void handler_cancels(void)
{
	timers = zmq_timers_new();
	zmq_timers_add(timers, 1, cancel_self, NULL);
	run_next();
	say_rc("left", zmq_timers_timeout(timers));
	zmq_timers_add(timers, 1, cancel_other, NULL);
	zt_nap(3);
	other = zmq_timers_add(timers, 1, say_id, NULL);
	zt_nap(5);
	run_next();
}

static void add_other(int id, void *arg)
{
	(void)arg;
	say("%d", id);
	other = zmq_timers_add(timers, 1, say_id, NULL);
	say_rc("add", other);
	zmq_timers_cancel(timers, id);
}

static void handler_adds(void)
{
	timers = zmq_timers_new();
	zmq_timers_add(timers, 1, add_other, NULL);
	run_next();
	run_next();
	run_next();
}

static void slow_down(int id, void *arg)
{
	(void)arg;
	say("%d", id);
	say_rc("set", zmq_timers_set_interval(timers, id, 60000));
}

static void handler_sets_interval(void)
{
	timers = zmq_timers_new();
	zmq_timers_add(timers, 1, slow_down, NULL);
	run_next();
	say_within("next", 60000);
}

static void pass_argument(int id, void *arg)
{
	say("%d:%s", id, (const char *)arg);
}

static void argument(void)
{
	timers = zmq_timers_new();
	zmq_timers_add(timers, 1, pass_argument, "one");
	zmq_timers_add(timers, 60000, pass_argument, "two");
	run_next();
}

/* "Never" is not now. */
static void longest(void)
{
	timers = zmq_timers_new();
	say_rc("add", zmq_timers_add(timers, SIZE_MAX, say_id, NULL));
	say("%s", zmq_timers_timeout(timers) > 60000 ? "later" : "now");
	/* libzmq's would not return. */
	if (zt_lib_here() == ZT_SHIM)
		say_rc("run", zmq_timers_execute(timers));
}

/* Each call of execute() runs it once: libzmq's would not return. */
static void no_interval(void)
{
	timers = zmq_timers_new();
	say_rc("add", zmq_timers_add(timers, 0, say_id, NULL));
	if (zt_lib_here() == ZT_STOCK)
		return;
	run_next();
	run_next();
}

static void destroy_set(int id, void *arg)
{
	(void)arg;
	say("%d", id);
	say_rc("destroy", zmq_timers_destroy(&timers));
}

/* libzmq's goes on in memory that was freed. */
static void handler_destroys(void)
{
	void *set;

	timers = zmq_timers_new();
	set = timers;
	zmq_timers_add(timers, 1, destroy_set, NULL);
	zmq_timers_add(timers, 2, say_id, NULL);
	zt_nap(5);
	if (zt_lib_here() == ZT_STOCK)
		return;
	say_rc("run", zmq_timers_execute(set));
}

static const struct zd_behaviour behaviours[] = {
	{ "errors", "API 6.2, 9.2 test_timers", errors,
	  "null=EFAULT add=EFAULT cancel=EFAULT interval=EFAULT reset=EFAULT timeout=EFAULT execute=EFAULT destroy=EFAULT nothing=EFAULT",
	},
	{ "ids", "API 6.2, 9.2 test_timers", ids,
	  "handler=EFAULT unknown=EINVAL unknown=EINVAL unknown=EINVAL first=1 second=2 once=ok twice=EINVAL third=3 destroy=ok null",
	},
	{ "timeout_none", "API 6.2, 9.6", timeout_none,
	  "new=EFSM cancelled=EFSM run=ok",
	},
	{ "timeout", "API 6.2", timeout,
	  "one=right sooner=right later=right run=ok set=ok set=right cancel=ok cancel=right",
	},
	{ "repeats", "API 6.2, 9.2 test_timers", repeats,
	  "early=ok 1 run=ok timely early=ok 1 run=ok timely early=ok 1 run=ok timely cancelled=ok",
	},
	{ "reset", "API 9.2 test_timers", reset,
	  "reset=ok 1 run=ok timely set=ok 1 run=ok timely",
	},
	{ "order", "API 6.2", order,
	  "run=ok runs=8 2 5 7 3 1 4 8 6 run=ok",
	},
	{ "many", "API 6.2", many,
	  "run=ok runs=400 sum=100000",
	},
	{ "handler_cancels", "API 6.2", handler_cancels,
	  "1 self=ok again=EINVAL run=ok left=EINVAL 2 other=ok run=ok",
	},
	{ "handler_adds", "API 6.2", handler_adds,
	  "1 add=2 run=ok 2 run=ok 2 run=ok",
	},
	{ "handler_sets_interval", "API 6.2", handler_sets_interval,
	  "1 set=ok run=ok next=right",
	},
	{ "argument", "API 6.2", argument,
	  "1:one run=ok",
	},
	{ "longest", "API 9.2 test_timers", longest,
	  "add=1 now",
	  "add=1 later run=ok",
	  .why = "A timer of zmq_timers_add() with an interval near SIZE_MAX never runs",
	},
	{ "no_interval", "API 6.2", no_interval,
	  "add=1",
	  "add=1 1 run=ok 1 run=ok",
	  .why = "A timer without an interval runs once in each zmq_timers_execute()",
	},
	{ "handler_destroys", "API 6.2", handler_destroys,
	  "",
	  "1 destroy=ok run=ok",
	  .why = "A handler of a timer may destroy the set of timers it belongs to",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
