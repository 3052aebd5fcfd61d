/* An import on its way: short transactions that each take some rows further and say so in the same commit, so that it can be
 * ended at any moment and goes on where it was (docs/decisions/0008). */
#include "import_model.h"

#include "import_sql.h"
#include "job.h"
#include "setting.h"

#include <string.h>
#include <time.h>

enum { SLICE_MS = 25, SLICE_ROWS = 300, CLEAR_ROWS = 500, RELEASE_ROWS = 2000, NAP_MS = 20 };

const struct shape import_run_row[] = {
	SHAPE(struct import_run, id, 0), SHAPE(struct import_run, kind, 0), SHAPE(struct import_run, source, 0),
	SHAPE(struct import_run, file_name, 0), SHAPE_CODE(struct import_run, state, &import_states), SHAPE(struct import_run, person_id, 0),
	SHAPE(struct import_run, actor, 0), SHAPE(struct import_run, head, 0), SHAPE(struct import_run, head_row, 0),
	SHAPE(struct import_run, mapping, 0), SHAPE(struct import_run, n_rows, 0), SHAPE(struct import_run, at_row, 0),
	SHAPE(struct import_run, n_done, 0), SHAPE(struct import_run, n_added, 0), SHAPE(struct import_run, n_changed, 0),
	SHAPE(struct import_run, n_same, 0), SHAPE(struct import_run, n_refused, 0), SHAPE(struct import_run, n_skipped, 0),
	SHAPE(struct import_run, is_again, 0), SHAPE(struct import_run, made_at, 0), SHAPE(struct import_run, begun_at, 0),
	SHAPE(struct import_run, ended_at, 0), SHAPE(struct import_run, version, 0), SHAPE_END,
};

const struct shape import_row_row[] = {
	SHAPE(struct import_row, row_number, 0), SHAPE(struct import_row, cells, 0), SHAPE_CODE(struct import_row, action, &import_actions),
	SHAPE(struct import_row, object_id, 0), SHAPE(struct import_row, above_id, 0), SHAPE(struct import_row, version, 0),
	SHAPE(struct import_row, detail, 0), SHAPE(struct import_row, claims, 0), SHAPE_END,
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const struct err *import_run_read(struct db_tx *tx, int64_t city, struct id id, struct import_run *out)
{
	return db_one(tx, &import_run_by_id, ARGS(ARG(city), ARG(id)), import_run_row, out);
}

const struct err *import_run_write(struct db_tx *tx, struct env *e, struct import_run *r)
{
	TRY(db_change(tx, &import_run_update,
		      ARGS(ARG(e->city), ARG(r->id), ARG(r->version), ARG_CODE(import_states, r->state), ARG(r->actor), ARG(r->mapping),
			   ARG(r->n_rows), ARG(r->at_row), ARG(r->n_done), ARG(r->n_added), ARG(r->n_changed), ARG(r->n_same),
			   ARG(r->n_refused), ARG(r->n_skipped), ARG(r->is_again), ARG(r->begun_at), ARG(r->ended_at))));
	r->version++;
	return NULL;
}

bool import_is_under_way(const struct import_run *r)
{
	return r->state == STATE_CHECKING || r->state == STATE_CLAIMING || r->state == STATE_APPLYING || r->state == STATE_RELEASING ||
	       r->state == STATE_UNDOING;
}

/* ---- what somebody asks for -------------------------------------------------------------- */

static const struct err *keep_going(struct db_tx *tx, struct env *e, struct id id, int64_t after_ms)
{
	struct arena *a = db_arena(tx);
	return job_add(tx, e, "import.work", str_fmt(a, "import-%lld", (long long)id.v), str_fmt(a, "%lld", (long long)id.v),
		       INSTANT(e->now.ms + after_ms));
}

static const struct err *not_now(struct arena *a, const struct import_run *run)
{
	return ERR(a, ERR_CONFLICT, "import_state", "the import is %s", codes_word(&import_states, run->state));
}

static void begin(struct import_run *run, enum import_state state)
{
	run->state = state;
	run->at_row = run->n_done = 0;
	if (state == STATE_CHECKING)
		run->n_added = run->n_changed = run->n_same = run->n_refused = run->n_skipped = 0;
}

/* A row that names something by its number need not name it by words too. */
static const struct err *check_columns(struct arena *a, const struct import_kind *k, const struct columns *c)
{
	struct err_list wrong = {0};
	int id = import_field_at(k, "id");
	bool by_number = c->at[IMPORT_EXTERNAL] || (id >= 0 && c->at[id]);
	for (int f = 0; k->fields[f].name && !by_number; f++)
		if (k->fields[f].required && !c->at[f])
			err_add(&wrong, a, "mapping", "column_wanted", str_fmt(a, "no column for %s", k->fields[f].name).p);
	return ERR_FROM(a, &wrong);
}

const struct err *import_check(struct db_tx *tx, struct env *e, struct import_run *run, const struct columns *c, int64_t job_after_ms)
{
	struct arena *a = db_arena(tx);
	const struct import_kind *k = import_kind_find(e->app, run->kind);
	if (!k || (run->state != STATE_READY && run->state != STATE_CHECKED))
		return not_now(a, run);
	TRY(check_columns(a, k, c));
	TRY(import_mapping_keep(tx, e, k, run->head, c));
	run->mapping = import_mapping_text(a, k, c);
	run->is_again = false;
	begin(run, STATE_CHECKING);
	TRY(import_run_write(tx, e, run));
	return keep_going(tx, e, run->id, job_after_ms);
}

const struct err *import_apply(struct db_tx *tx, struct env *e, struct import_run *run, int64_t job_after_ms)
{
	struct arena *a = db_arena(tx);
	if (run->state != STATE_CHECKED)
		return not_now(a, run);
	if (run->n_refused)
		return ERR(a, ERR_CONFLICT, "import_refused", "%lld rows are refused", (long long)run->n_refused);
	begin(run, run->n_rows > IMPORT_ONE_TRANSACTION ? STATE_CLAIMING : STATE_APPLYING);
	run->begun_at = e->now;
	TRY(import_run_write(tx, e, run));
	return keep_going(tx, e, run->id, job_after_ms);
}

const struct err *import_cancel(struct db_tx *tx, struct env *e, struct import_run *run)
{
	if (run->state == STATE_CANCELLED)
		return NULL;
	if (run->state != STATE_READY && run->state != STATE_CHECKED && run->state != STATE_CHECKING)
		return not_now(db_arena(tx), run);
	run->state = STATE_CANCELLED;
	run->ended_at = e->now;
	return import_run_write(tx, e, run);
}

/* ---- one transaction ------------------------------------------------------------------------ */

struct step {
	struct id id;
	struct work w;
	int64_t end_ms;      /* 0: all rows at once */
	int64_t version;     /* of the run when this try began */
	bool is_idle, waits, undo;
};

typedef const struct err *row_fn(struct db_tx *tx, struct env *e, struct step *s, const struct import_row *r);

static void count(struct import_run *run, enum import_action action)
{
	int64_t *to[IMPORT_ACTION_COUNT] = {[IMPORT_ADD] = &run->n_added, [IMPORT_CHANGE] = &run->n_changed, [IMPORT_SAME] = &run->n_same,
					    [IMPORT_REFUSE] = &run->n_refused, [IMPORT_SKIP] = &run->n_skipped};
	if (to[action])
		++*to[action];
}

static const struct err *check_row(struct db_tx *tx, struct env *e, struct step *s, const struct import_row *r)
{
	struct import_item it;
	TRY(import_item_read(tx, e, &s->w, r, &it));
	TRY(import_item_check(tx, e, &s->w, &it));
	TRY(import_item_keep(tx, e, &s->w, &it));
	count(&s->w.run, it.action);
	return NULL;
}

/* Only what is looked at after the claim is known to stay. */
static const struct err *claim_row(struct db_tx *tx, struct env *e, struct step *s, const struct import_row *r)
{
	struct import_item it;
	bool got;
	TRY(import_item_claim(tx, e, r, &got));
	TRY(import_item_read(tx, e, &s->w, r, &it));
	TRY(import_item_check(tx, e, &s->w, &it));
	s->undo = !got || !import_item_is_as_before(&it, r);
	return NULL;
}

static const struct err *apply_row(struct db_tx *tx, struct env *e, struct step *s, const struct import_row *r)
{
	struct import_item it;
	TRY(import_item_read(tx, e, &s->w, r, &it));
	if (r->action == IMPORT_SKIP)
		return NULL;
	it.action = r->action;
	it.object = r->object_id;
	it.above = r->above_id;
	it.version = r->version;
	return import_item_apply(tx, e, &s->w, &it);
}

static const struct err *check_and_apply_row(struct db_tx *tx, struct env *e, struct step *s, const struct import_row *r)
{
	struct import_item it;
	TRY(import_item_read(tx, e, &s->w, r, &it));
	TRY(import_item_check(tx, e, &s->w, &it));
	if (!import_item_is_as_before(&it, r))
		return ERR(db_arena(tx), ERR_CONFLICT, "import_changed", "row %lld is not as it was checked", (long long)r->row_number);
	return import_item_apply(tx, e, &s->w, &it);
}

static const struct err *go_on(struct db_tx *tx, struct env *e, struct step *s, row_fn *fn, enum import_state then)
{
	struct import_run *run = &s->w.run;
	int64_t limit = s->end_ms ? SLICE_ROWS : IMPORT_ONE_TRANSACTION + 1;
	void *list;
	size_t n, i;
	TRY(db_all(tx, &import_rows_after, ARGS(ARG(e->city), ARG(run->id), ARG(run->at_row), ARG(limit)), import_row_row, sizeof(struct import_row),
		   &list, &n));
	const struct import_row *rows = list;
	for (i = 0; i < n && !s->undo; i++) {
		if (i && s->end_ms && now_ms() >= s->end_ms)
			break;
		TRY(fn(tx, e, s, &rows[i]));
		run->at_row = rows[i].row_number;
		run->n_done++;
	}
	if (s->undo || (i == n && n < (size_t)limit)) {
		run->state = s->undo ? STATE_UNDOING : then;
		run->at_row = run->n_done = 0;
	}
	return NULL;
}

static const struct err *check_some(struct db_tx *tx, struct env *e, struct step *s)
{
	int64_t gone = 0;
	if (s->w.run.n_done == 0) /* an earlier dry run's */
		TRY(db_exec(tx, &import_keys_drop, ARGS(ARG(e->city), ARG(s->id), arg_i64(RELEASE_ROWS)), &gone));
	return gone ? NULL : go_on(tx, e, s, check_row, STATE_CHECKED);
}

/* One import at a time, so that two of them never wait for each other's claims. */
static const struct err *take_turn(struct db_tx *tx, struct env *e, struct step *s)
{
	bool got = true;
	TRY(claim_take(tx, e, "turn", STR("import"), &got));
	s->waits = !got;
	return NULL;
}

static const struct err *claim_some(struct db_tx *tx, struct env *e, struct step *s)
{
	if (s->w.run.n_done == 0)
		TRY(take_turn(tx, e, s));
	return s->waits ? NULL : go_on(tx, e, s, claim_row, STATE_APPLYING);
}

static const struct err *apply_some(struct db_tx *tx, struct env *e, struct step *s)
{
	if (s->w.run.n_rows > IMPORT_ONE_TRANSACTION)
		return go_on(tx, e, s, apply_row, STATE_RELEASING);
	s->end_ms = 0;
	TRY(take_turn(tx, e, s));
	return s->waits ? NULL : go_on(tx, e, s, check_and_apply_row, STATE_RELEASING);
}

static const struct err *clear_cells(struct db_tx *tx, struct env *e, struct import_run *run, bool *left)
{
	void *list;
	size_t n;
	TRY(db_all(tx, &import_rows_after, ARGS(ARG(e->city), ARG(run->id), ARG(run->at_row), arg_i64(CLEAR_ROWS)), import_row_row,
		   sizeof(struct import_row), &list, &n));
	*left = n > 0;
	if (!n)
		return NULL;
	const struct import_row *last = (const struct import_row *)list + n - 1;
	TRY(db_exec(tx, &import_rows_clear, ARGS(ARG(e->city), ARG(run->id), ARG(run->at_row), ARG(last->row_number)), NULL));
	run->at_row = last->row_number;
	run->n_done += (int64_t)n;
	return NULL;
}

static const struct err *release_some(struct db_tx *tx, struct env *e, struct step *s)
{
	struct import_run *run = &s->w.run;
	int64_t gone;
	bool left = false;
	if (run->at_row == 0)
		TRY(claim_release(tx, e, RELEASE_ROWS, &left));
	if (left)
		return NULL;
	if (run->state == STATE_UNDOING) {
		begin(run, STATE_CHECKING);
		run->is_again = true;
		return NULL;
	}
	TRY(db_exec(tx, &import_keys_drop, ARGS(ARG(e->city), ARG(run->id), arg_i64(RELEASE_ROWS)), &gone));
	if (gone)
		return NULL;
	TRY(clear_cells(tx, e, run, &left));
	if (left)
		return NULL;
	run->state = STATE_DONE;
	run->ended_at = e->now;
	return NULL;
}

static void act_as(struct env *e, const struct import_kind *k, const struct actor *w)
{
	const struct duty *d = widest_duty(w, k->perm);
	e->actor = w;
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
}

static const struct err *prepare(struct db_tx *tx, struct env *e, struct step *s)
{
	struct arena *a = db_arena(tx);
	struct actor *actor;
	struct import_run run;
	TRY(import_run_read(tx, e->city, s->id, &run));
	*s = (struct step){.id = s->id, .end_ms = now_ms() + SLICE_MS, .version = run.version, .is_idle = !import_is_under_way(&run), .w.run = run};
	if (s->is_idle)
		return NULL;
	s->w.kind = import_kind_find(e->app, run.kind);
	if (!s->w.kind)
		return ERR(a, ERR_BUG, NULL, "no feature imports %.*s", STR_ARG(run.kind));
	TRY(import_actor_read(e->app, a, e->city, run.actor, &actor));
	s->w.actor = actor;
	e->claimant = run.id;
	act_as(e, s->w.kind, actor);
	return import_mapping_read(a, s->w.kind, run.head, run.mapping, &s->w.columns);
}

static const struct err *step(struct db_tx *tx, struct env *e, void *ctx)
{
	struct step *s = ctx;
	const struct import_run *run = &s->w.run;
	TRY(prepare(tx, e, s));
	if (s->is_idle)
		return NULL;
	/* Whoever else works on it waits here on PostgreSQL, and then sees that it has moved on. */
	TRY(import_run_write(tx, e, &s->w.run));
	if (run->state == STATE_CHECKING)
		TRY(check_some(tx, e, s));
	else if (run->state == STATE_CLAIMING)
		TRY(claim_some(tx, e, s));
	else if (run->state == STATE_APPLYING)
		TRY(apply_some(tx, e, s));
	else
		TRY(release_some(tx, e, s));
	return import_run_write(tx, e, &s->w.run);
}

/* ---- many of them ------------------------------------------------------------------------------ */

static const struct err *undo(struct db_tx *tx, struct env *e, void *ctx)
{
	struct step *s = ctx;
	struct import_run run;
	TRY(import_run_read(tx, e->city, s->id, &run));
	if (run.version != s->version || run.state != STATE_APPLYING)
		return NULL;
	run.state = STATE_UNDOING;
	run.at_row = run.n_done = 0;
	return import_run_write(tx, e, &run);
}

static const struct err *look(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import_run *run = ctx;
	return import_run_read(tx, e->city, run->id, run);
}

static void nap(int ms)
{
	struct timespec t = {0, (long)ms * 1000000};
	nanosleep(&t, NULL);
}

/* Somebody else moved it on, or (all at once) what was checked is not so any more. */
static const struct err *settle(struct env *e, struct step *s, const struct err *bad)
{
	struct import_run now = {.id = s->id};
	if (bad->kind != ERR_CONFLICT && bad->kind != ERR_INPUT && bad->kind != ERR_MISSING)
		return bad;
	TRY(env_read(e, look, &now));
	if (now.version != s->version) {
		nap(NAP_MS);
		return NULL;
	}
	if (now.state != STATE_APPLYING || now.n_rows > IMPORT_ONE_TRANSACTION)
		return bad;
	return env_write(e, undo, s);
}

static const struct err *one_step(struct env *e, struct step *s)
{
	struct env own = *e;
	struct arena *a = arena_new((size_t)96 << 20);
	own.a = a;
	own.now = app_now(e->app);
	const struct err *bad = env_write(&own, step, s);
	if (bad)
		bad = settle(&own, s, bad);
	if (bad)
		bad = err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

const struct err *import_work(struct env *e, struct id id, int64_t budget_ms, struct import_run *run)
{
	struct step s = {.id = id};
	int64_t until = now_ms() + budget_ms;
	do {
		TRY(one_step(e, &s));
	} while (!s.is_idle && !s.waits && now_ms() < until);
	run->id = id;
	TRY(env_read(e, look, run));
	return s.waits ? ERR(e->a, ERR_BUSY, "import_waits", "another import is being applied") : NULL;
}

/* ---- jobs ------------------------------------------------------------------------------------------ */

enum { JOB_MS = 1500, UNFINISHED_DAYS = 3 };
#define DAY_MS INT64_C(86400000)

static const struct err *again(struct db_tx *tx, struct env *e, void *ctx)
{
	return keep_going(tx, e, *(struct id *)ctx, 0);
}

/* Some at a time, so that other jobs of the server have their turn. */
const struct err *import_job(struct env *e, struct str payload)
{
	struct id id;
	struct import_run run;
	if (!str_i64(payload, 1, INT64_MAX, &id.v))
		return ERR(e->a, ERR_BUG, NULL, "import.work without an id");
	TRY(import_work(e, id, JOB_MS, &run));
	return import_is_under_way(&run) ? env_write(e, again, &id) : NULL;
}

struct old {
	struct id id;
	uint32_t state;
};
static const struct shape old_row[] = {SHAPE(struct old, id, 0), SHAPE_CODE(struct old, state, &import_states), SHAPE_END};

struct olds {
	struct old *v;
	size_t n;
};

static const struct err *find_old(struct db_tx *tx, struct env *e, void *ctx)
{
	struct olds *o = ctx;
	void *rows;
	int64_t keep = setting_i64(e->app, e->city, "import.keep_days");
	TRY(db_all(tx, &import_runs_old, ARGS(ARG(e->city), arg_i64(e->now.ms - UNFINISHED_DAYS * DAY_MS), arg_i64(e->now.ms - keep * DAY_MS)), old_row,
		   sizeof(struct old), &rows, &o->n));
	o->v = rows;
	return NULL;
}

/* One whose job was given up after too many failures is tried again. */
static const struct err *wake_all(struct db_tx *tx, struct env *e, void *ctx)
{
	void *rows;
	size_t n;
	(void)ctx;
	TRY(db_all(tx, &import_runs_under_way, ARGS(ARG(e->city)), old_row, sizeof(struct old), &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(keep_going(tx, e, ((const struct old *)rows)[i].id, 0));
	return NULL;
}

static const struct err *give_up(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import_run run;
	TRY(import_run_read(tx, e->city, *(struct id *)ctx, &run));
	if (run.state == STATE_DONE || run.state == STATE_CANCELLED || import_is_under_way(&run))
		return NULL;
	run.state = STATE_CANCELLED;
	run.ended_at = e->now;
	return import_run_write(tx, e, &run);
}

const struct err *import_sweep(struct env *e, struct str payload)
{
	struct olds old = {0};
	(void)payload;
	TRY(env_write(e, wake_all, NULL));
	TRY(env_read(e, find_old, &old));
	for (size_t i = 0; i < old.n; i++) {
		TRY(env_write(e, give_up, &old.v[i].id));
		TRY(import_drop_rows(e, old.v[i].id));
	}
	return NULL;
}

/* ---- rows that are no longer needed --------------------------------------------------------------- */

struct dropping {
	struct id id;
	int64_t gone;
};

static const struct err *drop_some(struct db_tx *tx, struct env *e, void *ctx)
{
	struct dropping *d = ctx;
	int64_t keys;
	TRY(db_exec(tx, &import_keys_drop, ARGS(ARG(e->city), ARG(d->id), arg_i64(CLEAR_ROWS)), &keys));
	TRY(db_exec(tx, &import_rows_drop, ARGS(ARG(e->city), ARG(d->id), arg_i64(CLEAR_ROWS)), &d->gone));
	d->gone += keys;
	return NULL;
}

const struct err *import_drop_rows(struct env *e, struct id id)
{
	struct dropping d = {id, 1};
	while (d.gone)
		TRY(env_write(e, drop_some, &d));
	return NULL;
}
