/* SQLite connections, their prepared statements, and rows. */
#include "db_sqlite.h"

#include <stdio.h>

enum { STMTS_START = 64, PARAMS_MAX = 96 };

struct sqlite_stmt {
	const struct sql *q;
	const char *text; /* what was prepared: an address may come to hold another statement */
	sqlite3_stmt *stmt;
	unsigned n_params;
	int at[PARAMS_MAX]; /* SQLite's index of $1…, 0 where the text does not use it */
	bool busy;          /* being stepped */
	bool temporary;
};

/* ---- connections --------------------------------------------------------- */

int sqlite_run(struct sqlite_conn *c, const char *text)
{
	return sqlite3_exec(c->db, text, NULL, NULL, NULL);
}

int sqlite_run_kept(struct sqlite_conn *c, sqlite3_stmt **at, const char *text)
{
	int rc = *at ? SQLITE_OK : sqlite3_prepare_v3(c->db, text, -1, SQLITE_PREPARE_PERSISTENT, at, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(*at);
	sqlite3_reset(*at);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int sqlite_conn_open(struct sqlite_conn *c, const char *name, int flags)
{
	*c = (struct sqlite_conn){0};
	int rc = sqlite3_open_v2(name, &c->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(c->db, 5000);
		sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
		sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
		sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		rc = sqlite_run(c, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY");
	}
	if (rc != SQLITE_OK) {
		sqlite3_close(c->db);
		c->db = NULL;
		return rc;
	}
	c->a = arena_new(0);
	return SQLITE_OK;
}

void sqlite_conn_close(struct sqlite_conn *c)
{
	for (unsigned i = 0; i < c->cap; i++)
		if (c->stmts[i])
			sqlite3_finalize(c->stmts[i]->stmt);
	sqlite3_finalize(c->begin);
	sqlite3_finalize(c->rollback);
	sqlite3_close(c->db);
	arena_free(c->a);
	*c = (struct sqlite_conn){0};
}

static enum err_kind kind_of(int rc, const char **code)
{
	*code = NULL;
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		*code = "duplicate";
		return ERR_CONFLICT;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		*code = "referenced";
		return ERR_CONFLICT;
	default:
		break;
	}
	switch (rc & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return ERR_READONLY;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_INTERRUPT:
		return ERR_BUSY;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	default:
		return ERR_BUG;
	}
}

const struct err *sqlite_fail(struct arena *a, const struct sqlite_conn *c, int rc, const char *what)
{
	const char *code;
	enum err_kind kind = kind_of(rc, &code);
	const char *why = c && c->db ? sqlite3_errmsg(c->db) : sqlite3_errstr(rc);
	return ERR(a, kind, code, "%s: %s (SQLite %d)", what, why, rc);
}

static const struct err *fail(struct sqlite_tx *tx, int rc, const char *what)
{
	const struct err *e = sqlite_fail(tx->base.a, tx->c, rc, what);
	/* A disk that cannot be read is no reason to tell a reader that writing has stopped. */
	if (!tx->base.writes && e->kind == ERR_READONLY)
		e = ERR(tx->base.a, ERR_BUG, NULL, "%.*s", STR_ARG(e->detail));
	return db_doom(&tx->base, e);
}

/* ---- the table of prepared statements ------------------------------------- */

static struct sqlite_stmt **place(struct sqlite_stmt **stmts, unsigned cap, const struct sql *q)
{
	uint64_t h = ((uint64_t)(uintptr_t)q >> 4) * 0x9e3779b97f4a7c15u;
	unsigned i = (unsigned)(h >> 32) & (cap - 1);
	while (stmts[i] && stmts[i]->q != q)
		i = (i + 1) & (cap - 1);
	return &stmts[i];
}

static void grow(struct sqlite_conn *c)
{
	unsigned cap = c->cap ? c->cap * 2 : STMTS_START;
	struct sqlite_stmt **stmts = ARENA_ARRAY(c->a, struct sqlite_stmt *, cap);
	for (unsigned i = 0; i < c->cap; i++)
		if (c->stmts[i])
			*place(stmts, cap, c->stmts[i]->q) = c->stmts[i];
	c->stmts = stmts;
	c->cap = cap;
}

/* "$1" is a name to SQLite, numbered by first appearance: ask for the index of each. */
static void find_params(struct sqlite_stmt *s)
{
	for (unsigned i = 0; i < s->n_params; i++) {
		char name[16];
		snprintf(name, sizeof(name), "$%u", i + 1);
		s->at[i] = sqlite3_bind_parameter_index(s->stmt, name);
	}
}

static const struct err *prepare(struct sqlite_tx *tx, const struct sql *q, struct sqlite_stmt *s)
{
	const char *rest = NULL;
	unsigned params = db_params(q->text, NULL, 0);
	if (params > q->n_args || q->n_args > PARAMS_MAX)
		return ERR(tx->base.a, ERR_BUG, NULL, "%s uses $%u of %u arguments", q->name, params, q->n_args);
	int rc = sqlite3_prepare_v3(tx->c->db, q->text, -1, s->temporary ? 0 : SQLITE_PREPARE_PERSISTENT, &s->stmt, &rest);
	if (rc != SQLITE_OK)
		return fail(tx, rc, q->name);
	if (!s->stmt)
		return ERR(tx->base.a, ERR_BUG, NULL, "%s is empty", q->name);
	s->q = q;
	s->text = q->text;
	s->n_params = q->n_args;
	find_params(s);
	return NULL;
}

static const struct err *cached(struct sqlite_tx *tx, const struct sql *q, struct sqlite_stmt **out)
{
	struct sqlite_conn *c = tx->c;
	if ((c->n + 1) * 2 > c->cap)
		grow(c);
	struct sqlite_stmt **at = place(c->stmts, c->cap, q);
	*out = *at;
	if (*at && ((*at)->text == q->text || (*at)->busy))
		return NULL;
	struct sqlite_stmt fresh = {0};
	TRY(prepare(tx, q, &fresh));
	if (*at) {
		sqlite3_finalize((*at)->stmt);
	} else {
		*at = ARENA_NEW(c->a, struct sqlite_stmt);
		c->n++;
	}
	**at = fresh;
	*out = *at;
	return NULL;
}

static const struct err *obtain(struct sqlite_tx *tx, const struct sql *q, struct sqlite_stmt **out)
{
	TRY(cached(tx, q, out));
	if ((*out)->busy) { /* the same statement inside its own db_each */
		struct sqlite_stmt *s = ARENA_NEW(tx->base.a, struct sqlite_stmt);
		s->temporary = true;
		TRY(prepare(tx, q, s));
		*out = s;
	}
	(*out)->busy = true;
	return NULL;
}

static void release(struct sqlite_stmt *s)
{
	sqlite3_reset(s->stmt);
	sqlite3_clear_bindings(s->stmt);
	s->busy = false;
	if (s->temporary)
		sqlite3_finalize(s->stmt);
}

/* ---- running -------------------------------------------------------------- */

static int bind(sqlite3_stmt *stmt, int at, const struct arg *v)
{
	const char *p = v->s.n ? v->s.p : "";
	switch (v->type) {
	case ARG_T_I64:
		return sqlite3_bind_int64(stmt, at, v->i64);
	case ARG_T_STR:
		return sqlite3_bind_text64(stmt, at, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case ARG_T_BLOB:
		return sqlite3_bind_blob64(stmt, at, p, v->s.n, SQLITE_STATIC);
	case ARG_T_NULL:
	default:
		return sqlite3_bind_null(stmt, at);
	}
}

const struct err *sqlite_start(struct db_tx *base, const struct sql *q, struct args args, bool stream, struct db_cursor *out)
{
	struct sqlite_tx *tx = (struct sqlite_tx *)base;
	struct sqlite_stmt *s = NULL;
	(void)stream;
	TRY(obtain(tx, q, &s));
	for (unsigned i = 0; i < args.n; i++) {
		int rc = s->at[i] ? bind(s->stmt, s->at[i], &args.v[i]) : SQLITE_OK;
		if (rc != SQLITE_OK) {
			const struct err *e = fail(tx, rc, q->name);
			release(s);
			return e;
		}
	}
	out->held = s;
	out->n_columns = (unsigned)sqlite3_column_count(s->stmt);
	return NULL;
}

const struct err *sqlite_next(struct db_cursor *c, bool *row_out)
{
	struct sqlite_tx *tx = (struct sqlite_tx *)c->tx;
	struct sqlite_stmt *s = c->held;
	int rc = sqlite3_step(s->stmt);
	*row_out = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW)
		return NULL;
	if (rc != SQLITE_DONE)
		return fail(tx, rc, c->q->name);
	c->changed = sqlite3_stmt_readonly(s->stmt) ? 0 : sqlite3_changes64(tx->c->db);
	return NULL;
}

const char *sqlite_column(const struct db_cursor *c, unsigned i)
{
	const struct sqlite_stmt *s = c->held;
	const char *name = sqlite3_column_name(s->stmt, (int)i);
	return name ? name : "";
}

/* An empty value has no bytes; one whose bytes could not be made is not empty. */
static const struct err *whole_cell(const struct db_cursor *c, const struct db_cell *cell)
{
	struct sqlite_tx *tx = (struct sqlite_tx *)c->tx;
	if (cell->s.p || sqlite3_errcode(tx->c->db) != SQLITE_NOMEM)
		return NULL;
	return fail(tx, SQLITE_NOMEM, c->q->name);
}

const struct err *sqlite_cell(const struct db_cursor *c, unsigned i, struct db_cell *out)
{
	sqlite3_stmt *stmt = ((struct sqlite_stmt *)c->held)->stmt;
	int at = (int)i;
	switch (sqlite3_column_type(stmt, at)) {
	case SQLITE_NULL:
		out->type = CELL_NULL;
		break;
	case SQLITE_INTEGER:
		out->type = CELL_I64;
		out->i64 = sqlite3_column_int64(stmt, at);
		break;
	case SQLITE_TEXT:
		out->type = CELL_TEXT;
		out->s.p = (const char *)sqlite3_column_text(stmt, at);
		out->s.n = (size_t)sqlite3_column_bytes(stmt, at);
		return whole_cell(c, out);
	case SQLITE_BLOB:
		out->type = CELL_BLOB;
		out->s.p = sqlite3_column_blob(stmt, at);
		out->s.n = (size_t)sqlite3_column_bytes(stmt, at);
		return whole_cell(c, out);
	default:
		out->type = CELL_OTHER;
	}
	return NULL;
}

void sqlite_finish(struct db_cursor *c)
{
	release(c->held);
}

const struct err *sqlite_script(struct db_tx *base, const char *text)
{
	struct sqlite_tx *tx = (struct sqlite_tx *)base;
	TRY(db_doomed(base));
	int rc = sqlite_run(tx->c, text);
	return rc == SQLITE_OK ? NULL : fail(tx, rc, "migration");
}
