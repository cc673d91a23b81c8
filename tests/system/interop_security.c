// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every mechanism between two processes, each on stock libzmq or on the shim (wire.md
 * sections 5 and 6): every stable pattern, right and wrong credentials, mechanisms that
 * do not fit, heartbeats, a server that comes back. The binding process has a ZAP handler.
 */
#include <stdlib.h>
#include <unistd.h>

#include "talk.h"
#include "zgate.h"
#include "zmon.h"
#include "zpair.h"
#include "zsec.h"

#define DOMAIN "interop"
#define USER_ID "somebody"
#define SEQUENCE 2000
#define BEAT_MS 20
#define BEATS 10
#define RETRY_MS 20
#define ONCE_MS 600000
#define HANDSHAKE_MS 1000
#define QUIET_MS 20
#define FAILURES \
	(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | \
	 ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)

static const struct tk_pair pairs[] = {
	{ ZMQ_PAIR, ZMQ_PAIR },
	{ ZMQ_PUB, ZMQ_SUB, true }, { ZMQ_XPUB, ZMQ_SUB }, { ZMQ_PUB, ZMQ_XSUB },
	{ ZMQ_XPUB, ZMQ_XSUB }, { ZMQ_REQ, ZMQ_REP }, { ZMQ_REQ, ZMQ_ROUTER, true },
	{ ZMQ_DEALER, ZMQ_REP, true }, { ZMQ_DEALER, ZMQ_ROUTER }, { ZMQ_DEALER, ZMQ_DEALER },
	{ ZMQ_ROUTER, ZMQ_ROUTER }, { ZMQ_PUSH, ZMQ_PULL }, { ZMQ_PUSH, ZMQ_PULL, true },
};

/**
 * struct security - of one scenario
 * @mechanism: of the binding side
 * @turned: the connecting side is the server
 */
struct security {
	int mechanism;
	bool turned;
};

static bool is_client_key(const struct zg_request *request)
{
	uint8_t key[32];
	int i = request->first + ZG_CREDENTIALS;

	zt_check(zmq_z85_decode(key, zs_client_keys.public));
	return i < request->parts && request->len[i] == sizeof(key) &&
	       !memcmp(request->part[i], key, sizeof(key));
}

/* Who is right is let in. */
static void judge(const struct zg_request *request, struct zg_reply *reply)
{
	const char *mechanism = zg_text(request, ZG_MECHANISM);
	bool right = !strcmp(zg_text(request, ZG_DOMAIN), DOMAIN);

	if (!strcmp(mechanism, "PLAIN"))
		right &= !strcmp(zg_text(request, ZG_CREDENTIALS), ZS_USER) &&
			 !strcmp(zg_text(request, ZG_CREDENTIALS + 1), ZS_PASSWORD);
	else if (!strcmp(mechanism, "CURVE"))
		right &= is_client_key(request);
	if (!right)
		reply->status = "400";
}

/* And gets a name; not with a REQ, which in libzmq hears nothing any more then. */
static void judge_named(const struct zg_request *request, struct zg_reply *reply)
{
	judge(request, reply);
	reply->user = USER_ID;
}

static void secure(void *s, int mechanism, bool server)
{
	if (server) {
		zs_server(s, mechanism);
		za_text(s, ZMQ_ZAP_DOMAIN, DOMAIN);
	} else {
		zs_client(s, mechanism);
	}
}

/* Binds to a new endpoint of the transport that side->ep has, and tells the other side. */
static void bind_new(struct zp_side *side, void *s)
{
	static int count;
	char ep[256];

	if (!strncmp(side->ep, "ipc", 3))
		snprintf(ep, sizeof(ep), "%s-%d", side->ep, count++);
	else
		strcpy(ep, "tcp://127.0.0.1:*");
	za_bind(s, ep);
	za_last(s, ep);
	zt_tell(side->peer, "%s", ep);
}

static void connect_new(struct zp_side *side, void *s)
{
	char ep[256];

	zt_hear(side->peer, ep, sizeof(ep));
	za_connect(s, ep);
}

/* --- every pattern ----------------------------------------------------------------------- */

static void patterns_side(struct zp_side *side, bool binds)
{
	const struct security *security = side->arg;
	bool server = binds != security->turned;
	struct zg *gate = NULL;
	struct zg_request request;
	size_t i, asked = 0;

	if (server)
		gate = zg_start(side->ctx, ZMQ_REP, judge);
	for (i = 0; i < ZT_ARRAY(pairs); i++) {
		struct tk_talk t;

		tk_open(&t, side->ctx, side->peer, &pairs[i], binds);
		secure(t.s, security->mechanism, server);
		if (binds)
			bind_new(side, t.s);
		else
			connect_new(side, t.s);
		tk_talk(&t);
		/* libzmq may lose messages of who closes before the other has them. */
		zt_tell(side->peer, "done");
		zt_expect(side->peer, "done");
		za_close(t.s);
	}
	while (server && zg_next(gate, &request, 0))
		asked++;
	if (server)
		zt_eq(asked, ZT_ARRAY(pairs));
	if (server)
		zg_stop(gate);
}

static void patterns_bind(struct zp_side *side)
{
	patterns_side(side, true);
}

static void patterns_conn(struct zp_side *side)
{
	patterns_side(side, false);
}

/* --- a longer conversation -------------------------------------------------------------------- */

static void want_user(void *s, const char *text)
{
	const char *user;
	zmq_msg_t msg;

	zt_ok(zmq_msg_init(&msg));
	zt_ok(zmq_msg_recv(&msg, s, 0));
	zt_check(zmq_msg_size(&msg) == strlen(text) &&
		 !memcmp(zmq_msg_data(&msg), text, strlen(text)));
	user = zmq_msg_gets(&msg, "User-Id");
	zt_check(user && !strcmp(user, USER_ID));
	zt_ok(zmq_msg_close(&msg));
}

/* Every frame has a number of its own within CURVE: none may get lost or change places. */
static void sequence_bind(struct zp_side *side)
{
	const struct security *security = side->arg;
	struct zg *gate = zg_start(side->ctx, ZMQ_ROUTER, judge_named);
	void *s = za_socket(side->ctx, ZMQ_PULL), *monitor = zm_open(side->ctx, s);
	struct zm_event event;
	char text[16];
	int i;

	secure(s, security->mechanism, true);
	za_set(s, ZMQ_HEARTBEAT_IVL, BEAT_MS);
	za_set(s, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(ZA_TIMEO));
	bind_new(side, s);
	want_user(s, "first");
	zm_until(monitor, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	for (i = 0; i < SEQUENCE; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_want(s, text, !(i & 1));
	}
	/* PING and PONG are sealed as well: clear ones would end the connection. */
	zt_check(!zm_next(monitor, &event, BEATS * BEAT_MS));
	zt_tell(side->peer, "quiet");
	want_user(s, "last");
	zt_check(!zm_next(monitor, &event, 0));
	zt_tell(side->peer, "done");
	zm_close(monitor, s);
	za_close(s);
	zg_stop(gate);
}

static void sequence_conn(struct zp_side *side)
{
	const struct security *security = side->arg;
	void *s = za_socket(side->ctx, ZMQ_PUSH);
	char text[16];
	int i;

	secure(s, security->mechanism, false);
	za_set(s, ZMQ_HEARTBEAT_IVL, BEAT_MS);
	za_set(s, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(ZA_TIMEO));
	connect_new(side, s);
	za_put(s, "first", 0);
	for (i = 0; i < SEQUENCE; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_put(s, text, i & 1 ? 0 : ZMQ_SNDMORE);
	}
	zt_expect(side->peer, "quiet");
	za_put(s, "last", 0);
	zt_expect(side->peer, "done");
	za_close(s);
}

/* --- a server that comes back ----------------------------------------------------------- */

static void restart_bind(struct zp_side *side)
{
	const struct security *security = side->arg;
	struct zg *gate = zg_start(side->ctx, ZMQ_REP, judge);
	struct zg_request request;
	int life;

	for (life = 0; life < 3; life++) {
		void *s = za_socket(side->ctx, ZMQ_REP);

		secure(s, security->mechanism, true);
		zt_until(!zmq_bind(s, side->ep), ZA_TIMEO);
		zt_check(zg_next(gate, &request, zt_scaled(ZA_TIMEO)));
		za_want(s, "hello", 0);
		za_put(s, "welcome", 0);
		zt_expect(side->peer, "welcome");
		za_close(s);
	}
	zg_stop(gate);
}

static void restart_conn(struct zp_side *side)
{
	const struct security *security = side->arg;
	void *s = za_socket(side->ctx, ZMQ_REQ), *monitor = zm_open(side->ctx, s);
	int life;

	secure(s, security->mechanism, false);
	za_set(s, ZMQ_RECONNECT_IVL, RETRY_MS);
	za_connect(s, side->ep);
	for (life = 0; life < 3; life++) {
		za_put(s, "hello", 0);
		za_want(s, "welcome", 0);
		zt_tell(side->peer, "welcome");
		zm_until(monitor, ZMQ_EVENT_DISCONNECTED);
	}
	zm_close(monitor, s);
	za_close(s);
}

/* --- who must not get in --------------------------------------------------------------------- */

/**
 * struct wrong - two sides that do not fit
 * @bind: mechanism of the server
 * @conn: mechanism of the client
 * @user: of a PLAIN client
 * @password: of a PLAIN client
 * @keys: of a CURVE client
 * @server: whom a CURVE client takes the server for
 * @bind_event: how the server's monitor tells it
 * @bind_value: with this value, 0: any
 * @conn_event: how the client's does
 * @conn_value: with this value, 0: any
 * @races: a side may see no more than that the other has closed
 */
struct wrong {
	int bind;
	int conn;
	const char *user;
	const char *password;
	const struct zs_keys *keys;
	const char *server;
	int bind_event;
	uint32_t bind_value;
	int conn_event;
	uint32_t conn_value;
	bool races;
};

/* Who sees it first closes, which may be all that the other one sees. */
#define MISMATCH(ours, theirs) \
	{ \
		.bind = (ours), .conn = (theirs), .user = ZS_USER, .password = ZS_PASSWORD, \
		.bind_event = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, \
		.bind_value = ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, \
		.conn_event = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, \
		.conn_value = ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, \
		.races = true, \
	}

#define DENIED(mechanism, ...) \
	{ \
		.bind = (mechanism), .conn = (mechanism), __VA_ARGS__, \
		.bind_event = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, .bind_value = 400, \
		.conn_event = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, .conn_value = 400, \
	}

static const struct wrong wrongs[] = {
	MISMATCH(ZMQ_NULL, ZMQ_PLAIN), MISMATCH(ZMQ_NULL, ZMQ_CURVE),
	MISMATCH(ZMQ_PLAIN, ZMQ_NULL), MISMATCH(ZMQ_PLAIN, ZMQ_CURVE),
	MISMATCH(ZMQ_CURVE, ZMQ_NULL), MISMATCH(ZMQ_CURVE, ZMQ_PLAIN),
	DENIED(ZMQ_PLAIN, .user = ZS_USER, .password = "wrong"),
	DENIED(ZMQ_PLAIN, .user = "nobody", .password = ZS_PASSWORD),
	DENIED(ZMQ_PLAIN, .user = ZS_USER),
	/* A pair of keys, but not the one that is known. */
	DENIED(ZMQ_CURVE, .keys = &zs_server_keys),
	/* The HELLO does not open: the server says nothing. */
	{
		.bind = ZMQ_CURVE, .conn = ZMQ_CURVE, .server = "other",
		.bind_event = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
		.bind_value = ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC,
		.conn_event = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
	},
};

static void wrong_client(void *s, const struct wrong *wrong)
{
	if (wrong->conn == ZMQ_PLAIN) {
		za_text(s, ZMQ_PLAIN_USERNAME, wrong->user);
		if (wrong->password)
			za_text(s, ZMQ_PLAIN_PASSWORD, wrong->password);
	} else if (wrong->conn == ZMQ_CURVE) {
		zs_curve_client(s, wrong->keys ? wrong->keys : &zs_client_keys,
				wrong->server ? zs_other_keys()->public : zs_server_keys.public);
	}
}

/*
 * What the monitor tells of the failure. libzmq may close before its greeting or ERROR has
 * left, or with a monitor stop reading where it should close (wire.md section 12): who
 * meets it may see no more than the end, or that time is over.
 */
static void want_failure(void *monitor, const struct wrong *wrong, bool binds, bool strict)
{
	int number = binds ? wrong->bind_event : wrong->conn_event;
	uint32_t value = binds ? wrong->bind_value : wrong->conn_value;
	struct zm_event event;

	do
		zt_check(zm_next(monitor, &event, zt_scaled(ZA_TIMEO)));
	while (!(event.number & FAILURES));
	if (event.number == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL && (!strict || wrong->races))
		return;
	zt_eq(event.number, number);
	if (value)
		zt_eq(event.value, value);
}

/* Both sides, one after the other for each of the table. */
static void wrong_side(struct zp_side *side, bool binds)
{
	struct zg *gate = binds ? zg_start(side->ctx, ZMQ_REP, judge) : NULL;
	bool shim = zt_lib_here() == ZT_SHIM;
	char theirs[16];
	size_t i;

	zt_tell(side->peer, "%s", zt_lib_name(zt_lib_here()));
	zt_hear(side->peer, theirs, sizeof(theirs));
	for (i = 0; i < ZT_ARRAY(wrongs); i++) {
		const struct wrong *wrong = &wrongs[i];
		void *s = za_socket(side->ctx, ZMQ_DEALER), *monitor = zm_open(side->ctx, s);

		za_set(s, ZMQ_HANDSHAKE_IVL, zt_scaled(HANDSHAKE_MS));
		if (binds) {
			secure(s, wrong->bind, true);
			bind_new(side, s);
		} else {
			wrong_client(s, wrong);
			/* One attempt is enough. */
			za_set(s, ZMQ_RECONNECT_IVL, ONCE_MS);
			connect_new(side, s);
			/* Stock libzmq may have met the failure by now, and has no pipe then. */
			if (zmq_send(s, "secret", 6, ZMQ_DONTWAIT) != 6)
				zt_check(!shim && errno == EAGAIN);
		}
		if (shim) {
			want_failure(monitor, wrong, binds, !strcmp(theirs, "shim"));
			zm_until(monitor, ZMQ_EVENT_DISCONNECTED);
		} else {
			zm_until(monitor, binds ? ZMQ_EVENT_ACCEPTED : ZMQ_EVENT_CONNECTED);
		}
		zt_tell(side->peer, "seen");
		zt_expect(side->peer, "seen");
		za_quiet(s, QUIET_MS);
		zm_close(monitor, s);
		za_close(s);
	}
	if (gate)
		zg_stop(gate);
}

static void wrong_bind(struct zp_side *side)
{
	wrong_side(side, true);
}

static void wrong_conn(struct zp_side *side)
{
	wrong_side(side, false);
}

static const struct security null = { ZMQ_NULL }, plain = { ZMQ_PLAIN }, curve = { ZMQ_CURVE };
static const struct security plain_turned = { ZMQ_PLAIN, true };
static const struct security curve_turned = { ZMQ_CURVE, true };

int main(int argc, char **argv)
{
	static const struct zp_scenario scenarios[] = {
		{ "patterns_null", patterns_bind, patterns_conn, .arg = &null, .ipc = true },
		{ "patterns_plain", patterns_bind, patterns_conn, .arg = &plain, .ipc = true },
		{ "patterns_curve", patterns_bind, patterns_conn, .arg = &curve, .ipc = true },
		{ "patterns_plain_turned", patterns_bind, patterns_conn, .arg = &plain_turned },
		{ "patterns_curve_turned", patterns_bind, patterns_conn, .arg = &curve_turned },
		{ "sequence_null", sequence_bind, sequence_conn, .arg = &null },
		{ "sequence_plain", sequence_bind, sequence_conn, .arg = &plain },
		{ "sequence_curve", sequence_bind, sequence_conn, .arg = &curve, .ipc = true },
		{ "restart_plain", restart_bind, restart_conn, .arg = &plain },
		{ "restart_curve", restart_bind, restart_conn, .arg = &curve, .ipc = true },
		{ "wrong", wrong_bind, wrong_conn, .ipc = true },
	};

	return zp_main(argc, argv, scenarios, ZT_ARRAY(scenarios));
}
