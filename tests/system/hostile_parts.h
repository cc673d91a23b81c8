/* SPDX-License-Identifier: GPL-2.0-only */
/* Of what hostile's sessions are made, and how that is spoilt: for hostile_*.c only. */
#ifndef TESTS_SYSTEM_HOSTILE_PARTS_H
#define TESTS_SYSTEM_HOSTILE_PARTS_H

#include "hostile_session.h"

/* Random numbers: of 32 bits; less than @n. */
uint32_t hs_draw(struct hs_session *s);
unsigned int hs_below(struct hs_session *s, unsigned int n);

/* A part at the end, of two pieces; false if there is no room for it. */
bool hs_add_part(struct hs_session *s, const void *a, size_t a_len, const void *b, size_t b_len);
/* Takes the last part away again. */
void hs_drop_part(struct hs_session *s);
/* A frame, sealed if the session is; and one that is not. */
void hs_add_frame(struct hs_session *s, int flags, const void *p, size_t len);
void hs_add_clear(struct hs_session *s, int flags, const void *p, size_t len);
void hs_add_command(struct hs_session *s, const char *name, const void *data, size_t len);
/* What follows waits until this was heard. */
void hs_add_gate(struct hs_session *s, enum hs_heard heard);
void hs_add_greeting(struct hs_session *s, const char *mechanism);
/* Socket-Type, an Identity, and what an application has to say; returns the bytes. */
#define HS_METADATA_MAX 128
size_t hs_metadata(struct hs_session *s, uint8_t *out);
/* So many messages, commands and subscriptions. */
void hs_add_traffic(struct hs_session *s, unsigned int messages);
/* Once in a while, what follows does not wait for anybody. */
void hs_lose_gates(struct hs_session *s);

/* hostile_curve.c: a session up to the other side's word, and a sealed frame. */
void hs_curve_begin(struct hs_session *s);
void hs_curve_frame(struct hs_session *s, int flags, const void *p, size_t len);

/* hostile_spoil.c: any change to a frame. */
void hs_spoil_part(struct hs_session *s, unsigned int part);
/* One of a text that will be sealed, the last part, but for the first bytes of it. */
void hs_spoil_text(struct hs_session *s, size_t skip);
/* Bytes only: as many as there were. */
void hs_spoil_bytes(struct hs_session *s, uint8_t *p, size_t len);

#endif
