// SPDX-License-Identifier: GPL-2.0-only
/* Scenarios of two processes, each on its own libzmq. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zpair.h"

#define SIDE_LIMIT_MS 60000
/* Two libraries on each side, two transports. */
#define COMBOS 8

static const struct zp_scenario *scenario_table;
static size_t scenario_count;

static void role_side(int argc, char **argv)
{
	struct zp_side side = { .peer = ZT_PEER };
	size_t i;

	zt_eq(argc, 3);
	side.ep = argv[2];
	for (i = 0; i < scenario_count; i++) {
		if (strcmp(scenario_table[i].name, argv[0]))
			continue;
		side.ctx = za_ctx();
		side.arg = scenario_table[i].arg;
		if (!strcmp(argv[1], "bind"))
			scenario_table[i].bind(&side);
		else
			scenario_table[i].conn(&side);
		if (side.ctx)
			za_term(side.ctx);
		return;
	}
	zt_fail("no scenario %s", argv[0]);
}

void zp_start(struct zt_proc *proc, const struct zp_combo *combo, bool bind,
	      const char *ep)
{
	zt_spawn(proc, bind ? combo->bind : combo->conn, "side", combo->scenario->name,
		 bind ? "bind" : "conn", ep, NULL);
}

/* Both sides at once, talking to each other directly. */
static void drive_both(const struct zp_combo *combo, const char *ep)
{
	char *argv[7] = { "test", "--role", "side", (char *)combo->scenario->name,
			 "bind", (char *)ep, NULL };
	struct zt_proc bind, conn;
	int pair[2];

	zt_ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	zt_spawn_fd(&bind, combo->bind, pair[0], argv);
	argv[4] = "conn";
	zt_spawn_fd(&conn, combo->conn, pair[1], argv);
	close(pair[0]);
	close(pair[1]);
	zt_wait(&conn, SIDE_LIMIT_MS);
	zt_wait(&bind, SIDE_LIMIT_MS);
}

static void run_combo(const void *arg)
{
	const struct zp_combo *combo = arg;
	char ep[64];

	if (combo->scenario->drive) {
		combo->scenario->drive(combo);
		return;
	}
	if (combo->ipc)
		snprintf(ep, sizeof(ep), "ipc:///tmp/zpair-%d", getpid());
	else
		snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", zt_port());
	drive_both(combo, ep);
}

static bool combo_wanted(const struct zp_combo *combo)
{
	bool stock_only = combo->bind == ZT_STOCK && combo->conn == ZT_STOCK;

	if (combo->ipc && !combo->scenario->ipc)
		return false;
	if (combo->scenario->conn_shim && combo->conn != ZT_SHIM)
		return false;
	if (!getenv("ZT_SHIM"))
		return stock_only;
	/* One kernel is enough for the control run. */
	return !stock_only || !getenv("ZT_NO_CONTROL");
}

int zp_main(int argc, char **argv, const struct zp_scenario *scenarios, size_t count)
{
	static const struct zt_role roles[] = { { "side", role_side } };
	struct zp_combo *combos = calloc(count * COMBOS, sizeof(*combos));
	struct zt_case *cases = calloc(count * COMBOS, sizeof(*cases));
	size_t i, n = 0;

	scenario_table = scenarios;
	scenario_count = count;
	zt_roles(argc, argv, roles, ZT_ARRAY(roles));
	for (i = 0; i < count * COMBOS; i++) {
		struct zp_combo *combo = &combos[n];
		char *name;

		combo->scenario = &scenarios[i / COMBOS];
		combo->ipc = i & 4;
		combo->bind = i & 2 ? ZT_SHIM : ZT_STOCK;
		combo->conn = i & 1 ? ZT_SHIM : ZT_STOCK;
		if (!combo_wanted(combo))
			continue;
		if (asprintf(&name, "%s%s/%s-%s", combo->scenario->name,
			     combo->ipc ? "_ipc" : "", zt_lib_name(combo->bind),
			     zt_lib_name(combo->conn)) < 0)
			return 1;
		cases[n] = (struct zt_case) {
			.name = name, .run = run_combo, .arg = combo,
			.limit = combo->scenario->limit ? combo->scenario->limit : 30,
		};
		n++;
	}
	zt_netns();
	return zt_run(argc, argv, cases, n);
}
