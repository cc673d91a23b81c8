// SPDX-License-Identifier: GPL-2.0-only
/* api_all: keys, counters, timers, clocks, threads. */
#include "all.h"

void all_keys(const void *arg)
{
	static const uint8_t bytes[8] = { 0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b };
	char public[41] = "", secret[41] = "", derived[41] = "", other[41] = "";
	uint8_t raw[32];
	char text[41];

	(void)arg;
	zt_check(zmq_z85_encode(text, bytes, sizeof(bytes)) == text);
	zt_check(!strcmp(text, "HelloWorld"));
	zt_check(zmq_z85_decode(raw, "HelloWorld") == raw);
	zt_check(!memcmp(raw, bytes, sizeof(bytes)));
	zt_check(!zmq_z85_encode(text, bytes, 7));
	zt_eq(errno, EINVAL);
	zt_check(!zmq_z85_decode(raw, "Hello Wor\""));
	zt_eq(errno, EINVAL);

	zt_ok(zmq_curve_keypair(public, secret));
	zt_eq(strlen(public), 40);
	zt_eq(strlen(secret), 40);
	zt_ok(zmq_curve_public(derived, secret));
	zt_check(!strcmp(public, derived));
	zt_ok(zmq_curve_keypair(other, derived));
	zt_check(strcmp(public, other));
	zt_check(zmq_z85_decode(raw, secret));
	zt_check(!strcmp(zmq_z85_encode(text, raw, 32), secret));
	zt_err(zmq_curve_public(derived, "too short"), EINVAL);
}

#define THREADS 4
#define ROUNDS 10000

static void count_up(void *counter)
{
	int i;

	for (i = 0; i < ROUNDS; i++)
		zmq_atomic_counter_inc(counter);
}

void all_counters(const void *arg)
{
	void *counter = zmq_atomic_counter_new(), *thread[THREADS];
	int i;

	(void)arg;
	zt_check(counter);
	zt_eq(zmq_atomic_counter_value(counter), 0);
	zt_eq(zmq_atomic_counter_inc(counter), 0);
	zt_eq(zmq_atomic_counter_inc(counter), 1);
	zt_eq(zmq_atomic_counter_dec(counter), 1);
	zt_eq(zmq_atomic_counter_dec(counter), 0);
	zmq_atomic_counter_set(counter, 5);
	zt_eq(zmq_atomic_counter_value(counter), 5);
	for (i = 0; i < THREADS; i++) {
		thread[i] = zmq_threadstart(count_up, counter);
		zt_check(thread[i]);
	}
	for (i = 0; i < THREADS; i++)
		zmq_threadclose(thread[i]);
	zt_eq(zmq_atomic_counter_value(counter), 5 + THREADS * ROUNDS);
	zmq_atomic_counter_destroy(&counter);
	zt_check(!counter);
}

/**
 * struct fired - what a timer did
 * @id: its number
 * @times: how often it fired
 */
struct fired {
	int id;
	int times;
};

static void on_timer(int id, void *arg)
{
	struct fired *fired = arg;

	fired->id = id;
	fired->times++;
}

/* Runs the timers until the one of @fired has fired again. */
static void wait_for(void *timers, struct fired *fired)
{
	int64_t end = zt_now() + zt_scaled(ZA_TIMEO);
	int before = fired->times;
	long ms;

	while (fired->times == before) {
		zt_check(zt_now() < end);
		ms = zmq_timers_timeout(timers);
		zt_check(ms >= 0);
		zt_nap(ms);
		zt_ok(zmq_timers_execute(timers));
	}
}

void all_timers(const void *arg)
{
	struct fired soon = { 0 }, late = { 0 };
	void *timers = zmq_timers_new();
	int id, late_id;
	int64_t start;

	(void)arg;
	zt_check(timers);
	start = zt_now();
	id = zmq_timers_add(timers, 60, on_timer, &soon);
	late_id = zmq_timers_add(timers, 3600000, on_timer, &late);
	zt_check(id > 0 && late_id > 0 && id != late_id);
	zt_check(zmq_timers_timeout(timers) <= 60);
	wait_for(timers, &soon);
	zt_check(zt_now() - start >= 59);
	zt_eq(soon.id, id);
	zt_eq(soon.times, 1);
	/* It repeats, and from now on at another interval. */
	zt_ok(zmq_timers_set_interval(timers, id, 30));
	zt_check(zmq_timers_timeout(timers) <= 30);
	wait_for(timers, &soon);
	zt_eq(soon.times, 2);

	zt_ok(zmq_timers_set_interval(timers, id, 100000));
	zt_nap(30);
	zt_check(zmq_timers_timeout(timers) <= 100000 - 29);
	start = zt_now();
	zt_ok(zmq_timers_reset(timers, id));
	zt_check(zmq_timers_timeout(timers) >= 100000 - 1 - (zt_now() - start));
	zt_ok(zmq_timers_cancel(timers, id));
	zt_err(zmq_timers_cancel(timers, id), EINVAL);
	zt_check(zmq_timers_timeout(timers) > 100000);
	zt_ok(zmq_timers_execute(timers));
	zt_eq(soon.times, 2);
	zt_eq(late.times, 0);
	zt_ok(zmq_timers_destroy(&timers));
	zt_check(!timers);
	zt_err(zmq_timers_execute(NULL), EFAULT);
}

static void set_flag(void *flag)
{
	__atomic_store_n((int *)flag, 1, __ATOMIC_SEQ_CST);
}

void all_clock(const void *arg)
{
	unsigned long first, second, last;
	int64_t start = zt_now();
	void *watch, *thread;
	int flag = 0;

	(void)arg;
	watch = zmq_stopwatch_start();
	zt_check(watch);
	zmq_sleep(1);
	first = zmq_stopwatch_intermediate(watch);
	second = zmq_stopwatch_intermediate(watch);
	last = zmq_stopwatch_stop(watch);
	zt_check(first >= 990000 && first <= second && second <= last);
	zt_check(last <= (unsigned long)(zt_now() - start + 1) * 1000);

	thread = zmq_threadstart(set_flag, &flag);
	zt_check(thread);
	zmq_threadclose(thread);
	zt_eq(__atomic_load_n(&flag, __ATOMIC_SEQ_CST), 1);
}
