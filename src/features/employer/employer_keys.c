/* What an employer is found by when it was entered twice, derived whenever its unit is written. */
#include "employer_model.h"

#include "employer_contractor.h"
#include "employer_name.h"
#include "employer_sql.h"

enum { BATCH = 200 };

struct found { struct id id; };
static const struct shape found_row[] = {SHAPE(struct found, id, 0), SHAPE_END};

static const struct err *add_twins(struct db_tx *tx, struct env *e, const struct sql *q, struct args args, struct id self, const char *why)
{
	void *rows;
	size_t n;
	TRY(db_all(tx, q, args, found_row, sizeof(struct found), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct id other = ((const struct found *)rows)[i].id;
		struct id first = other.v < self.v ? other : self, second = other.v < self.v ? self : other;
		TRY(db_exec(tx, &employer_twin_add, ARGS(ARG(e->city), ARG(first), ARG(second), arg_str(str_of(why))), NULL));
	}
	return NULL;
}

static const struct err *find_twins(struct db_tx *tx, struct env *e, const struct unit *u, const struct employer *k)
{
	TRY(db_exec(tx, &employer_twins_drop_first, ARGS(ARG(e->city), ARG(u->id)), NULL));
	TRY(db_exec(tx, &employer_twins_drop_second, ARGS(ARG(e->city), ARG(u->id)), NULL));
	if (u->is_closed)
		return NULL;
	if (k->code_key.n)
		TRY(add_twins(tx, e, &employer_same_code, ARGS(ARG(e->city), ARG(k->code_key), ARG(u->id)), u->id, "code"));
	if (k->number_key.n)
		TRY(add_twins(tx, e, &employer_same_number, ARGS(ARG(e->city), ARG(k->number_key), ARG(u->id)), u->id, "number"));
	return add_twins(tx, e, &employer_same_name, ARGS(ARG(e->city), ARG(k->name_key), ARG(u->id), ARG(u->top_id)), u->id, "name");
}

const struct err *employer_keys(struct db_tx *tx, struct env *e, const struct unit *u, struct str old_number)
{
	struct arena *a = db_arena(tx);
	struct unit *above;
	struct employer k;
	size_t n;
	int64_t changed;
	TRY(org_parents(tx, e->city, u, &above, &n));
	k.name_key = employer_name_key(a, u->name, above, n);
	k.code_key = employer_code_key(a, u->uscc, old_number);
	k.number_key = employer_number_key(a, old_number);
	struct args args = ARGS(ARG(e->city), ARG(u->id), ARG(k.name_key), ARG(k.code_key), ARG(k.number_key));
	TRY(db_exec(tx, &employer_insert, args, &changed));
	if (!changed)
		TRY(db_exec(tx, &employer_set_keys, args, NULL));
	return find_twins(tx, e, u, &k);
}

const struct err *employer_kept(struct db_tx *tx, struct env *e, struct target *t)
{
	const struct unit *u = t->object;
	struct employer p;
	if (u->kind != UNIT_EMPLOYER)
		return NULL;
	TRY(employer_read(tx, e->city, u->id, &p));
	return employer_keys(tx, e, u, p.old_number);
}

/* The merged one is looked at no more; who has its name now is found when the other is written. */
const struct err *employer_merged(struct db_tx *tx, struct env *e, struct id from, struct id to)
{
	TRY(contractor_merged(tx, e, from, to));
	TRY(db_exec(tx, &employer_twins_drop_first, ARGS(ARG(e->city), ARG(from)), NULL));
	return db_exec(tx, &employer_twins_drop_second, ARGS(ARG(e->city), ARG(from)), NULL);
}

/* ---- for all --------------------------------------------------------------------------------- */

struct batch {
	const struct sql *next;
	struct id after;
	size_t n;
};

static const struct err *derive_batch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	void *rows;
	TRY(db_all(tx, b->next, ARGS(ARG(e->city), ARG(b->after), arg_i64(BATCH)), found_row, sizeof(struct found), &rows, &b->n));
	const struct found *v = rows;
	for (size_t i = 0; i < b->n; i++) {
		struct unit u;
		struct target t = {.object = &u};
		struct arena_mark mark = arena_mark(db_arena(tx));
		TRY(org_unit(tx, e->city, v[i].id, &u));
		TRY(employer_kept(tx, e, &t));
		arena_rewind(db_arena(tx), mark);
	}
	if (b->n)
		b->after = v[b->n - 1].id;
	return NULL;
}

static const struct err *peek(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	void *rows;
	return db_all(tx, b->next, ARGS(ARG(e->city), ARG(b->after), arg_i64(1)), found_row, sizeof(struct found), &rows, &b->n);
}

static const struct err *derive_all(struct env *e, const struct sql *next)
{
	struct batch b = {.next = next};
	TRY(env_read(e, peek, &b));
	while (b.n) {
		struct env own = env_system(e->app, e->a, e->city);
		struct arena_mark mark = arena_mark(e->a);
		struct batch done = b;
		TRY(env_write(&own, derive_batch, &done));
		b = done;
		arena_rewind(e->a, mark);
	}
	return NULL;
}

const struct err *employer_rebuild(struct env *e)
{
	return derive_all(e, &employer_ids);
}

const struct err *employer_keys_job(struct env *e, struct str payload)
{
	(void)payload;
	return derive_all(e, &employer_ids_without);
}
