// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers that spoil whole sessions, many at a time, against sockets of every type
 * that listen and that connect, by tcp and by ipc. After each batch a good peer
 * has to get through to each socket; in the end nothing of them may be left, and of
 * each kind some sessions must have come as far as they can.
 *
 * The same seed makes the same sessions for each socket, in the same order; keys of
 * CURVE are others each time.
 * Environment: ZT_SEED (default 1), ZT_CASES: changes of sessions to be made by
 * each case of this program (default 5000, divided by ZT_STRESS).
 */
#include <stdlib.h>
#include <unistd.h>

#include "hostile_peer.h"
#include "hostile_scene.h"
#include "hostile_tally.h"
#include "nsec.h"

#define BATCH_SESSIONS 2000
#define QUESTIONS 8
#define FEW_PEERS 16

/**
 * struct attack - one case of this program
 * @speech: what is spoken to sockets that listen
 * @speech_connects: and to those that connect
 * @kind: of the sockets
 * @zap: there is who lets peers in
 * @few: peers at a time are few: handshakes take so long that others would give up
 * @strangers: what is spoken is not what the sockets speak
 */
struct attack {
	enum hs_speech speech;
	enum hs_speech speech_connects;
	struct scene_kind kind;
	bool zap;
	bool few;
	bool strangers;
};

static struct scene scenes[SCENES];
static unsigned long seed, sessions;
/* Who is asked about peers, -1: nobody. */
static int handler = -1;

static unsigned long number(const char *name, unsigned long fallback)
{
	const char *text = getenv(name);

	return text && strtoul(text, NULL, 0) ? strtoul(text, NULL, 0) : fallback;
}

/* Answers what was asked: as RFC 27 has it. */
static void answer_fairly(void)
{
	if (handler >= 0)
		nz_zap_answer(handler, "200");
}

/* Or else rarely in another way. */
static void answer(void)
{
	static const char *const statuses[] = { "300", "400", "500", "", "2000" };
	static unsigned int n;
	int i;

	for (i = 0; handler >= 0 && i < QUESTIONS; i++)
		n += nz_zap_answer(handler, n % 16 != 15 ? "200" :
				   statuses[n / 16 % ZT_ARRAY(statuses)]);
}

/* Sockets without ZMTP hear some, half the time. */
static enum hs_speech speech_to(const struct scene *c, const struct attack *a, uint32_t n)
{
	if (c->raw)
		return n & 1 ? HS_RAW : HS_NULL;
	return c->connects ? a->speech_connects : a->speech;
}

static void begin(struct peer *p, struct scene *c, const struct attack *a)
{
	int fd = scene_reach(c);
	uint64_t which = (seed << 40) + ((uint64_t)(c - scenes) << 32);
	uint32_t n;

	if (fd < 0)
		return;
	n = scene_session(c);
	peer_begin(p, c, fd, which + n, speech_to(c, a, n), n);
	sessions++;
}

static void run_batch(const struct attack *a, unsigned long goal)
{
	unsigned long last = sessions + BATCH_SESSIONS, round = 0;
	bool busy = true;
	int i;

	while (busy) {
		struct scene *c = &scenes[round++ % SCENES];
		bool more = sessions < last && peer_cases < goal;

		busy = more;
		for (i = 0; i < (a->few ? FEW_PEERS : PEERS); i++) {
			if (peers[i].fd < 0 && more) {
				begin(&peers[i], c, a);
				c = &scenes[round++ % SCENES];
			}
			if (peers[i].fd >= 0)
				peer_go_on(&peers[i]);
			busy |= peers[i].fd >= 0;
		}
		scene_stir(c);
		answer();
		peers_wait();
	}
}

/* Each socket lives on; how long it took to see that. */
static int64_t see_good_peers(const struct attack *a)
{
	int64_t start = zt_now();
	unsigned int i;

	for (i = 0; i < SCENES; i++) {
		scene_serves(&scenes[i], &a->kind, answer_fairly);
		tally_delivered(&scenes[i]);
	}
	return zt_now() - start;
}

static void attack(const void *arg)
{
	const struct attack *a = arg;
	unsigned long goal = number("ZT_CASES", zt_count(5000));
	int64_t start = zt_now(), good = 0;
	long before = nz_sockets();
	unsigned int i;

	seed = number("ZT_SEED", 1);
	tally_reasons();
	peers_open();
	if (a->zap)
		handler = nz_zap_open();
	for (i = 0; i < SCENES; i++)
		scene_open(&scenes[i], i, &a->kind);
	while (peer_cases < goal) {
		run_batch(a, goal);
		good += see_good_peers(a);
	}
	for (i = 0; i < SCENES; i++)
		scene_close(&scenes[i]);
	if (handler >= 0)
		close(handler);
	peers_close();
	zt_until(nz_sockets() == before, 10000);
	printf("# ZT_SEED=%lu: %lu cases in %lu sessions, %lld ms, %lld of these with good peers\n",
	       seed, peer_cases, sessions, (long long)(zt_now() - start), (long long)good);
	tally_reasons();
	tally_report(a->strangers);
}

#define ATTACK(...) attack, &(const struct attack){ __VA_ARGS__ }, .limit = 3600

static const struct zt_case all[] = {
	{ "null_tcp", ATTACK(HS_NULL, HS_NULL) },
	{ "null_ipc", ATTACK(HS_NULL, HS_NULL, .kind.ipc = true) },
	{ "null_zap", ATTACK(HS_NULL, HS_NULL, .kind.domain = true, .zap = true) },
	{ "null_30", ATTACK(HS_NULL_30, HS_NULL_30) },
	{ "v2", ATTACK(HS_V2, HS_V2) },
	{ "v1", ATTACK(HS_V1, HS_V1, .kind.ipc = true) },
	{ "no_zmtp", ATTACK(HS_RAW, HS_RAW, .strangers = true) },
	{ "other_mechanism", ATTACK(HS_PLAIN_CLIENT, HS_CURVE_SERVER, .strangers = true) },
	{ "plain", ATTACK(HS_PLAIN_CLIENT, HS_PLAIN_SERVER, .kind.mechanism = ZMQ_PLAIN,
			  .zap = true) },
	{ "curve", ATTACK(HS_CURVE_CLIENT, HS_CURVE_SERVER, .kind.mechanism = ZMQ_CURVE,
			  .zap = true, .few = true) },
	{ "curve_ipc", ATTACK(HS_CURVE_CLIENT, HS_CURVE_SERVER, .kind.mechanism = ZMQ_CURVE,
			      .kind.ipc = true, .few = true) },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, all, ZT_ARRAY(all));
}
