/* PostgreSQL: many rows by COPY, in its text format. */
#include "db_pg.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 96, SEND_BYTES = 256 * 1024 };

/* Where the value of each column comes from. */
struct copy {
	struct str target; /* "table (columns)" */
	struct {
		unsigned arg;    /* N of $N, 0: `text` */
		struct str text; /* as COPY wants it */
	} from[COLUMNS_MAX];
	unsigned n;
};

/* ---- from the INSERT ---------------------------------------------------------- */

static const struct err *no_copy(struct db_tx *tx, const struct sql *q)
{
	return ERR(tx->a, ERR_BUG, NULL, "%s is no plain INSERT, so it cannot be loaded", q->name);
}

static bool read_value(struct str word, struct copy *c)
{
	int64_t n;
	if (c->n == COLUMNS_MAX)
		return false;
	c->from[c->n].text = word;
	if (word.n > 1 && word.p[0] == '$' && str_i64(str_sub(word, 1, SIZE_MAX), 1, COLUMNS_MAX, &n))
		c->from[c->n].arg = (unsigned)n;
	else if (str_is(word, "''"))
		c->from[c->n].text = STR("");
	else if (str_is(word, "NULL"))
		c->from[c->n].text = STR("\\N");
	else if (!str_i64(word, INT64_MIN, INT64_MAX, &n))
		return false;
	c->n++;
	return true;
}

static const struct err *read_insert(struct db_tx *tx, const struct sql *q, struct copy *out)
{
	static const char into[] = "INSERT INTO ";
	const char *text = pg_text_of(q), *values = strstr(text, "VALUES");
	const char *end = values ? strrchr(values, ')') : NULL;
	*out = (struct copy){0};
	if (!end || strncmp(text, into, strlen(into)) != 0 || end[1 + strspn(end + 1, " \n\t;")] != '\0')
		return no_copy(tx, q);
	values += strcspn(values, "(") + 1;
	struct str rest = {values, (size_t)(end - values)};
	while (rest.n)
		if (!read_value(str_trim(str_cut(&rest, ',')), out))
			return no_copy(tx, q);
	text += strlen(into);
	out->target = (struct str){text, (size_t)(strstr(text, "VALUES") - text)};
	return NULL;
}

/* ---- rows ------------------------------------------------------------------------ */

static void put_text(struct sb *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '\\':
			sb_addz(b, "\\\\");
			break;
		case '\n':
			sb_addz(b, "\\n");
			break;
		case '\r':
			sb_addz(b, "\\r");
			break;
		case '\t':
			sb_addz(b, "\\t");
			break;
		default:
			sb_addc(b, s.p[i]);
		}
	}
}

static void put_bytes(struct sb *b, struct str s)
{
	static const char digits[] = "0123456789abcdef";
	sb_addz(b, "\\\\x");
	for (size_t i = 0; i < s.n; i++) {
		sb_addc(b, digits[(unsigned char)s.p[i] >> 4]);
		sb_addc(b, digits[(unsigned char)s.p[i] & 15]);
	}
}

static void put_arg(struct sb *b, const struct arg *v)
{
	switch (v->type) {
	case ARG_T_I64:
		sb_fmt(b, "%" PRId64, v->i64);
		break;
	case ARG_T_STR:
		put_text(b, v->s);
		break;
	case ARG_T_BLOB:
		put_bytes(b, v->s);
		break;
	case ARG_T_NULL:
	default:
		sb_addz(b, "\\N");
	}
}

static void put_row(struct sb *b, const struct copy *c, const struct db_bulk_row *r)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (i)
			sb_addc(b, '\t');
		if (c->from[i].arg)
			put_arg(b, &r->v[c->from[i].arg - 1]);
		else
			sb_add(b, c->from[i].text);
	}
	sb_addc(b, '\n');
}

static bool send_rows(struct pg_tx *tx, const struct copy *c, const struct db_bulk_row *rows)
{
	struct sb b = sb_new(tx->base.a, 64 * SEND_BYTES);
	for (const struct db_bulk_row *r = rows; r; r = r->next) {
		put_row(&b, c, r);
		if (b.over)
			return false;
		if (b.n < SEND_BYTES && r->next)
			continue;
		if (PQputCopyData(tx->c->pg, b.p, (int)b.n) != 1)
			return false;
		b.n = 0;
	}
	return true;
}

static const struct err *end_copy(struct pg_tx *tx, bool good, const char *what)
{
	PGconn *pg = tx->c->pg;
	const struct err *e = NULL;
	PGresult *res;
	PQputCopyEnd(pg, good ? NULL : "given up");
	while ((res = PQgetResult(pg))) {
		if (PQresultStatus(res) != PGRES_COMMAND_OK && !e)
			e = pg_fail(tx, res, what);
		PQclear(res);
	}
	return e;
}

const struct err *pg_load(struct db_tx *base, const struct sql *q, const struct db_bulk_row *rows)
{
	struct pg_tx *tx = (struct pg_tx *)base;
	struct arena_mark mark = arena_mark(base->a);
	struct copy c;
	TRY(db_doomed(base));
	TRY(read_insert(base, q, &c));
	PGresult *res = PQexec(tx->c->pg, str_fmt(base->a, "COPY %.*s FROM STDIN", STR_ARG(c.target)).p);
	const struct err *e = PQresultStatus(res) == PGRES_COPY_IN ? NULL : pg_fail(tx, res, q->name);
	PQclear(res);
	TRY(e);
	TRY(end_copy(tx, send_rows(tx, &c, rows), q->name));
	arena_rewind(base->a, mark);
	return NULL;
}

/* ---- before and after ---------------------------------------------------------------- */

/* References come last: they are checked against rows by the indexes. Of a table in parts only the whole one is named. */
static const char saved_text[] =
	"SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),"
	" format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)), 2 AS turn"
	" FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace"
	" UNION ALL "
	"SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid), 1"
	" FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
	" WHERE c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition AND NOT i.indisprimary"
	" AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))"
	" ORDER BY turn, 1";

const struct err *pg_bulk_begin(struct db_tx *base, struct arena *a, struct db_bulk_saved *out)
{
	struct pg_tx *tx = (struct pg_tx *)base;
	PGresult *res = PQexec(tx->c->pg, saved_text);
	const struct err *e = NULL;
	*out = (struct db_bulk_saved){0};
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		e = pg_fail(tx, res, "indexes");
	else
		out->n = (size_t)PQntuples(res);
	out->make = ARENA_ARRAY(a, const char *, out->n);
	out->drop = ARENA_ARRAY(a, const char *, out->n);
	for (size_t i = 0; i < out->n; i++) {
		out->drop[i] = str_z(a, str_of(PQgetvalue(res, (int)i, 0)));
		out->make[i] = str_z(a, str_of(PQgetvalue(res, (int)i, 1)));
	}
	PQclear(res);
	return e;
}

/* What the planner knows of empty tables is of no use any more. */
const struct err *pg_bulk_end(struct db_tx *base)
{
	return pg_script(base, "ANALYZE");
}
