/* A sheet into rows of ours. The file itself is not kept: what is needed of it stands in the database when the request ends. */
#include "import_model.h"

#include "import_sql.h"
#include "sheet.h"

#include <string.h>

enum { HEAD_WITHIN = 30, BATCH_ROWS = 400, BATCH_BYTES = 1 << 20, ROW_BYTES_MAX = 256 * 1024 };

struct line {
	int64_t number;
	struct str *cells;
	size_t n;
};

struct reading {
	struct env *e;
	const struct import_order *o;
	struct arena *a;         /* as long as the sheet is open */
	struct sheet *sheet;
	struct line first[HEAD_WITHIN];
	size_t n_first, head;
	struct columns columns;
	struct import_run run;
	/* the batch in hand */
	struct arena *batch;
	struct line lines[BATCH_ROWS];
	size_t n_lines, bytes;
};

/* Numbers of identity cards are not even kept for the time of the import (NFR-6). */
static struct str copy_cell(const struct reading *r, struct arena *a, struct str cell)
{
	if (r->o->kind->is_personal && import_is_identity(import_plain(a, cell)))
		return STR("***");
	return str_dup(a, cell);
}

static struct line copy(const struct reading *r, struct arena *a, const struct sheet_row *row)
{
	struct line l = {row->number, ARENA_ARRAY(a, struct str, row->n + 1), row->n};
	for (size_t i = 0; i < row->n; i++)
		l.cells[i] = copy_cell(r, a, row->cells[i]);
	return l;
}

/* ---- the head --------------------------------------------------------------------------- */

static size_t filled(const struct line *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		n += l->cells[i].n > 0;
	return n;
}

static const struct err *read_first(struct reading *r)
{
	struct sheet_row row;
	bool found = true;
	while (r->n_first < HEAD_WITHIN && found) {
		TRY(sheet_next(r->sheet, &row, &found));
		if (found)
			r->first[r->n_first++] = copy(r, r->a, &row);
	}
	return NULL;
}

/* The row that most of our headings stand in; titles, dates and "填报单位" above it are passed over. */
static const struct err *find_head(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reading *r = ctx;
	struct headings kept;
	size_t best = 0;
	TRY(import_headings_read(tx, e, r->o->kind, &kept));
	for (size_t i = 0; i < r->n_first; i++) {
		struct columns c;
		size_t found = import_guess(e->app, r->a, r->o->kind, &kept, r->first[i].cells, r->first[i].n, &c);
		if (found > best) {
			best = found;
			r->head = i;
			r->columns = c;
		}
	}
	for (size_t i = 0; !best && i < r->n_first; i++)
		if (filled(&r->first[i]) > 1) { /* nothing known: the first row of several cells, to be chosen from by hand */
			r->head = i;
			break;
		}
	return NULL;
}

static const struct err *check_head(struct reading *r)
{
	const struct line *head = &r->first[r->head];
	if (r->n_first < 2)
		return ERR(r->e->a, ERR_INPUT, "sheet_empty", "no rows below a head of columns");
	for (size_t i = 0; r->o->kind->is_personal && i < head->n; i++)
		if (import_is_identity_heading(import_heading(r->a, head->cells[i])))
			return ERR(r->e->a, ERR_INPUT, "identity_column", "column %zu, \"%.*s\": numbers of identity cards are not taken", i + 1,
				   STR_ARG(head->cells[i]));
	return NULL;
}

/* ---- into the database --------------------------------------------------------------------- */

static const struct err *insert_run(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reading *r = ctx;
	struct import_run *run = &r->run;
	run->id = env_id(e);
	run->state = STATE_READING;
	run->made_at = e->now;
	run->version = 1;
	return db_exec(tx, &import_run_insert,
		       ARGS(ARG(e->city), ARG(run->id), ARG(run->kind), ARG(run->source), ARG(run->file_name), ARG_CODE(import_states, run->state),
			    ARG(run->person_id), ARG(run->actor), ARG(run->head), ARG(run->head_row), ARG(run->mapping), ARG(run->made_at)),
		       NULL);
}

static const struct err *insert_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reading *r = ctx;
	for (size_t i = 0; i < r->n_lines; i++) {
		struct str cells = import_array_text(db_arena(tx), r->lines[i].cells, r->lines[i].n);
		TRY(db_exec(tx, &import_row_insert, ARGS(ARG(e->city), ARG(r->run.id), ARG(r->lines[i].number), ARG(cells)), NULL));
	}
	return NULL;
}

/* An error that outlives the arena it was made on. */
static const struct err *moved(struct arena *a, const struct err *e)
{
	return e ? err_make(a, e->kind, str_z(a, e->code), e->file, e->line, "%.*s", STR_ARG(e->detail)) : NULL;
}

static const struct err *flush(struct reading *r)
{
	struct env own = *r->e;
	own.a = r->batch;
	const struct err *e = r->n_lines ? env_write(&own, insert_rows, r) : NULL;
	e = moved(r->e->a, e);
	arena_free(r->batch);
	r->batch = arena_new((size_t)64 << 20);
	r->run.n_rows += (int64_t)r->n_lines;
	r->n_lines = r->bytes = 0;
	return e;
}

static const struct err *take(struct reading *r, struct line l)
{
	size_t bytes = 0;
	for (size_t i = 0; i < l.n; i++)
		bytes += l.cells[i].n + 4;
	if (bytes > ROW_BYTES_MAX)
		return ERR(r->e->a, ERR_INPUT, "sheet_too_large", "row %lld holds more than %d bytes", (long long)l.number, ROW_BYTES_MAX);
	r->lines[r->n_lines++] = l;
	r->bytes += bytes;
	return r->n_lines == BATCH_ROWS || r->bytes > BATCH_BYTES ? flush(r) : NULL;
}

static const struct err *read_rest(struct reading *r)
{
	struct sheet_row row;
	bool found = true;
	for (size_t i = r->head + 1; i < r->n_first; i++)
		TRY(take(r, r->first[i]));
	while (found) {
		TRY(sheet_next(r->sheet, &row, &found));
		if (found)
			TRY(take(r, copy(r, r->batch, &row)));
	}
	TRY(flush(r));
	return r->run.n_rows ? NULL : ERR(r->e->a, ERR_INPUT, "sheet_empty", "no rows below the head of columns");
}

static const struct err *read_all(struct reading *r)
{
	const struct import_order *o = r->o;
	struct env own = *r->e;
	own.a = r->a;
	TRY(sheet_open(r->e->app, r->a, o->fd, &r->sheet));
	TRY(read_first(r));
	TRY(env_read(&own, find_head, r));
	TRY(check_head(r));
	r->run = (struct import_run){.kind = str_of(o->kind->name), .source = o->source, .file_name = o->file_name, .actor = o->actor,
				     .person_id = o->person_id, .head_row = r->first[r->head].number};
	r->run.head = import_array_text(r->e->a, r->first[r->head].cells, r->first[r->head].n);
	r->run.mapping = import_mapping_text(r->e->a, o->kind, &r->columns);
	TRY(env_write(r->e, insert_run, r));
	return read_rest(r);
}

const struct err *import_stage(struct env *e, const struct import_order *o, struct import_run *out)
{
	struct reading *r = ARENA_NEW(e->a, struct reading);
	r->e = e;
	r->o = o;
	r->a = arena_new((size_t)64 << 20);
	r->batch = arena_new((size_t)64 << 20);
	const struct err *bad = moved(e->a, read_all(r));
	arena_free(r->batch);
	arena_free(r->a);
	*out = r->run;
	if (bad && r->run.id.v)
		(void)import_drop_rows(e, r->run.id);
	return bad;
}

const struct err *import_open(struct db_tx *tx, struct env *e, struct import_run *run)
{
	run->state = STATE_READY;
	return import_run_write(tx, e, run);
}
