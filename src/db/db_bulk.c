#include "db_bulk.h"

#include "db_driver.h"

#include <string.h>

enum { STATEMENTS_MAX = 64 };
static const size_t BULK_CAP = (size_t)1024 * 1024 * 1024;

struct heap {
	const struct sql *q;
	struct db_bulk_row *first, **last;
};

struct db_bulk {
	struct db_tx tx;
	struct arena *own, *rows, *rest;
	struct arena_mark rows_empty, rest_empty;
	struct heap heaps[STATEMENTS_MAX];
	size_t n_heaps, n_rows, bytes;
};

struct db_bulk *db_bulk_new(struct db *db)
{
	struct arena *own = arena_new(0);
	struct db_bulk *b = ARENA_NEW(own, struct db_bulk);
	b->own = own;
	b->rows = arena_new(BULK_CAP);
	b->rest = arena_new(BULK_CAP);
	arena_alloc(b->rows, 1); /* a rewind to the mark keeps the first block */
	arena_alloc(b->rest, 1);
	b->rows_empty = arena_mark(b->rows);
	b->rest_empty = arena_mark(b->rest);
	b->tx = (struct db_tx){.db = db, .a = b->rest, .writes = true, .bulk = b};
	return b;
}

void db_bulk_free(struct db_bulk *b)
{
	if (!b)
		return;
	arena_free(b->rows);
	arena_free(b->rest);
	arena_free(b->own);
}

struct db_tx *db_bulk_tx(struct db_bulk *b)
{
	return &b->tx;
}

void db_bulk_rest(struct db_bulk *b)
{
	arena_rewind(b->rest, b->rest_empty);
}

size_t db_bulk_rows(const struct db_bulk *b)
{
	return b->n_rows;
}

size_t db_bulk_bytes(const struct db_bulk *b)
{
	return b->bytes;
}

void db_bulk_empty(struct db_bulk *b)
{
	for (size_t i = 0; i < b->n_heaps; i++) {
		b->heaps[i].first = NULL;
		b->heaps[i].last = &b->heaps[i].first;
	}
	arena_rewind(b->rows, b->rows_empty);
	b->n_rows = b->bytes = 0;
}

/* Said at once and alike on both engines, though only COPY needs it. */
static bool is_plain_insert(const struct sql *q)
{
	static const char into[] = "INSERT INTO ";
	const char *values = strstr(q->text, "VALUES"), *end = values ? strrchr(values, ')') : NULL;
	return end && strncmp(q->text, into, strlen(into)) == 0 && !strstr(q->text, "ON CONFLICT") && end[1 + strspn(end + 1, " \n\t;")] == '\0';
}

static struct heap *heap_of(struct db_bulk *b, const struct sql *q)
{
	for (size_t i = 0; i < b->n_heaps; i++)
		if (b->heaps[i].q == q)
			return &b->heaps[i];
	if (b->n_heaps == STATEMENTS_MAX)
		return NULL;
	struct heap *h = &b->heaps[b->n_heaps++];
	h->q = q;
	h->last = &h->first;
	return h;
}

void db_bulk_order(struct db_bulk *b, const struct sql *q)
{
	heap_of(b, q);
}

const struct err *db_bulk_put(struct db_bulk *b, const struct sql *q, struct args args)
{
	struct heap *h = heap_of(b, q);
	if (h && !h->first && !is_plain_insert(q))
		return ERR(b->rest, ERR_BUG, NULL, "%s is no plain INSERT, so it cannot be loaded", q->name);
	if (!h)
		return ERR(b->rest, ERR_BUG, NULL, "more than %d statements in one load", STATEMENTS_MAX);
	struct db_bulk_row *r = arena_alloc(b->rows, sizeof(*r) + args.n * sizeof(r->v[0]));
	r->n = args.n;
	memcpy(r->v, args.v, args.n * sizeof(r->v[0]));
	for (unsigned i = 0; i < args.n; i++)
		if (r->v[i].s.n)
			r->v[i].s.p = arena_copy(b->rows, r->v[i].s.p, r->v[i].s.n);
	*h->last = r;
	h->last = &r->next;
	b->n_rows++;
	b->bytes = arena_used(b->rows);
	return NULL;
}

const struct err *db_bulk_load(struct db_tx *tx, const struct db_bulk *b)
{
	for (size_t i = 0; i < b->n_heaps; i++)
		if (b->heaps[i].first)
			TRY(tx->db->driver->load(tx, b->heaps[i].q, b->heaps[i].first));
	return NULL;
}

/* ---- before and after -------------------------------------------------------------- */

struct bulk_begin {
	struct arena *a;
	struct db_bulk_saved *saved;
};

/* Asked for by db_migrate(). In the transaction that takes indexes away: a database has both or neither. */
static const char mark[] = "CREATE TABLE bulk_load (at BIGINT NOT NULL)", unmark[] = "DROP TABLE bulk_load";

static const struct err *take_away(struct db_tx *tx, void *ctx)
{
	struct bulk_begin *b = ctx;
	TRY(tx->db->driver->bulk_begin(tx, b->a, b->saved));
	TRY(tx->db->driver->script(tx, mark));
	for (size_t i = 0; i < b->saved->n; i++)
		TRY(tx->db->driver->script(tx, b->saved->drop[i]));
	return NULL;
}

const struct err *db_bulk_begin(struct db *db, struct arena *a, struct db_bulk_saved *out)
{
	struct bulk_begin b = {a, out};
	return db->driver->write(db, a, 0, ID(0), DB_WRITE_SCHEMA, take_away, &b);
}

static const struct err *run_script(struct db_tx *tx, void *ctx)
{
	return tx->db->driver->script(tx, ctx);
}

static const struct err *settle(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	return tx->db->driver->bulk_end(tx);
}

const struct err *db_bulk_end(struct db *db, struct arena *a, const struct db_bulk_saved *saved, void (*told)(void *ctx, size_t at, size_t n),
			      void *ctx)
{
	for (size_t i = 0; i < saved->n; i++) {
		if (told)
			told(ctx, i, saved->n);
		TRY(db->driver->write(db, a, 0, ID(0), DB_WRITE_SCHEMA, run_script, (void *)saved->make[i]));
	}
	if (told)
		told(ctx, saved->n, saved->n);
	return db->driver->write(db, a, 0, ID(0), DB_WRITE_SCHEMA, settle, NULL);
}

const struct err *db_bulk_done(struct db *db, struct arena *a)
{
	return db->driver->write(db, a, 0, ID(0), DB_WRITE_SCHEMA, run_script, (void *)unmark);
}
