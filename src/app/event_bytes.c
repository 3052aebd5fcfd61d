#include "event_bytes.h"

#include <sodium.h>
#include <string.h>

/* ---- writing ------------------------------------------------------------------ */

static void put_number(struct sb *b, uint64_t v, unsigned bytes)
{
	while (bytes--)
		sb_addc(b, (char)(unsigned char)(v >> 8 * bytes));
}

static void put_bytes(struct sb *b, struct str s)
{
	put_number(b, s.n, 4);
	sb_add(b, s);
}

static void put_i64(struct sb *b, int64_t v)
{
	put_number(b, 8, 4);
	put_number(b, (uint64_t)v, 8);
}

static void put_part(struct sb *b, const struct event_part *p)
{
	char marks[2] = {(char)p->kind, (char)p->right};
	put_bytes(b, p->name);
	put_bytes(b, (struct str){marks, 2});
	put_bytes(b, p->content);
}

const struct err *event_encode(struct arena *a, const struct event_body *e, struct str *out)
{
	struct sb b = sb_new(a, EVENT_BODY_MAX);
	put_number(&b, EVENT_VERSION, 1);
	put_number(&b, EVENT_SHA256, 1);
	put_i64(&b, e->city);
	put_i64(&b, e->id.v);
	put_bytes(&b, e->object_kind);
	put_i64(&b, e->object_id.v);
	put_i64(&b, e->seq);
	put_i64(&b, e->at.ms);
	put_bytes(&b, e->act);
	put_i64(&b, e->actor_id.v);
	put_bytes(&b, e->role);
	put_i64(&b, e->act_unit_id.v);
	put_i64(&b, e->unit_id.v);
	put_bytes(&b, e->prev);
	put_i64(&b, e->n);
	for (unsigned i = 0; i < e->n; i++)
		put_part(&b, &e->v[i]);
	*out = sb_str(&b);
	return b.over ? ERR(a, ERR_LIMIT, NULL, "an event longer than %d bytes", EVENT_BODY_MAX) : NULL;
}

/* ---- reading ------------------------------------------------------------------- */

struct reader {
	struct str rest;
	bool bad;
};

static uint64_t get_number(struct reader *r, unsigned bytes)
{
	uint64_t v = 0;
	if (r->rest.n < bytes) {
		r->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)r->rest.p[i];
	r->rest = str_sub(r->rest, bytes, SIZE_MAX);
	return v;
}

static struct str get_bytes(struct reader *r)
{
	uint64_t n = get_number(r, 4);
	if (r->bad || n > r->rest.n) {
		r->bad = true;
		return STR_NONE;
	}
	struct str s = {r->rest.p, (size_t)n};
	r->rest = str_sub(r->rest, (size_t)n, SIZE_MAX);
	return s;
}

static int64_t get_i64(struct reader *r)
{
	if (get_number(r, 4) != 8)
		r->bad = true;
	return (int64_t)get_number(r, 8);
}

static void get_part(struct reader *r, struct event_part *p)
{
	p->name = get_bytes(r);
	struct str marks = get_bytes(r);
	p->content = get_bytes(r);
	if (marks.n != 2) {
		r->bad = true;
		return;
	}
	p->kind = (uint8_t)marks.p[0];
	p->right = (uint8_t)marks.p[1];
	if (p->kind > EVENT_PERSONAL || (p->kind != EVENT_PLAIN && p->content.n != 32))
		r->bad = true;
}

bool event_decode(struct str bytes, struct event_body *e)
{
	struct reader r = {.rest = bytes};
	if (bytes.n > EVENT_BODY_MAX || get_number(&r, 1) != EVENT_VERSION || get_number(&r, 1) != EVENT_SHA256)
		return false;
	e->city = get_i64(&r);
	e->id.v = get_i64(&r);
	e->object_kind = get_bytes(&r);
	e->object_id.v = get_i64(&r);
	e->seq = get_i64(&r);
	e->at.ms = get_i64(&r);
	e->act = get_bytes(&r);
	e->actor_id.v = get_i64(&r);
	e->role = get_bytes(&r);
	e->act_unit_id.v = get_i64(&r);
	e->unit_id.v = get_i64(&r);
	e->prev = get_bytes(&r);
	int64_t n = get_i64(&r);
	if (r.bad || n < 0 || n > EVENT_BODY_VALUES)
		return false;
	e->n = (unsigned)n;
	for (unsigned i = 0; i < e->n; i++)
		get_part(&r, &e->v[i]);
	return !r.bad && r.rest.n == 0;
}

/* ---- hashes -------------------------------------------------------------------- */

void event_hash(struct str bytes, unsigned char out[32])
{
	crypto_hash_sha256(out, (const unsigned char *)bytes.p, bytes.n);
}

void event_commit(struct str salt, struct str value, unsigned char out[32])
{
	crypto_hash_sha256_state h;
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, (const unsigned char *)salt.p, salt.n);
	crypto_hash_sha256_update(&h, (const unsigned char *)value.p, value.n);
	crypto_hash_sha256_final(&h, out);
}
