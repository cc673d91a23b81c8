// SPDX-License-Identifier: GPL-2.0-only
/* Security of a socket in one call; CURVE keys that everybody knows. */
#include "zsec.h"

const struct zs_keys zs_server_keys = {
	.public = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
	.secret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
};

const struct zs_keys zs_client_keys = {
	.public = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
	.secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
};

const struct zs_keys *zs_other_keys(void)
{
	static char public[41], secret[41];
	static const struct zs_keys keys = { public, secret };

	if (!*public)
		zt_ok(zmq_curve_keypair(public, secret));
	return &keys;
}

void zs_plain_server(void *socket)
{
	za_set(socket, ZMQ_PLAIN_SERVER, 1);
}

void zs_plain_client(void *socket, const char *user, const char *password)
{
	za_text(socket, ZMQ_PLAIN_USERNAME, user);
	za_text(socket, ZMQ_PLAIN_PASSWORD, password);
}

void zs_curve_server(void *socket)
{
	za_set(socket, ZMQ_CURVE_SERVER, 1);
	za_text(socket, ZMQ_CURVE_SECRETKEY, zs_server_keys.secret);
}

void zs_curve_client(void *socket, const struct zs_keys *keys, const char *server)
{
	za_text(socket, ZMQ_CURVE_PUBLICKEY, keys->public);
	za_text(socket, ZMQ_CURVE_SECRETKEY, keys->secret);
	za_text(socket, ZMQ_CURVE_SERVERKEY, server);
}

void zs_server(void *socket, int mechanism)
{
	if (mechanism == ZMQ_PLAIN)
		zs_plain_server(socket);
	else if (mechanism == ZMQ_CURVE)
		zs_curve_server(socket);
}

void zs_client(void *socket, int mechanism)
{
	if (mechanism == ZMQ_PLAIN)
		zs_plain_client(socket, ZS_USER, ZS_PASSWORD);
	else if (mechanism == ZMQ_CURVE)
		zs_curve_client(socket, &zs_client_keys, zs_server_keys.public);
}

const char *zs_name(int mechanism)
{
	static const char *const names[] = { "NULL", "PLAIN", "CURVE" };

	zt_check(mechanism >= 0 && (size_t)mechanism < ZT_ARRAY(names));
	return names[mechanism];
}
