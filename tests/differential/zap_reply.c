// SPDX-License-Identifier: GPL-2.0-only
/* Answers of a ZAP handler that are none, and their codes (wire.md section 6). */
#include "diff.h"
#include "ends.h"
#include "guard.h"
#include "../system/zsec.h"

/* A monitor may keep libzmq from closing then, see wire.md section 12. */
static void malformed(int mechanism)
{
	struct ends e = zap_guarded(ZMQ_ROUTER, mechanism);

	zd_link(e.server, e.client);
	zmq_send(e.client, "x", 1, ZMQ_DONTWAIT);
	say_watched(e.ours, 3);
	say_recv_now(e.server);
}

/* Without one: the client sees an end that has no reason. */
static void malformed_ends(int mechanism)
{
	void *theirs, *server = zd_socket(ZMQ_ROUTER), *client = watch_new(ZMQ_DEALER, &theirs);

	zap_answer_with()->version = "1.1";
	/* With NULL it may be this that ends it in libzmq. */
	za_set(server, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zap_guard(ZMQ_REP);
	zs_server(server, mechanism);
	zs_client(client, mechanism);
	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	zd_link(server, client);
	say_watched(theirs, 5);
	say_quiet(theirs);
}

static void ends_null(void)
{
	malformed_ends(ZMQ_NULL);
}

static void ends_plain(void)
{
	malformed_ends(ZMQ_PLAIN);
}

static void ends_curve(void)
{
	malformed_ends(ZMQ_CURVE);
}

static void wrong_version(void)
{
	zap_answer_with()->version = "1.1";
	malformed(ZMQ_CURVE);
}

static void wrong_version_null(void)
{
	zap_answer_with()->version = "2.0";
	malformed(ZMQ_NULL);
}

static void wrong_version_plain(void)
{
	zap_answer_with()->version = "";
	malformed(ZMQ_PLAIN);
}

static void wrong_id(void)
{
	zap_answer_with()->id = "2";
	malformed(ZMQ_CURVE);
}

static void wrong_id_null(void)
{
	zap_answer_with()->id = "11";
	malformed(ZMQ_NULL);
}

static void wrong_id_plain(void)
{
	zap_answer_with()->id = "";
	malformed(ZMQ_PLAIN);
}

static void wrong_status(const char *code, int mechanism)
{
	zap_answer_with()->status = code;
	malformed(mechanism);
}

static void status_of_letters(void)
{
	wrong_status("invalid", ZMQ_CURVE);
}

static void status_201(void)
{
	wrong_status("201", ZMQ_NULL);
}

static void status_600(void)
{
	wrong_status("600", ZMQ_PLAIN);
}

static void status_empty(void)
{
	wrong_status("", ZMQ_CURVE);
}

static void status_long(void)
{
	wrong_status("2000", ZMQ_PLAIN);
}

static void wrong_parts(int parts, int mechanism)
{
	zap_answer_with()->parts = parts;
	malformed(mechanism);
}

static void part_more(void)
{
	wrong_parts(7, ZMQ_CURVE);
}

static void part_more_null(void)
{
	wrong_parts(7, ZMQ_NULL);
}

static void part_more_plain(void)
{
	wrong_parts(7, ZMQ_PLAIN);
}

static void part_less(void)
{
	wrong_parts(5, ZMQ_CURVE);
}

static void part_less_null(void)
{
	wrong_parts(3, ZMQ_NULL);
}

static void one_part(void)
{
	wrong_parts(1, ZMQ_PLAIN);
}

/* Text before the version. */
static void delimiter_of_text(void)
{
	zap_answer_with()->delimiter = "x";
	malformed(ZMQ_CURVE);
}

static void no_delimiter(void)
{
	zap_answer_with()->delimiter = NULL;
	malformed(ZMQ_CURVE);
}

static void wrong_metadata(const void *meta, size_t len, int mechanism)
{
	zap_answer_with()->meta = meta;
	zap_answer.meta_len = len;
	malformed(mechanism);
}

static void metadata_cut(void)
{
	wrong_metadata("\3X-a\0\0\0\5abc", 11, ZMQ_CURVE);
}

static void metadata_cut_null(void)
{
	wrong_metadata("\3X-a\0\0\0\5abc", 11, ZMQ_NULL);
}

static void metadata_trailing(void)
{
	wrong_metadata("\3X-a\0\0\0\1a\7", 10, ZMQ_PLAIN);
}

static void metadata_huge_length(void)
{
	wrong_metadata("\3X-a\377\377\377\377a", 9, ZMQ_CURVE);
}

/* A socket type: it counts as if the client had said it, and does not fit. */
static void type_of_handler(int mechanism)
{
	zap_answer_with()->meta = "\13Socket-Type\0\0\0\3PUB";
	zap_answer.meta_len = 19;
	malformed(mechanism);
}

static void type_null(void)
{
	type_of_handler(ZMQ_NULL);
}

static void type_curve(void)
{
	type_of_handler(ZMQ_CURVE);
}

/* The text is for people, and as long as one likes. */
static void long_text(void)
{
	static char text[5000];
	struct ends e = zap_guarded(ZMQ_ROUTER, ZMQ_PLAIN);

	memset(text, 't', sizeof(text) - 1);
	zap_answer_with()->text = text;
	ends_meet(&e);
}

static const struct zd_behaviour behaviours[] = {
	{ "ends_null", "API 9.5", ends_null,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "ends_plain", "API 9.5", ends_plain,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "ends_curve", "API 9.5", ends_curve,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "wrong_version", "API 9.5", wrong_version,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000003 EAGAIN",
	},
	{ "wrong_version_null", "API 9.5", wrong_version_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000003 EAGAIN",
	},
	{ "wrong_version_plain", "API 9.5", wrong_version_plain,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000003 EAGAIN",
	},
	{ "wrong_id", "API 9.5", wrong_id,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000002 EAGAIN",
	},
	{ "wrong_id_null", "API 9.5", wrong_id_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000002 EAGAIN",
	},
	{ "wrong_id_plain", "API 9.5", wrong_id_plain,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000002 EAGAIN",
	},
	{ "status_of_letters", "API 9.5", status_of_letters,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000004 EAGAIN",
	},
	{ "status_201", "API 7.4", status_201,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000004 EAGAIN",
	},
	{ "status_600", "API 7.4", status_600,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000004 EAGAIN",
	},
	{ "status_empty", "API 7.4", status_empty,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000004 EAGAIN",
	},
	{ "status_long", "API 7.4", status_long,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000004 EAGAIN",
	},
	{ "part_more", "API 9.5", part_more,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "part_more_null", "API 9.5", part_more_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "part_more_plain", "API 9.5", part_more_plain,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "part_less", "API 7.4", part_less,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "part_less_null", "API 7.4", part_less_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "one_part", "API 7.4", one_part,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "delimiter_of_text", "API 7.4", delimiter_of_text,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000000 EAGAIN",
	},
	{ "no_delimiter", "API 7.4", no_delimiter,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000001 EAGAIN",
	},
	{ "metadata_cut", "API 7.4", metadata_cut,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000005 EAGAIN",
	},
	{ "metadata_cut_null", "API 7.4", metadata_cut_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000005 EAGAIN",
	},
	{ "metadata_trailing", "API 7.4", metadata_trailing,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000005 EAGAIN",
	},
	{ "metadata_huge_length", "API 7.4", metadata_huge_length,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000005 EAGAIN",
	},
	{ "type_null", "API 8", type_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000005 EAGAIN",
	},
	{ "type_curve", "API 8", type_curve,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x20000005 EAGAIN",
	},
	{ "long_text", "API 7.4", long_text,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
