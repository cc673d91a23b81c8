// SPDX-License-Identifier: GPL-2.0-only
/* AF_ZMQ sockets with security; the keys are those of the page zmq_curve(7). */
#include <sys/socket.h>
#include <unistd.h>

#include "nsec.h"

#define SERVER_PUBLIC "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define SERVER_SECRET "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define CLIENT_PUBLIC "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define CLIENT_SECRET "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

void nz_plain_server(int fd)
{
	zt_ok(nz_set(fd, ZMQ_PLAIN_SERVER, 1));
}

void nz_plain_client(int fd)
{
	zt_ok(nz_set_str(fd, ZMQ_PLAIN_USERNAME, "user"));
	zt_ok(nz_set_str(fd, ZMQ_PLAIN_PASSWORD, "password"));
}

void nz_curve_server(int fd)
{
	zt_ok(nz_set(fd, ZMQ_CURVE_SERVER, 1));
	zt_ok(nz_set_str(fd, ZMQ_CURVE_SECRETKEY, SERVER_SECRET));
}

void nz_curve_client(int fd)
{
	zt_ok(nz_set_str(fd, ZMQ_CURVE_SERVERKEY, SERVER_PUBLIC));
	zt_ok(nz_set_str(fd, ZMQ_CURVE_PUBLICKEY, CLIENT_PUBLIC));
	zt_ok(nz_set_str(fd, ZMQ_CURVE_SECRETKEY, CLIENT_SECRET));
}

static void read_key(int fd, int option, uint8_t *key)
{
	socklen_t len = NZ_KEY;

	zt_ok(getsockopt(fd, SOL_ZMQ, option, key, &len));
	zt_eq(len, NZ_KEY);
}

void nz_curve_keys(uint8_t *public, uint8_t *secret)
{
	int client = nz_socket(ZMQ_PUSH), server = nz_socket(ZMQ_PULL);

	nz_curve_client(client);
	nz_curve_server(server);
	read_key(client, ZMQ_CURVE_SERVERKEY, public);
	if (secret)
		read_key(server, ZMQ_CURVE_SECRETKEY, secret);
	close(client);
	close(server);
}

void nz_curve_pair(struct nz_pair *pair, int type_a, int type_b, const char *any)
{
	pair->a = nz_socket(type_a);
	pair->b = nz_socket(type_b);
	nz_curve_server(pair->a);
	nz_curve_client(pair->b);
	nz_bind_on(pair->a, any, pair->ep);
	zt_ok(nz_connect(pair->b, pair->ep));
}

int nz_zap_open(void)
{
	int handler = nz_socket(ZMQ_REP);

	zt_ok(nz_bind(handler, "inproc://zeromq.zap.01"));
	return handler;
}

static bool lacked_memory(ssize_t rc)
{
	return rc < 0 && (errno == ENOMEM || errno == EFAULT);
}

bool nz_zap_answer(int handler, const char *status)
{
	const char *const reply[] = { "1.0", "1", status, "", "user", "" };
	char part[300];
	bool asked = false;
	ssize_t rc;
	size_t i;

	/* All of a question comes at once. */
	do {
		rc = recv(handler, part, sizeof(part), MSG_DONTWAIT);
		asked |= rc >= 0;
	} while (rc >= 0 || lacked_memory(rc));
	if (!asked)
		return false;
	for (i = 0; i < ZT_ARRAY(reply); i++) {
		do
			rc = send(handler, reply[i], strlen(reply[i]),
				  MSG_DONTWAIT | (i + 1 < ZT_ARRAY(reply) ? MSG_MORE : 0));
		while (lacked_memory(rc));
	}
	return true;
}
