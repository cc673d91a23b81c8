// SPDX-License-Identifier: GPL-2.0-only
/* AF_ZMQ sockets with security; the keys are those of the page zmq_curve(7). */
#include "nsec.h"

#define SERVER_PUBLIC "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define SERVER_SECRET "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define CLIENT_PUBLIC "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define CLIENT_SECRET "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

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

void nz_curve_pair(struct nz_pair *pair, int type_a, int type_b, const char *any)
{
	pair->a = nz_socket(type_a);
	pair->b = nz_socket(type_b);
	nz_curve_server(pair->a);
	nz_curve_client(pair->b);
	nz_bind_on(pair->a, any, pair->ep);
	zt_ok(nz_connect(pair->b, pair->ep));
}
