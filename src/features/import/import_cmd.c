#include "import_cmd.h"

#include "import_model.h"
#include "import_sql.h"

#include <string.h>

enum { STEP_MS = 300, JOB_AFTER_MS = 120000, REPORT_ROWS = 300 };

struct going {
	const struct import_command *k;
	const struct import_kind *kind;
	struct import_run run;
	struct columns columns;
	struct import_row *rows;
	size_t n;
	int64_t after;
	struct id others[8];
	size_t n_others;
};

struct str import_kind_names(struct app *app, struct arena *a)
{
	struct actor all = {.is_system = true};
	const struct import_kind *const *kinds = import_kinds_of(app, a, &all);
	struct sb b = sb_new(a, 1024);
	for (size_t i = 0; kinds[i]; i++)
		sb_fmt(&b, "%s%s", i ? " " : "", kinds[i]->name);
	return sb_str(&b);
}

static const struct err *open_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	struct import_run run = g->run;
	return import_open(tx, e, &run);
}

static const struct err *read_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	return import_run_read(tx, e->city, g->run.id, &g->run);
}

static const struct err *check_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	struct import_run run;
	TRY(import_run_read(tx, e->city, g->run.id, &run));
	return import_check(tx, e, &run, &g->columns, JOB_AFTER_MS);
}

static const struct err *apply_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	struct import_run run;
	TRY(import_run_read(tx, e->city, g->run.id, &run));
	return import_apply(tx, e, &run, JOB_AFTER_MS);
}

static const struct err *cancel_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	struct import_run run;
	TRY(import_run_read(tx, e->city, g->run.id, &run));
	return import_cancel(tx, e, &run);
}

/* ---- working -------------------------------------------------------------------------- */

struct under_way { struct id id; uint32_t state; };
static const struct shape under_way_row[] = {SHAPE(struct under_way, id, 0), SHAPE_CODE(struct under_way, state, &import_states), SHAPE_END};

static const struct err *find_others(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	void *rows;
	size_t n;
	g->n_others = 0;
	TRY(db_all(tx, &import_runs_under_way, ARGS(ARG(e->city)), under_way_row, sizeof(struct under_way), &rows, &n));
	for (size_t i = 0; i < n && g->n_others < 8; i++) {
		const struct under_way *u = (const struct under_way *)rows + i;
		if (u->id.v != g->run.id.v && u->state != STATE_CHECKING)
			g->others[g->n_others++] = u->id;
	}
	return NULL;
}

/* Whoever began the other import may be gone for good. */
static const struct err *help_others(struct env *e, struct going *g)
{
	struct import_run run;
	TRY(env_read(e, find_others, g));
	for (size_t i = 0; i < g->n_others; i++) {
		const struct err *bad = import_work(e, g->others[i], STEP_MS, &run);
		if (bad && bad->kind != ERR_BUSY)
			return bad;
	}
	return NULL;
}

static const struct err *work(struct env *e, struct going *g)
{
	do {
		struct id id = g->run.id;
		const struct err *bad = import_work(e, id, STEP_MS, &g->run);
		if (bad && str_is(bad->code, "import_waits"))
			bad = help_others(e, g);
		TRY(bad);
		struct import_progress p = {codes_word(&import_states, g->run.state), g->run.n_done, g->run.n_rows};
		if (g->k->progress)
			g->k->progress(g->k->ctx, &p);
	} while (import_is_under_way(&g->run));
	return NULL;
}

/* ---- the report ------------------------------------------------------------------------ */

static const struct err *read_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct going *g = ctx;
	void *rows;
	TRY(db_all(tx, &import_rows_after, ARGS(ARG(e->city), ARG(g->run.id), ARG(g->after), arg_i64(REPORT_ROWS)), import_row_row,
		   sizeof(struct import_row), &rows, &g->n));
	g->rows = rows;
	return NULL;
}

static const struct err *tell_some(struct env *e, struct going *g, const struct work *w)
{
	TRY(env_read(e, read_rows, g));
	for (size_t i = 0; i < g->n; i++) {
		struct remarks remarks;
		TRY(import_remarks(e->app, e->a, g->k->english, w, &g->rows[i], &remarks));
		for (size_t r = 0; r < remarks.n; r++) {
			struct import_line l = {remarks.v[r].row, remarks.v[r].column, remarks.v[r].code, remarks.v[r].message};
			TRY(g->k->line(g->k->ctx, &l));
		}
		g->after = g->rows[i].row_number;
	}
	return NULL;
}

static const struct err *tell(struct env *e, struct going *g)
{
	struct work w = {.run = g->run, .kind = g->kind, .columns = g->columns};
	do {
		struct env own = *e;
		own.a = arena_new((size_t)32 << 20);
		const struct err *bad = tell_some(&own, g, &w);
		bad = bad ? err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail)) : NULL;
		arena_free(own.a);
		TRY(bad);
	} while (g->n);
	return NULL;
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* What the option names goes before what was guessed. */
static const struct err *choose_columns(struct env *e, struct going *g)
{
	struct columns asked;
	TRY(import_mapping_read(e->a, g->kind, g->run.head, g->run.mapping, &g->columns));
	TRY(import_mapping_read(e->a, g->kind, g->run.head, g->k->mapping, &asked));
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		for (int other = 0; asked.at[f] && other < IMPORT_COLUMNS; other++)
			if (g->columns.at[other] == asked.at[f])
				g->columns.at[other] = 0;
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		if (asked.at[f])
			g->columns.at[f] = asked.at[f];
	return NULL;
}

static struct str columns_text(struct arena *a, const struct going *g)
{
	size_t n;
	const struct str *head = import_array(a, g->run.head, &n);
	struct sb b = sb_new(a, 16384);
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		if (import_field_name(g->kind, f) && g->columns.at[f] > 0 && (size_t)g->columns.at[f] <= n)
			sb_fmt(&b, "%s%s=%.*s", b.n ? "," : "", import_field_name(g->kind, f), STR_ARG(head[g->columns.at[f] - 1]));
	return sb_str(&b);
}

static void put_result(struct going *g, struct arena *a, struct import_result *out)
{
	const struct import_run *r = &g->run;
	*out = (struct import_result){.id = r->id, .rows = r->n_rows, .added = r->n_added, .changed = r->n_changed, .unchanged = r->n_same,
				      .refused = r->n_refused, .skipped = r->n_skipped, .is_done = r->state == STATE_DONE,
				      .mapping = columns_text(a, g)};
}

static const struct err *drop(struct env *e, struct going *g)
{
	TRY(env_write(e, cancel_it, g));
	return import_drop_rows(e, g->run.id);
}

static const struct err *check_and_apply(struct env *e, struct going *g, struct import_result *out)
{
	TRY(env_write(e, open_it, g));
	TRY(choose_columns(e, g));
	TRY(env_write(e, check_it, g));
	TRY(work(e, g));
	if (g->run.n_refused == 0 && !g->k->dry_run) {
		TRY(env_write(e, apply_it, g));
		TRY(work(e, g));
	}
	put_result(g, e->a, out);
	return tell(e, g);
}

const struct err *import_command(struct env *e, const struct import_command *k, struct import_result *out)
{
	struct going *g = ARENA_NEW(e->a, struct going);
	*g = (struct going){.k = k, .kind = import_kind_find(e->app, k->kind)};
	if (!g->kind)
		return err_on_field(e->a, "kind", "unknown_word", "no such kind");
	struct import_order o = {.kind = g->kind, .source = k->source, .file_name = k->file_name, .actor = import_actor_text(e->a, k->actor), .fd = k->fd};
	TRY(import_stage(e, &o, &g->run));
	const struct err *bad = check_and_apply(e, g, out);
	const struct err *lost = env_read(e, read_it, g);
	if (!lost && !import_is_under_way(&g->run) && g->run.state != STATE_DONE)
		TRY(drop(e, g));
	return bad;
}
