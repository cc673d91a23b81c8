// SPDX-License-Identifier: GPL-2.0-only
/* Options of security: what they take, and the mechanism that each chooses. */
#define ZMQ_BUILD_DRAFT_API
#include <stdlib.h>

#include "diff.h"
#include "probe.h"
#include "../system/zsec.h"

static const char key_text[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

static void say_mechanism(void *socket)
{
	static const char *const names[] = { "NULL", "PLAIN", "CURVE", "GSSAPI" };
	int mechanism = za_get(socket, ZMQ_MECHANISM);

	if (mechanism >= 0 && (size_t)mechanism < ZT_ARRAY(names))
		say("%s", names[mechanism]);
	else
		say("mechanism=%d", mechanism);
}

static void set_int(void *s, int option, int value)
{
	if (zmq_setsockopt(s, option, &value, sizeof(value)))
		say("%s", zd_errno(errno));
	say_mechanism(s);
}

static void set_bytes(void *s, int option, const void *value, size_t len)
{
	if (zmq_setsockopt(s, option, value, len))
		say("%s", zd_errno(errno));
	say_mechanism(s);
}

static void mechanism_default(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	say_mechanism(s);
	set_int(s, ZMQ_MECHANISM, ZMQ_PLAIN);
	probe_get(s, ZMQ_MECHANISM, "get3", 3);
	probe_get(s, ZMQ_MECHANISM, "get4", 4);
	probe_get(s, ZMQ_MECHANISM, "get8", 8);
}

static void mechanism_by_server(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	set_int(s, ZMQ_PLAIN_SERVER, 1);
	set_int(s, ZMQ_PLAIN_SERVER, 0);
	set_int(s, ZMQ_CURVE_SERVER, 1);
	set_int(s, ZMQ_CURVE_SERVER, 0);
	set_int(s, ZMQ_CURVE_SERVER, 1);
	set_int(s, ZMQ_PLAIN_SERVER, 0);
	set_int(s, ZMQ_CURVE_SERVER, 1);
	set_int(s, ZMQ_PLAIN_SERVER, 1);
}

/* What one mechanism's option says of the other's server. */
static void mechanism_other_server(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	za_set(s, ZMQ_PLAIN_SERVER, 1);
	say_get(s, "plain", ZMQ_PLAIN_SERVER);
	say_get(s, "curve", ZMQ_CURVE_SERVER);
	za_set(s, ZMQ_CURVE_SERVER, 1);
	say_get(s, "plain", ZMQ_PLAIN_SERVER);
	say_get(s, "curve", ZMQ_CURVE_SERVER);
	set_bytes(s, ZMQ_PLAIN_USERNAME, "a", 1);
	say_get(s, "plain", ZMQ_PLAIN_SERVER);
	say_get(s, "curve", ZMQ_CURVE_SERVER);
	za_set(s, ZMQ_CURVE_SERVER, 1);
	set_bytes(s, ZMQ_CURVE_SERVERKEY, key_text, 40);
	say_get(s, "curve", ZMQ_CURVE_SERVER);
}

static void mechanism_by_name(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	set_bytes(s, ZMQ_PLAIN_USERNAME, "a", 1);
	set_bytes(s, ZMQ_PLAIN_USERNAME, NULL, 0);
	set_bytes(s, ZMQ_PLAIN_PASSWORD, "b", 1);
	set_bytes(s, ZMQ_PLAIN_PASSWORD, "", 0);
	set_bytes(s, ZMQ_PLAIN_PASSWORD, NULL, 0);
	probe_text(s, ZMQ_PLAIN_USERNAME, "name");
	probe_text(s, ZMQ_PLAIN_PASSWORD, "password");
}

static void mechanism_by_key(void)
{
	static const int options[] = {
		ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY, ZMQ_CURVE_SERVERKEY,
	};
	size_t i;

	for (i = 0; i < ZT_ARRAY(options); i++) {
		void *s = zd_socket(ZMQ_DEALER);

		set_bytes(s, options[i], key_text, 40);
		set_int(s, ZMQ_PLAIN_SERVER, 0);
	}
}

/* A server stays one when it gets its own keys. */
static void server_with_keys(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	za_set(s, ZMQ_CURVE_SERVER, 1);
	za_text(s, ZMQ_CURVE_PUBLICKEY, key_text);
	za_text(s, ZMQ_CURVE_SECRETKEY, key_text);
	say_get(s, "server", ZMQ_CURVE_SERVER);
	za_text(s, ZMQ_CURVE_SERVERKEY, key_text);
	say_get(s, "server", ZMQ_CURVE_SERVER);
	/* It is not only the last one that counts. */
	za_set(s, ZMQ_CURVE_SERVER, 1);
	say_get(s, "server", ZMQ_CURVE_SERVER);
}

/* Nothing of a refused option stays. */
static void mechanism_refused(void)
{
	static char long_name[256];
	void *s = zd_socket(ZMQ_DEALER);

	memset(long_name, 'a', sizeof(long_name));
	set_int(s, ZMQ_PLAIN_SERVER, 2);
	set_int(s, ZMQ_CURVE_SERVER, -1);
	set_bytes(s, ZMQ_PLAIN_USERNAME, "", 0);
	set_bytes(s, ZMQ_PLAIN_USERNAME, long_name, 256);
	set_bytes(s, ZMQ_PLAIN_USERNAME, long_name, 255);
	set_bytes(s, ZMQ_PLAIN_PASSWORD, long_name, 256);
	probe_text(s, ZMQ_PLAIN_USERNAME, "name");
	set_int(s, ZMQ_PLAIN_SERVER, 0);
	set_bytes(s, ZMQ_CURVE_SECRETKEY, key_text, 39);
	set_bytes(s, ZMQ_CURVE_PUBLICKEY, NULL, 0);
}

static void server_lengths(int option)
{
	static const int values[] = { 2, -1, 0, 1 };

	probe_int_option(option, values, ZT_ARRAY(values));
}

static void PLAIN_SERVER(void)
{
	server_lengths(ZMQ_PLAIN_SERVER);
}

static void CURVE_SERVER(void)
{
	server_lengths(ZMQ_CURVE_SERVER);
}

static void name_and_password(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	probe_text(s, ZMQ_PLAIN_USERNAME, "name");
	za_text(s, ZMQ_PLAIN_USERNAME, "somebody");
	za_text(s, ZMQ_PLAIN_PASSWORD, "something");
	probe_text(s, ZMQ_PLAIN_USERNAME, "name");
	probe_text(s, ZMQ_PLAIN_PASSWORD, "password");
	probe_get(s, ZMQ_PLAIN_USERNAME, "get8", 8);
	probe_get(s, ZMQ_PLAIN_USERNAME, "get9", 9);
	probe_get(s, ZMQ_PLAIN_USERNAME, "get255", 255);
	probe_takers(ZMQ_PLAIN_USERNAME, "a", 1);
	probe_takers(ZMQ_PLAIN_PASSWORD, "a", 1);
}

static void zap_domain(void)
{
	static char long_name[256];
	void *s = zd_socket(ZMQ_DEALER);

	memset(long_name, 'a', sizeof(long_name));
	probe_text(s, ZMQ_ZAP_DOMAIN, "default");
	set_bytes(s, ZMQ_ZAP_DOMAIN, "global", 6);
	probe_text(s, ZMQ_ZAP_DOMAIN, "set");
	set_bytes(s, ZMQ_ZAP_DOMAIN, "", 0);
	set_bytes(s, ZMQ_ZAP_DOMAIN, NULL, 0);
	probe_text(s, ZMQ_ZAP_DOMAIN, "still");
	set_bytes(s, ZMQ_ZAP_DOMAIN, long_name, 256);
	set_bytes(s, ZMQ_ZAP_DOMAIN, long_name, 255);
	probe_text(s, ZMQ_ZAP_DOMAIN, "long");
	probe_takers(ZMQ_ZAP_DOMAIN, "a", 1);
}

/* Of use or not, each type takes it. */
static void key_takers(void)
{
	probe_takers(ZMQ_CURVE_PUBLICKEY, key_text, 40);
	probe_takers(ZMQ_CURVE_SECRETKEY, key_text, 41);
	probe_takers(ZMQ_CURVE_SERVERKEY, key_text, 32);
}

static void say_key(void *s, int option, const char *what)
{
	char text[41] = "";
	size_t size = sizeof(text);

	zt_ok(zmq_getsockopt(s, option, text, &size));
	say("%s=%s/%zu", what, !strcmp(text, key_text) ? "key" :
	    strspn(text, "0") == 40 ? "zeros" : "other", size);
}

/* 32 bytes, 40 characters, and 41 with the NUL: the same key. */
static void key_forms(void)
{
	uint8_t bytes[32], got[32] = "";
	size_t size = sizeof(got);
	void *s;

	zt_check(zmq_z85_decode(bytes, key_text));
	s = zd_socket(ZMQ_DEALER);
	say_set_bytes(s, "set40", ZMQ_CURVE_SERVERKEY, key_text, 40);
	say_key(s, ZMQ_CURVE_SERVERKEY, "got");
	zt_ok(zmq_getsockopt(s, ZMQ_CURVE_SERVERKEY, got, &size));
	say("%s/%zu", memcmp(got, bytes, sizeof(got)) ? "other" : "same", size);
	s = zd_socket(ZMQ_DEALER);
	say_set_bytes(s, "set41", ZMQ_CURVE_SERVERKEY, key_text, 41);
	say_key(s, ZMQ_CURVE_SERVERKEY, "got");
	s = zd_socket(ZMQ_DEALER);
	say_set_bytes(s, "set32", ZMQ_CURVE_SERVERKEY, bytes, 32);
	say_key(s, ZMQ_CURVE_SERVERKEY, "got");
	/* Who does not know the public one is not told. */
	say_key(s, ZMQ_CURVE_PUBLICKEY, "public");
	za_text(s, ZMQ_CURVE_SECRETKEY, key_text);
	say_key(s, ZMQ_CURVE_PUBLICKEY, "public");
	say_key(s, ZMQ_CURVE_SECRETKEY, "secret");
}

static void key_lengths(void)
{
	static const size_t lengths[] = { 0, 1, 31, 33, 39, 42, 123 };
	char text[128] = "", what[16];
	void *s = zd_socket(ZMQ_DEALER);
	size_t i;

	memset(text, 'a', sizeof(text) - 1);
	for (i = 0; i < ZT_ARRAY(lengths); i++) {
		sprintf(what, "set%zu", lengths[i]);
		say_set_bytes(s, what, ZMQ_CURVE_SERVERKEY, text, lengths[i]);
	}
	probe_get(s, ZMQ_CURVE_SERVERKEY, "get31", 31);
	probe_get(s, ZMQ_CURVE_SERVERKEY, "get32", 32);
	probe_get(s, ZMQ_CURVE_SERVERKEY, "get33", 33);
	probe_get(s, ZMQ_CURVE_SERVERKEY, "get40", 40);
	probe_get(s, ZMQ_CURVE_SERVERKEY, "get41", 41);
	probe_get(s, ZMQ_CURVE_SERVERKEY, "get42", 42);
	say_mechanism(s);
}

/* Text of the right length that is not Z85. */
static void key_text_bad(void)
{
	char text[42];
	void *s = zd_socket(ZMQ_DEALER);

	strcpy(text, key_text);
	text[7] = '"';
	set_bytes(s, ZMQ_CURVE_SERVERKEY, text, 40);
	strcpy(text, key_text);
	text[39] = 0;
	set_bytes(s, ZMQ_CURVE_SERVERKEY, text, 40);
	memset(text, '#', 40);
	set_bytes(s, ZMQ_CURVE_SERVERKEY, text, 40);
}

/* 41 bytes whose last is no NUL. */
static void key_text_long(void)
{
	char text[42];
	void *s = zd_socket(ZMQ_DEALER);

	strcpy(text, key_text);
	text[40] = 'x';
	set_bytes(s, ZMQ_CURVE_SERVERKEY, text, 41);
}

/* Only the header keeps it for those who build drafts. */
static void enforce_domain(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	say_set(s, "set", ZMQ_ZAP_ENFORCE_DOMAIN, 1);
	say_get(s, "get", ZMQ_ZAP_ENFORCE_DOMAIN);
}

static void gssapi(void)
{
	void *s = zd_socket(ZMQ_DEALER);

	say_set(s, "server", ZMQ_GSSAPI_SERVER, 1);
	say_mechanism(s);
	say_set_bytes(s, "principal", ZMQ_GSSAPI_PRINCIPAL, "host", 4);
	say_set_bytes(s, "service", ZMQ_GSSAPI_SERVICE_PRINCIPAL, "host", 4);
	say_mechanism(s);
	say_set(s, "plaintext", ZMQ_GSSAPI_PLAINTEXT, 1);
	say_set(s, "type", ZMQ_GSSAPI_PRINCIPAL_NAMETYPE, 1);
	say_set(s, "type", ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE, 1);
	say_get(s, "server", ZMQ_GSSAPI_SERVER);
	probe_text(s, ZMQ_GSSAPI_PRINCIPAL, "principal");
	probe_text(s, ZMQ_GSSAPI_SERVICE_PRINCIPAL, "service");
	say_get(s, "plaintext", ZMQ_GSSAPI_PLAINTEXT);
	say_get(s, "type", ZMQ_GSSAPI_PRINCIPAL_NAMETYPE);
	say_get(s, "type", ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE);
}

static void built_with(void)
{
	say("curve=%d plain=%d gssapi=%d", zmq_has("curve"), zmq_has("plain"), zmq_has("gssapi"));
}

static const struct zd_behaviour behaviours[] = {
	{ "mechanism_default", "API 2.2", mechanism_default,
	  "NULL EINVAL NULL get3=EINVAL get4=4 get8=EINVAL",
	},
	{ "mechanism_by_server", "API 2.2", mechanism_by_server,
	  "PLAIN NULL CURVE NULL CURVE NULL CURVE PLAIN",
	},
	{ "mechanism_other_server", "API 2.2", mechanism_other_server,
	  "plain=1 curve=0 plain=0 curve=1 PLAIN plain=0 curve=0 CURVE curve=0",
	},
	{ "mechanism_by_name", "API 2.2", mechanism_by_name,
	  "PLAIN NULL PLAIN EINVAL PLAIN NULL name=[a] password=[b]",
	},
	{ "mechanism_by_key", "API 2.2", mechanism_by_key,
	  "CURVE NULL CURVE NULL CURVE NULL",
	},
	{ "mechanism_refused", "API 2.2", mechanism_refused,
	  "EINVAL NULL EINVAL NULL EINVAL NULL EINVAL NULL PLAIN EINVAL PLAIN name=[255] NULL EINVAL NULL EINVAL NULL",
	},
	{ "server_with_keys", "API 2.2", server_with_keys,
	  "server=1 server=0 server=1",
	},
	{ "PLAIN_SERVER", "API 2.2", PLAIN_SERVER,
	  "default=0 2=EINVAL -1=EINVAL 0=0 1=1 set0=EINVAL set3=EINVAL set5=EINVAL set8=EINVAL get3=EINVAL get4=4 get8=EINVAL takers=all",
	},
	{ "CURVE_SERVER", "API 2.2", CURVE_SERVER,
	  "default=0 2=EINVAL -1=EINVAL 0=0 1=1 set0=EINVAL set3=EINVAL set5=EINVAL set8=EINVAL get3=EINVAL get4=4 get8=EINVAL takers=all",
	},
	{ "name_and_password", "API 2.2", name_and_password,
	  "name=[] name=[somebody] password=[something] get8=EINVAL get9=9 get255=9 takers=all takers=all",
	},
	{ "zap_domain", "API 2.2", zap_domain,
	  "default=[] NULL set=[global] EINVAL NULL EINVAL NULL still=[global] EINVAL NULL NULL long=[255] takers=all",
	},
	{ "key_takers", "API 2.2", key_takers,
	  "takers=all takers=all takers=all",
	},
	{ "key_forms", "API 2.2", key_forms,
	  "set40=ok got=key/41 same/32 set41=ok got=key/41 set32=ok got=key/41 public=zeros/41 public=zeros/41 secret=key/41",
	},
	{ "key_lengths", "API 2.2", key_lengths,
	  "set0=EINVAL set1=EINVAL set31=EINVAL set33=EINVAL set39=EINVAL set42=EINVAL set123=EINVAL get31=EINVAL get32=32 get33=EINVAL get40=EINVAL get41=41 get42=EINVAL NULL",
	},
	{ "key_text_bad", "API 2.2", key_text_bad,
	  "EINVAL NULL EINVAL NULL EINVAL NULL",
	},
	{ "key_text_long", "API 2.2", key_text_long,
	  "EINVAL NULL",
	},
	{ "enforce_domain", "API 2.2", enforce_domain,
	  "set=ok get=1",
	},
	{ "gssapi", "API 2.2", gssapi,
	  "server=ok GSSAPI principal=ok service=ok GSSAPI plaintext=ok type=ok type=ok server=0 principal=[host] service=[host] plaintext=1 type=1 type=1",
	  .ours =
	  "server=EINVAL NULL principal=EINVAL service=EINVAL NULL plaintext=EINVAL type=EINVAL type=EINVAL server=EINVAL principal=EINVAL service=EINVAL plaintext=EINVAL type=EINVAL type=EINVAL",
	  .why = "GSSAPI options are refused",
	},
	{ "built_with", "API 6.2", built_with,
	  "curve=1 plain=0 gssapi=1",
	  .ours = "curve=1 plain=0 gssapi=0",
	  .why = "GSSAPI options are refused",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
