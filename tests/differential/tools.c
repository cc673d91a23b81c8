// SPDX-License-Identifier: GPL-2.0-only
/* What libzmq has besides sockets: Z85 and keys, counters, threads, clocks. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "diff.h"

/* RFC 32 and RFC 26: a key as bytes, as text, and what belongs to it. */
#define SECRET "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define PUBLIC "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

/* --- Z85 ------------------------------------------------------------------------------ */

static void z85(void)
{
	static const uint8_t hello[] = { 0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b };
	static const uint8_t ends[] = { 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff };
	char text[64] = "";
	uint8_t data[64];

	errno = 0;
	say("%s", zmq_z85_encode(text, hello, sizeof(hello)) == text ? text : "null");
	say("%s", zmq_z85_decode(data, text) == data ? "decoded" : "null");
	say("%s", memcmp(data, hello, sizeof(hello)) ? "differs" : "same");
	say("%s", zmq_z85_encode(text, ends, sizeof(ends)));
	say("%s", zmq_z85_decode(data, text) == data ? "decoded" : "null");
	say("%s", memcmp(data, ends, sizeof(ends)) ? "differs" : "same");
	say("%s", zmq_z85_decode(data, SECRET) == data ? "decoded" : "null");
	say("%s", strcmp(zmq_z85_encode(text, data, 32), SECRET) ? "differs" : "same");
	zmq_z85_encode(text, data, 0);
	say("empty='%s' errno=%s", text, zd_errno(errno));
}

static void z85_errors(void)
{
	static const char *const wrong[] = {
		"0", "00000000", "#####", "%nSc1", "%nSc2", "0000\"", "0 000", "000\x7f" "0",
		"\xff" "0000", "00000%nSc1",
	};
	uint8_t data[64] = { 0 };
	char text[64];
	int decoded = 0;
	size_t i;

	for (i = 0; i < ZT_ARRAY(wrong); i++) {
		errno = 0;
		decoded += zmq_z85_decode(data, wrong[i]) || errno != EINVAL;
	}
	say("decoded=%d", decoded);
	say_rc("encode", zmq_z85_encode(text, data, 1) ? 0 : -1);
	say_rc("encode", zmq_z85_encode(text, data, 42) ? 0 : -1);
}

/* --- keys ------------------------------------------------------------------------------- */

static void keys(void)
{
	char public[64], secret[64], again[64], other[64];

	memset(public, 'x', sizeof(public));
	memset(secret, 'x', sizeof(secret));
	memset(again, 'x', sizeof(again));
	say_rc("pair", zmq_curve_keypair(public, secret));
	say("%zu %zu %c", strnlen(public, 64), strnlen(secret, 64), public[41]);
	say_rc("public", zmq_curve_public(again, secret));
	say("%s", strcmp(public, again) ? "differs" : "same");
	say_rc("next", zmq_curve_keypair(other, again));
	say("%s", strcmp(other, public) ? "differs" : "same");
	say("%s", strcmp(again, secret) ? "differs" : "same");
	say_rc("known", zmq_curve_public(public, SECRET));
	say("%s", strcmp(public, PUBLIC) ? "differs" : "same");
}

static void key_errors(void)
{
	static const char *const wrong[] = {
		"", "JTKVSB", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh", SECRET "0",
		"\"TKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
		"#####B%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
	};
	char public[64] = "";
	size_t i;

	for (i = 0; i < ZT_ARRAY(wrong); i++)
		say_rc("public", zmq_curve_public(public, wrong[i]));
	say("'%s'", public);
}

/* libzmq goes beyond the end of what it has here, so it is not asked. */
static void key_length(void)
{
	char public[64] = "unchanged";

	if (zt_lib_here() == ZT_STOCK)
		return;
	say_rc("short", zmq_curve_public(public, "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!N"));
	say_rc("long", zmq_curve_public(public, SECRET "00000"));
	say("'%s'", public);
	say_rc("null", zmq_curve_public(public, NULL));
	say_rc("nowhere", zmq_curve_public(NULL, SECRET));
	say_rc("pair", zmq_curve_keypair(NULL, public));
	say_rc("pair", zmq_curve_keypair(public, NULL));
}

/* --- counters ----------------------------------------------------------------------------- */

static void counter(void)
{
	void *c = zmq_atomic_counter_new();
	int i;

	say("new=%d", zmq_atomic_counter_value(c));
	for (i = 0; i < 3; i++)
		say("inc=%d", zmq_atomic_counter_inc(c));
	say("value=%d", zmq_atomic_counter_value(c));
	for (i = 0; i < 4; i++)
		say("dec=%d", zmq_atomic_counter_dec(c));
	say("value=%d", zmq_atomic_counter_value(c));
	zmq_atomic_counter_set(c, 2);
	say("set=%d", zmq_atomic_counter_value(c));
	zmq_atomic_counter_destroy(&c);
	say("%s", c ? "kept" : "null");
}

#define STEPS 20000

static void step(void *c)
{
	int i;

	for (i = 0; i < STEPS; i++)
		zmq_atomic_counter_inc(c);
	for (i = 0; i < STEPS / 2; i++)
		zmq_atomic_counter_dec(c);
}

static void counter_threads(void)
{
	void *c = zmq_atomic_counter_new(), *threads[4];
	size_t i;

	for (i = 0; i < ZT_ARRAY(threads); i++)
		threads[i] = zmq_threadstart(step, c);
	for (i = 0; i < ZT_ARRAY(threads); i++)
		zmq_threadclose(threads[i]);
	say("value=%d", zmq_atomic_counter_value(c) - 4 * STEPS / 2);
}

/* --- threads and clocks -------------------------------------------------------------------- */

static void look_around(void *arg)
{
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	say("%s", (const char *)arg);
	say("%s", sigismember(&blocked, SIGTERM) ? "blocked" : "open");
}

static void thread(void)
{
	sigset_t blocked;

	zmq_threadclose(zmq_threadstart(look_around, "started"));
	say("ended");
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	say("%s", sigismember(&blocked, SIGTERM) ? "blocked" : "open");
}

/* Microseconds; stop() is the end of it. */
static void stopwatch(void)
{
	void *watch = zmq_stopwatch_start();
	unsigned long first, second, last;

	zt_nap(50);
	first = zmq_stopwatch_intermediate(watch);
	second = zmq_stopwatch_intermediate(watch);
	zt_nap(50);
	last = zmq_stopwatch_stop(watch);
	say("%s", first >= 49000 && first < 50000 + 1000UL * zt_scaled(5000) ? "timely" : "wrong");
	say("%s", first <= second && second + 49000 <= last ? "grows" : "stands");
}

static void seconds(void)
{
	int64_t start = zt_now(), took;

	zmq_sleep(0);
	zmq_sleep(1);
	took = zt_now() - start;
	say("%s", took < 990 ? "early" : took > 1000 + zt_scaled(5000) ? "late" : "timely");
}

/* libzmq's crashes. */
static void nothing(void)
{
	void *null = NULL;

	if (zt_lib_here() == ZT_STOCK)
		return;
	zmq_atomic_counter_set(NULL, 1);
	say("%d", zmq_atomic_counter_inc(NULL));
	say("%d", zmq_atomic_counter_dec(NULL));
	say("%d", zmq_atomic_counter_value(NULL));
	zmq_atomic_counter_destroy(&null);
	zmq_atomic_counter_destroy(NULL);
	zmq_threadclose(NULL);
	say_rc("start", zmq_threadstart(NULL, NULL) ? 0 : -1);
	zmq_version(NULL, NULL, NULL);
	say("%d", zmq_has(NULL));
	say("%lu", zmq_stopwatch_stop(NULL));
}

static const struct zd_behaviour behaviours[] = {
	{ "z85", "RFC 32, API 9.2 test_base85", z85,
	  "HelloWorld decoded same 00000%nSc0 decoded same decoded same empty='' errno=ok",
	},
	{ "z85_errors", "API 6.2, 9.2 test_base85", z85_errors,
	  "decoded=0 encode=EINVAL encode=EINVAL",
	},
	{ "keys", "API 6.2, 9.2 test_sodium", keys,
	  "pair=ok 40 40 x public=ok same next=ok differs differs known=ok same",
	},
	{ "key_errors", "API 6.2", key_errors,
	  "public=EINVAL public=EINVAL public=EINVAL public=EINVAL public=EINVAL public=EINVAL ''",
	},
	{ "key_length", "API 6.2", key_length,
	  "",
	  "short=EINVAL long=EINVAL '' null=EFAULT nowhere=EFAULT pair=EFAULT pair=EFAULT",
	  .why = "zmq_curve_public() takes a secret key of 40 characters only",
	},
	{ "counter", "API 6.2, 9.2 test_atomics", counter,
	  "new=0 inc=0 inc=1 inc=2 value=3 dec=1 dec=1 dec=0 dec=1 value=-1 set=2 null",
	},
	{ "counter_threads", "API 6.2", counter_threads,
	  "value=0",
	},
	{ "thread", "API 6.2", thread,
	  "started blocked ended open",
	},
	{ "stopwatch", "API 6.2", stopwatch,
	  "timely grows",
	},
	{ "seconds", "API 6.2", seconds,
	  "timely",
	},
	{ "nothing", "API 6.2", nothing,
	  "",
	  "0 0 0 start=EFAULT 0 0",
	  .why = "NULL in place of a counter, a thread, a key or a result",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
