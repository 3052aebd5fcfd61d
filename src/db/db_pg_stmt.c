/* PostgreSQL statements: prepared by name on each connection, arguments and
 * rows as text, errors by SQLSTATE.
 */
#include "db_pg.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STMTS_START = 64, PARAMS_MAX = 96, FETCH_ROWS = 256 };
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25,
       OID_UNKNOWN = 705, OID_BPCHAR = 1042, OID_VARCHAR = 1043 };

struct pg_stmt {
	const struct sql *q;
	const char *text; /* what was prepared: an address may come to hold another statement */
	char name[16];
};

/* What is sent with a statement. */
struct params {
	int n;
	const char *v[PARAMS_MAX];
	Oid types[PARAMS_MAX]; /* 0: the server infers it; text where the statement does not use the argument */
};

const char *pg_text_of(const struct sql *q)
{
	return q->text_pg ? q->text_pg : q->text;
}

/* ---- errors ----------------------------------------------------------------- */

struct state_row {
	const char *prefix;
	enum err_kind kind;
	const char *code;
	bool drop; /* the connection, or its server, is of no more use */
};

static const struct state_row states[] = {
	{"23505", ERR_CONFLICT, "duplicate", false},
	{"23503", ERR_CONFLICT, "referenced", false},
	{"40001", ERR_BUSY, NULL, false},
	{"40P01", ERR_BUSY, NULL, false},
	{"55P03", ERR_BUSY, NULL, false}, /* lock_timeout */
	{"57014", ERR_BUSY, NULL, false}, /* cancelled by an operator */
	{"53100", ERR_READONLY, NULL, false},
	{"58030", ERR_READONLY, NULL, false},
	{"53", ERR_BUSY, NULL, false},
	{"25006", ERR_BUSY, NULL, true}, /* a standby, or a primary that was demoted */
	{"08", ERR_BUSY, NULL, true},
	{"57P", ERR_BUSY, NULL, true},
	{"25P03", ERR_BUSY, NULL, true}, /* idle in transaction too long: the session is gone */
	{"22021", ERR_INPUT, "bad_text", false},
	{"54", ERR_LIMIT, NULL, false},
};

static const struct state_row *state_of(const char *state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strncmp(state, states[i].prefix, strlen(states[i].prefix)) == 0)
			return &states[i];
	return NULL;
}

/* DETAIL lines are left out: they quote the values of rows. */
const struct err *pg_fail(struct pg_tx *tx, const PGresult *res, const char *what)
{
	struct arena *a = tx->base.a;
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	if (!state || PQstatus(tx->c->pg) == CONNECTION_BAD) {
		tx->drop = true;
		return db_doom(&tx->base, ERR(a, ERR_BUSY, NULL, "%s: the connection to PostgreSQL was lost, or no answer came", what));
	}
	bool read_only = strcmp(state, "25006") == 0;
	const struct state_row *row = read_only && !tx->base.writes ? NULL : state_of(state);
	if (row && row->drop)
		tx->drop = true;
	tx->server_is_read_only |= read_only;
	return db_doom(&tx->base, ERR(a, row ? row->kind : ERR_BUG, row ? row->code : NULL, "%s: %s (SQLSTATE %s)", what,
				      message ? message : "refused", state));
}

const struct err *pg_run(struct pg_tx *tx, const char *text)
{
	PGresult *res = pg_answer(tx, PQsendQuery(tx->c->pg, text));
	ExecStatusType status = PQresultStatus(res);
	const struct err *e = NULL;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		e = pg_fail(tx, res, text);
	PQclear(res);
	return e;
}

const struct err *pg_script(struct db_tx *base, const char *text)
{
	struct pg_tx *tx = (struct pg_tx *)base;
	TRY(db_doomed(base));
	PGresult *res = pg_answer(tx, PQsendQuery(tx->c->pg, text));
	ExecStatusType status = PQresultStatus(res);
	const struct err *e = NULL;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		e = pg_fail(tx, res, "migration");
	PQclear(res);
	return e;
}

/* ---- arguments ---------------------------------------------------------------- */

static const char *arg_text(struct arena *a, const struct arg *v)
{
	switch (v->type) {
	case ARG_T_I64:
		return str_fmt(a, "%" PRId64, v->i64).p;
	case ARG_T_STR:
		return str_z(a, v->s);
	case ARG_T_BLOB:
		return str_fmt(a, "\\x%s", v->s.n ? str_hex(a, v->s.p, v->s.n).p : "").p;
	case ARG_T_NULL:
	default:
		return NULL;
	}
}

static const struct err *types_of(struct arena *a, const struct sql *q, Oid types[PARAMS_MAX])
{
	bool used[PARAMS_MAX] = {false};
	unsigned highest = db_params(pg_text_of(q), used, PARAMS_MAX);
	if (highest > q->n_args || q->n_args > PARAMS_MAX)
		return ERR(a, ERR_BUG, NULL, "%s uses $%u of %u arguments", q->name, highest, q->n_args);
	for (unsigned i = 0; i < q->n_args; i++)
		types[i] = used[i] ? 0 : OID_TEXT;
	return NULL;
}

static void make_params(struct arena *a, struct args args, struct params *out)
{
	out->n = (int)args.n;
	for (unsigned i = 0; i < args.n; i++)
		out->v[i] = arg_text(a, &args.v[i]);
}

/* ---- the table of prepared statements -------------------------------------------- */

static struct pg_stmt **place(struct pg_stmt **stmts, unsigned cap, const struct sql *q)
{
	uint64_t h = ((uint64_t)(uintptr_t)q >> 4) * 0x9e3779b97f4a7c15u;
	unsigned i = (unsigned)(h >> 32) & (cap - 1);
	while (stmts[i] && stmts[i]->q != q)
		i = (i + 1) & (cap - 1);
	return &stmts[i];
}

static void grow(struct pg_conn *c)
{
	unsigned cap = c->cap ? c->cap * 2 : STMTS_START;
	struct pg_stmt **stmts = ARENA_ARRAY(c->a, struct pg_stmt *, cap);
	for (unsigned i = 0; i < c->cap; i++)
		if (c->stmts[i])
			*place(stmts, cap, c->stmts[i]->q) = c->stmts[i];
	c->stmts = stmts;
	c->cap = cap;
}

const struct err *pg_prepare(struct pg_tx *tx, const struct sql *q, const char *name)
{
	Oid types[PARAMS_MAX];
	TRY(types_of(tx->base.a, q, types));
	PGresult *res = pg_answer(tx, PQsendPrepare(tx->c->pg, name, pg_text_of(q), (int)q->n_args, types));
	const struct err *e = NULL;
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		e = pg_fail(tx, res, q->name);
	PQclear(res);
	return e;
}

static const struct err *prepared(struct pg_tx *tx, const struct sql *q, struct pg_stmt **out)
{
	struct pg_conn *c = tx->c;
	if ((c->n + 1) * 2 > c->cap)
		grow(c);
	struct pg_stmt **at = place(c->stmts, c->cap, q);
	*out = *at;
	if (*at && (*at)->text == pg_text_of(q))
		return NULL;
	struct pg_stmt fresh = {.q = q, .text = pg_text_of(q)};
	snprintf(fresh.name, sizeof(fresh.name), "s%u", c->next_name++);
	TRY(pg_prepare(tx, q, fresh.name));
	if (!*at) {
		*at = ARENA_NEW(c->a, struct pg_stmt);
		c->n++;
	}
	**at = fresh;
	*out = *at;
	return NULL;
}

/* ---- running ------------------------------------------------------------------------ */

/* Takes the rows over into the cursor, or says what went wrong. */
static const struct err *take_rows(struct pg_tx *tx, PGresult *res, const struct sql *q, struct db_cursor *out)
{
	ExecStatusType status = PQresultStatus(res);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		const struct err *e = pg_fail(tx, res, q->name);
		PQclear(res);
		return e;
	}
	const char *tag = PQcmdStatus(res);
	const char *count = PQcmdTuples(res);
	int64_t changed = 0;
	if (strncmp(tag, "SELECT", 6) != 0 && strncmp(tag, "FETCH", 5) != 0)
		str_i64(str_of(count), 0, INT64_MAX, &changed);
	out->held = res;
	out->n_columns = (unsigned)PQnfields(res);
	out->rows = PQntuples(res);
	out->row = -1;
	out->changed = changed;
	return NULL;
}

static const struct err *fetch(struct pg_tx *tx, const struct sql *q, struct db_cursor *c)
{
	char text[64];
	snprintf(text, sizeof(text), "FETCH FORWARD %d FROM c%u", FETCH_ROWS, c->number);
	return take_rows(tx, pg_answer(tx, PQsendQuery(tx->c->pg, text)), q, c);
}

/* A cursor inside the transaction: other statements may run between its rows. */
static const struct err *open_stream(struct pg_tx *tx, const struct sql *q, const struct params *p, struct db_cursor *out)
{
	Oid types[PARAMS_MAX];
	TRY(types_of(tx->base.a, q, types));
	out->number = tx->c->next_cursor++;
	struct str text = str_fmt(tx->base.a, "DECLARE c%u NO SCROLL CURSOR FOR %s", out->number, pg_text_of(q));
	PGresult *res = pg_answer(tx, PQsendQueryParams(tx->c->pg, text.p, p->n, types, p->v, NULL, NULL, 0));
	const struct err *e = NULL;
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		e = pg_fail(tx, res, q->name);
	PQclear(res);
	TRY(e);
	return fetch(tx, q, out);
}

static const struct err *run_prepared(struct pg_tx *tx, const struct sql *q, const struct params *p, struct db_cursor *out)
{
	struct pg_stmt *s = NULL;
	TRY(prepared(tx, q, &s));
	return take_rows(tx, pg_answer(tx, PQsendQueryPrepared(tx->c->pg, s->name, p->n, p->v, NULL, NULL, 0)), q, out);
}

const struct err *pg_start(struct db_tx *base, const struct sql *q, struct args args, bool stream, struct db_cursor *out)
{
	struct pg_tx *tx = (struct pg_tx *)base;
	struct params p;
	if (args.n > PARAMS_MAX)
		return ERR(base->a, ERR_BUG, NULL, "%s has more than %d arguments", q->name, PARAMS_MAX);
	struct arena_mark mark = arena_mark(base->a);
	out->stream = stream && !q->writes;
	make_params(base->a, args, &p);
	TRY(out->stream ? open_stream(tx, q, &p, out) : run_prepared(tx, q, &p, out));
	arena_rewind(base->a, mark);
	return NULL;
}

const struct err *pg_next(struct db_cursor *c, bool *row_out)
{
	struct pg_tx *tx = (struct pg_tx *)c->tx;
	c->row++;
	if (c->stream && c->row >= c->rows && c->rows == FETCH_ROWS) {
		PQclear(c->held);
		c->held = NULL;
		c->rows = 0;
		TRY(db_doomed(c->tx));
		TRY(fetch(tx, c->q, c));
		c->row = 0;
	}
	*row_out = c->row < c->rows;
	return NULL;
}

const char *pg_column(const struct db_cursor *c, unsigned i)
{
	const char *name = PQfname(c->held, (int)i);
	return name ? name : "";
}

static const struct err *read_number(const struct db_cursor *c, struct str text, struct db_cell *out)
{
	out->type = CELL_I64;
	if (!str_i64(text, INT64_MIN, INT64_MAX, &out->i64))
		return ERR(c->tx->a, ERR_BUG, NULL, "%s: not a number: %.*s", c->q->name, STR_ARG(text));
	return NULL;
}

static const struct err *read_bytes(const struct db_cursor *c, struct str text, struct db_cell *out)
{
	if (!str_has_prefix(text, STR("\\x")))
		return ERR(c->tx->a, ERR_BUG, NULL, "%s: bytes do not come as hex", c->q->name);
	size_t n = text.n / 2 - 1;
	char *p = arena_alloc(c->tx->a, n);
	if (!str_unhex(str_sub(text, 2, text.n - 2), p, n))
		return ERR(c->tx->a, ERR_BUG, NULL, "%s: bytes do not come as hex", c->q->name);
	out->type = CELL_BLOB;
	out->s = (struct str){p, n};
	return NULL;
}

const struct err *pg_cell(const struct db_cursor *c, unsigned i, struct db_cell *out)
{
	const PGresult *res = c->held;
	int at = (int)i;
	struct str text = {PQgetvalue(res, c->row, at), (size_t)PQgetlength(res, c->row, at)};
	if (PQgetisnull(res, c->row, at)) {
		out->type = CELL_NULL;
		return NULL;
	}
	switch (PQftype(res, at)) {
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
		return read_number(c, text, out);
	case OID_BOOL:
		out->type = CELL_I64;
		out->i64 = str_is(text, "t");
		return NULL;
	case OID_BYTEA:
		return read_bytes(c, text, out);
	case OID_TEXT:
	case OID_VARCHAR:
	case OID_BPCHAR:
	case OID_NAME:
	case OID_UNKNOWN:
		out->type = CELL_TEXT;
		out->s = text;
		return NULL;
	default:
		out->type = CELL_OTHER;
		return NULL;
	}
}

void pg_finish(struct db_cursor *c)
{
	struct pg_tx *tx = (struct pg_tx *)c->tx;
	PQclear(c->held);
	if (c->stream && !c->tx->doomed) {
		char text[32];
		snprintf(text, sizeof(text), "CLOSE c%u", c->number);
		PQclear(pg_answer(tx, PQsendQuery(tx->c->pg, text)));
	}
}

/* ---- for check ------------------------------------------------------------------------ */

static struct str lines_of(struct arena *a, const PGresult *res)
{
	struct sb b = sb_new(a, 65536);
	for (int i = 0; i < PQntuples(res); i++) {
		sb_addz(&b, PQgetvalue(res, i, 0));
		sb_addc(&b, '\n');
	}
	return sb_str(&b);
}

const char *pg_explain(struct arena *a, const struct sql *q, const char *how)
{
	struct sb b = sb_new(a, 1024);
	sb_fmt(&b, "EXPLAIN (%s) EXECUTE checked", how);
	for (unsigned i = 0; i < q->n_args; i++)
		sb_addz(&b, i ? ", NULL" : " (NULL");
	sb_addz(&b, q->n_args ? ")" : "");
	return str_z(a, sb_str(&b));
}

/* The plan that fits every argument, not that of NULLs; read from end to end, or sorted, is only what cannot be had otherwise, since on
 * small tables both are the cheapest. */
static const struct err *plan_of(struct pg_tx *tx, const struct sql *q, struct str *out)
{
	TRY(pg_run(tx, "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"));
	PGresult *res = pg_answer(tx, PQsendQuery(tx->c->pg, pg_explain(tx->base.a, q, "COSTS OFF")));
	const struct err *e = NULL;
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		e = pg_fail(tx, res, q->name);
	else
		*out = lines_of(tx->base.a, res);
	PQclear(res);
	return e;
}

const struct err *pg_describe(struct pg_tx *tx, const struct sql *q, struct db_prepared *out)
{
	TRY(pg_prepare(tx, q, "checked"));
	PGresult *res = pg_answer(tx, PQsendDescribePrepared(tx->c->pg, "checked"));
	const struct err *e = NULL;
	if (PQresultStatus(res) == PGRES_COMMAND_OK) {
		out->n_params = db_params(pg_text_of(q), NULL, 0);
		out->n_columns = (unsigned)PQnfields(res);
		const char **columns = ARENA_ARRAY(tx->base.a, const char *, out->n_columns + 1);
		for (unsigned i = 0; i < out->n_columns; i++)
			columns[i] = str_z(tx->base.a, str_of(PQfname(res, (int)i)));
		out->columns = columns;
	} else {
		e = pg_fail(tx, res, q->name);
	}
	PQclear(res);
	if (!e)
		e = plan_of(tx, q, &out->plan);
	return e;
}
