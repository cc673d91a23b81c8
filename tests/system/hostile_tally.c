// SPDX-License-Identifier: GPL-2.0-only
/* How far hostile's sessions have come, and for what reasons they ended. */
#include "hostile_tally.h"
#include "lib.h"

/* So many sessions of a kind, or with an aim, can't all have missed it. */
#define ENOUGH 400
#define ENOUGH_AIMED 40
#define REASONS 128

static struct tally tallies[TALLIES];

static const char *const kinds[TALLIES] = {
	"listening", "connecting", "raw, listening", "raw, connecting",
};

static const char *const words[TALLY_WORDS] = {
	"version", "greeting", "HELLO", "WELCOME", "INITIATE", "READY", "ERROR", "traffic",
};

static const char *const aims[HS_AIMS] = {
	[HS_KEYLESS] = "no key", [HS_GREETING] = "greeting", [HS_HELLO] = "HELLO",
	[HS_WELCOME] = "WELCOME", [HS_INITIATE] = "INITIATE", [HS_VOUCH] = "vouch",
	[HS_METADATA] = "metadata", [HS_READY] = "READY", [HS_OUTSIDE] = "outside",
	[HS_INSIDE] = "inside",
};

static struct tally *tally_of(const struct scene *c)
{
	return &tallies[2 * c->raw + c->connects];
}

/* What the other side has said if all before the target was right. */
static unsigned int before_target(const struct hs_session *s)
{
	bool server = s->speech == HS_CURVE_SERVER;

	switch (s->aim) {
	case HS_INITIATE:
	case HS_VOUCH:
		return HS_HEARD_WELCOME;
	case HS_METADATA:
		return server ? HS_HEARD_INITIATE : HS_HEARD_WELCOME;
	case HS_WELCOME:
		return HS_HEARD_HELLO;
	case HS_READY:
		return HS_HEARD_INITIATE;
	case HS_OUTSIDE:
	case HS_INSIDE:
		return server ? HS_HEARD_INITIATE : HS_HEARD_READY;
	default:
		return 0;
	}
}

void tally_session(const struct scene *c, const struct hs_session *s, const struct hs_ear *ear,
		   size_t sent)
{
	struct tally *t = tally_of(c);
	unsigned int i, before = before_target(s);

	t->sessions++;
	for (i = 0; i < TALLY_WORDS; i++)
		t->heard[i] += ear->heard >> i & 1;
	t->aimed[s->aim]++;
	/* As long as it is open, what comes later is not there yet. */
	t->reached[s->aim] += sent > s->target && !(s->open && before) &&
			      (ear->heard & before) == before;
}

void tally_delivered(struct scene *c)
{
	uint32_t n;

	for (n = c->tallied; n < c->sessions; n++)
		tally_of(c)->delivered += scene_delivered(c, n);
	c->tallied = c->sessions;
}

static void report(const char *kind, const struct tally *t)
{
	unsigned int i;

	printf("# %s: %lu sessions; have heard", kind, t->sessions);
	for (i = 0; i < TALLY_WORDS; i++)
		if (t->heard[i])
			printf(" %s %lu,", words[i], t->heard[i]);
	printf(" delivered %lu\n", t->delivered);
	if (t->aimed[HS_ANYWHERE])
		return;
	printf("# %s, reached of aimed at:", kind);
	for (i = HS_ANYWHERE + 1; i < HS_AIMS; i++)
		if (t->aimed[i])
			printf(" %s %lu/%lu", aims[i], t->reached[i], t->aimed[i]);
	printf("\n");
}

static void judge(const char *kind, const struct tally *t)
{
	unsigned int i;

	if (t->sessions >= ENOUGH && !t->delivered)
		zt_fail("%s: of %lu sessions none has delivered a message", kind, t->sessions);
	for (i = HS_ANYWHERE + 1; i < HS_AIMS; i++)
		if (t->aimed[i] >= ENOUGH_AIMED && !t->reached[i])
			zt_fail("%s: of %lu sessions none has reached %s", kind, t->aimed[i],
				aims[i]);
}

void tally_report(bool strangers)
{
	unsigned int i;

	for (i = 0; i < TALLIES; i++)
		if (tallies[i].sessions)
			report(kinds[i], &tallies[i]);
	fflush(stdout);
	for (i = 0; i < TALLIES; i++)
		if (i >= 2 || !strangers)
			judge(kinds[i], &tallies[i]);
}

void tally_reasons(void)
{
	static unsigned long before[REASONS];
	static bool again;
	unsigned long n;
	char name[64];
	unsigned int i;
	FILE *f = fopen("/proc/net/zmq_stat", "r");

	zt_check(f);
	if (again)
		printf("# ended, and dropped, for:");
	for (i = 0; i < REASONS && fscanf(f, "%63s %lu", name, &n) == 2; i++) {
		if (again && n > before[i])
			printf(" %s %lu", name, n - before[i]);
		before[i] = n;
	}
	if (again)
		printf("\n");
	again = true;
	fclose(f);
}
