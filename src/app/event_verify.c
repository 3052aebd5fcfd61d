#include "app_sql.h"
#include "event_rows.h"

#include <string.h>

struct walk {
	struct env *e;
	void (*found)(void *ctx, const char *text);
	void *ctx;
	int64_t n;
	/* the page of objects under way */
	struct str kind;
	struct id object;
	bool more;
};

/* One object's chain under way. */
struct chain {
	struct walk *w;
	struct arena *a;
	const struct head *head;
	int64_t seq;          /* expected next */
	struct str prev;
	const struct kept_value *values;
	size_t n_values, at_value;
};

static void fault(struct chain *c, int64_t seq, const char *what)
{
	struct str text = str_fmt(c->a, "%.*s %lld: event %lld: %s", STR_ARG(c->head->object_kind), (long long)c->head->object_id.v,
				  (long long)seq, what);
	c->w->found(c->w->ctx, text.p);
}

static bool columns_fit(const struct walk *w, const struct stored *s, const struct event_body *b)
{
	return b->city == w->e->city && str_eq(b->object_kind, s->object_kind) && b->object_id.v == s->object_id.v && b->seq == s->seq &&
	       b->id.v == s->id.v && b->at.ms == s->at.ms && str_eq(b->act, s->act) && b->actor_id.v == s->actor_id.v &&
	       b->unit_id.v == s->unit_id.v;
}

/* Why the kept value does not fit its commitment; NULL when it does. */
static const char *value_fault(const struct kept_value *v, const struct event_part *p)
{
	unsigned char sum[32];
	if (v->erased_at.ms)
		return v->value.n || v->salt.n ? "an erased value still stands there" : NULL;
	event_commit(v->salt, v->value, sum);
	return memcmp(sum, p->content.p, sizeof(sum)) == 0 ? NULL : "a value does not fit its commitment";
}

/* Values come in the order of the events. */
static void check_values(struct chain *c, const struct event_body *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		if (b->v[i].kind == EVENT_PLAIN)
			continue;
		const struct kept_value *v = c->at_value < c->n_values ? &c->values[c->at_value] : NULL;
		if (!v || v->seq != b->seq || v->pos != (int64_t)i) {
			fault(c, b->seq, "a value is missing");
			continue;
		}
		c->at_value++;
		const char *why = value_fault(v, &b->v[i]);
		if (why)
			fault(c, b->seq, why);
	}
	for (; c->values && c->at_value < c->n_values && c->values[c->at_value].seq <= b->seq; c->at_value++)
		fault(c, b->seq, "a value that the event does not name");
}

static void check_event(struct chain *c, const struct stored *s)
{
	unsigned char sum[32];
	struct event_body *b = ARENA_NEW(c->a, struct event_body);
	event_hash(s->body, sum);
	if (s->seq != c->seq)
		fault(c, c->seq, "it is missing");
	if (!str_eq(s->hash, (struct str){(const char *)sum, sizeof(sum)}))
		fault(c, s->seq, "the bytes do not fit their hash");
	if (!event_decode(s->body, b)) {
		fault(c, s->seq, "the bytes cannot be read");
	} else {
		if (!columns_fit(c->w, s, b))
			fault(c, s->seq, "the columns beside the bytes differ from them");
		if (!str_eq(b->prev, c->prev))
			fault(c, s->seq, "it does not follow the event before it");
		check_values(c, b);
	}
	c->prev = s->hash;
	c->seq = s->seq + 1;
	c->w->n++;
}

static const struct err *check_chain(struct db_tx *tx, struct walk *w, const struct head *h)
{
	struct args which = ARGS(ARG(w->e->city), ARG(h->object_kind), ARG(h->object_id));
	struct chain c = {.w = w, .a = db_arena(tx), .head = h, .seq = 1};
	void *values, *rows;
	size_t n;
	TRY(db_all(tx, &event_values_of, which, event_value_shape, sizeof(struct kept_value), &values, &c.n_values));
	TRY(db_all(tx, &event_of_object, which, event_stored_shape, sizeof(struct stored), &rows, &n));
	c.values = values;
	for (size_t i = 0; i < n; i++)
		check_event(&c, (const struct stored *)rows + i);
	if (c.seq != h->seq + 1)
		fault(&c, h->seq, "it is the last one by the object's head, but the chain ends elsewhere");
	else if (!str_eq(c.prev, h->hash))
		fault(&c, h->seq, "its hash is not the one in the object's head");
	return NULL;
}

static const struct err *check_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct walk *w = ctx;
	void *rows;
	size_t n;
	TRY(db_all(tx, &event_objects, ARGS(ARG(e->city), ARG(w->kind), ARG(w->object)), event_head_shape, sizeof(struct head), &rows, &n));
	w->more = n > 0;
	for (size_t i = 0; i < n; i++) {
		const struct head *h = (const struct head *)rows + i;
		struct arena_mark mark = arena_mark(db_arena(tx));
		TRY(check_chain(tx, w, h));
		arena_rewind(db_arena(tx), mark);
		w->kind = h->object_kind;
		w->object = h->object_id;
	}
	return NULL;
}

static const struct err *check_strays(struct db_tx *tx, struct env *e, void *ctx)
{
	static const char *const whats[] = {"no head belongs to it", "a value stands there without its event"};
	const struct sql *const stmts[] = {&event_headless, &event_value_stray};
	struct walk *w = ctx;
	for (size_t s = 0; s < 2; s++) {
		void *rows;
		size_t n;
		TRY(db_all(tx, stmts[s], ARGS(ARG(e->city)), event_head_shape, sizeof(struct head), &rows, &n));
		for (size_t i = 0; i < n; i++) {
			const struct head *h = (const struct head *)rows + i;
			struct chain c = {.w = w, .a = db_arena(tx), .head = h};
			fault(&c, h->seq, whats[s]);
		}
	}
	return NULL;
}

/* Objects come in pages, each in a snapshot of its own: a long look does not hold one open. */
const struct err *event_verify_told(struct env *e, void (*found)(void *ctx, const char *text), void (*told)(void *ctx, int64_t n), void *ctx,
				    int64_t *n_out)
{
	struct walk w = {.e = e, .found = found, .ctx = ctx, .kind = STR(""), .more = true};
	struct env page = *e;
	while (w.more) {
		page.a = arena_new(0);
		const struct err *err = env_read(&page, check_page, &w);
		err = err ? err_make(e->a, err->kind, str_z(e->a, err->code), err->file, err->line, "%.*s", STR_ARG(err->detail)) : NULL;
		struct str next = str_dup(e->a, w.kind);
		arena_free(page.a);
		TRY(err);
		w.kind = next;
		if (told)
			told(ctx, w.n);
	}
	*n_out = w.n;
	return env_read(e, check_strays, &w);
}

const struct err *event_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx, int64_t *n_out)
{
	return event_verify_told(e, found, NULL, ctx, n_out);
}
