/* The migration runner, and the two tables that every database has. */
#include "db_driver.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum { SHA_BYTES = crypto_hash_sha256_BYTES, STATEMENT_MAX = 65536 };

struct applied {
	struct str sha256;
};

static const struct shape applied_shape[] = {SHAPE(struct applied, sha256, 64), SHAPE_END};

static const struct sql count_tables = {
	.name = "migrate_tables",
	.text = "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name IN ('schema_migration', 'tx_done')",
	.text_pg = "SELECT count(*) AS n FROM (SELECT to_regclass('schema_migration') AS t"
		   " UNION ALL SELECT to_regclass('tx_done')) AS r WHERE t IS NOT NULL",
	.scope = SQL_NATIONAL,
	.why = "the catalogue belongs to no city",
};

static const struct sql count_marks = {
	.name = "migrate_marks",
	.text = "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'bulk_load'",
	.text_pg = "SELECT count(*) AS n FROM (SELECT to_regclass('bulk_load') AS t) AS r WHERE t IS NOT NULL",
	.scope = SQL_NATIONAL,
	.why = "the catalogue belongs to no city",
};

static const struct sql read_applied = {
	.name = "migrate_applied",
	.text = "SELECT sha256 FROM schema_migration WHERE name = $1",
	.scope = SQL_NATIONAL,
	.why = "one schema for all cities",
	.n_args = 1,
};

static const struct sql add_applied = {
	.name = "migrate_record",
	.text = "INSERT INTO schema_migration (name, sha256, at) VALUES ($1, $2, $3)",
	.scope = SQL_NATIONAL,
	.why = "one schema for all cities",
	.n_args = 3,
	.writes = true,
};

static const struct sql count_parts = {
	.name = "migrate_parts",
	.text = "SELECT 0 AS n",
	.text_pg = "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = to_regclass('tx_done')",
	.scope = SQL_NATIONAL,
	.why = "the catalogue belongs to no city",
};

struct statement {
	struct str text;
	bool whole; /* its comment says that it is national or a reference: one table also where the others are in parts */
};

static const char schema_migration[] =
	"CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at BIGINT NOT NULL)";
/* Its parts tell every later start in how many a database was made. */
static const char tx_done[] =
	"CREATE TABLE IF NOT EXISTS tx_done (city_id BIGINT NOT NULL, tx_id BIGINT NOT NULL, at BIGINT NOT NULL,"
	" PRIMARY KEY (city_id, tx_id))";

struct run {
	enum db_engine engine;
	unsigned parts; /* of the city tables; 0: whole */
	const struct migration *m;
	bool present; /* the tables, or the migration looked at */
	bool did;
};

static struct str sha_of(struct arena *a, const char *text)
{
	unsigned char sum[SHA_BYTES];
	crypto_hash_sha256(sum, (const unsigned char *)text, strlen(text));
	return str_hex(a, sum, sizeof(sum));
}

/* ---- text ------------------------------------------------------------------ */

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* BLOB is called BYTEA by PostgreSQL. */
static void add_for_pg(struct sb *b, struct str line)
{
	for (size_t i = 0; i < line.n;) {
		size_t n = 1;
		while (is_word(line.p[i]) && i + n < line.n && is_word(line.p[i + n]))
			n++;
		struct str part = {line.p + i, n};
		sb_add(b, str_is(part, "BLOB") ? STR("BYTEA") : part);
		i += n;
	}
}

static void read_comment(struct str line, enum db_engine engine, bool *wanted, bool *whole)
{
	if (str_is(line, "-- only: sqlite"))
		*wanted = engine == DB_SQLITE;
	else if (str_is(line, "-- only: pg"))
		*wanted = engine == DB_PG;
	else if (str_has_prefix(line, STR("-- national because ")) || str_has_prefix(line, STR("-- reference because ")))
		*whole = true;
}

/* The next statement of *rest for `engine`, empty at the end; comments and statements for the other engine are dropped. */
static const struct err *next_statement(struct arena *a, struct str *rest, enum db_engine engine, struct statement *out)
{
	struct sb b = sb_new(a, STATEMENT_MAX);
	bool wanted = true;
	out->whole = false;
	while (rest->n) {
		struct str line = str_trim(str_cut(rest, '\n'));
		if (str_has_prefix(line, STR("--"))) {
			read_comment(line, engine, &wanted, &out->whole);
			continue;
		}
		bool end = str_has_suffix(line, STR(";"));
		struct str body = end ? str_sub(line, 0, line.n - 1) : line;
		if (wanted && body.n) {
			if (engine == DB_PG)
				add_for_pg(&b, body);
			else
				sb_add(&b, body);
			sb_addc(&b, '\n');
		}
		if (end) {
			if (b.n || b.over)
				break;
			wanted = true;
			out->whole = false;
		}
	}
	out->text = sb_str(&b);
	return b.over ? ERR(a, ERR_BUG, NULL, "a statement of a migration is longer than %d bytes", STATEMENT_MAX) : NULL;
}

/* ---- tables in parts ----------------------------------------------------------- */

/* The name of the table that a statement creates, empty when it creates none. */
static struct str table_made(struct str text)
{
	static const char *const heads[] = {"CREATE TABLE IF NOT EXISTS ", "CREATE TABLE "};
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (str_has_prefix(text, str_of(heads[i]))) {
			struct str name = str_sub(text, strlen(heads[i]), text.n);
			size_t n = 0;
			while (n < name.n && is_word(name.p[n]))
				n++;
			return str_sub(name, 0, n);
		}
	return STR_NONE;
}

static const struct err *script(struct db_tx *tx, struct str text)
{
	return tx->db->driver->script(tx, str_z(tx->a, text));
}

static const struct err *run_statement(struct db_tx *tx, unsigned parts, struct statement s)
{
	struct str table = s.whole || !parts ? STR_NONE : table_made(s.text);
	if (!table.n)
		return script(tx, s.text);
	TRY(script(tx, str_fmt(tx->a, "%.*s PARTITION BY HASH (city_id)", STR_ARG(s.text))));
	for (unsigned i = 0; i < parts; i++)
		TRY(script(tx, str_fmt(tx->a, "CREATE TABLE IF NOT EXISTS %.*s_%u PARTITION OF %.*s FOR VALUES WITH (MODULUS %u, REMAINDER %u)",
				       STR_ARG(table), i, STR_ARG(table), parts, i)));
	return NULL;
}

/* ---- inside transactions ------------------------------------------------------ */

static const struct err *look_for_tables(struct db_tx *tx, void *ctx)
{
	struct run *r = ctx;
	int64_t n = 0;
	TRY(db_i64(tx, &count_tables, (struct args){0}, 0, &n));
	r->present = n == 2;
	return NULL;
}

static const struct err *look_for_mark(struct db_tx *tx, void *ctx)
{
	int64_t n = 0;
	(void)ctx;
	TRY(db_i64(tx, &count_marks, (struct args){0}, 0, &n));
	if (n)
		return ERR(tx->a, ERR_CONFLICT, "half_loaded",
			   "a load in bulk into this database is going on, or was broken off: indexes and rows are missing; "
			   "wait for its end, or delete the database and load it again");
	return NULL;
}

static const struct err *make_tables(struct db_tx *tx, void *ctx)
{
	const struct run *r = ctx;
	TRY(run_statement(tx, r->parts, (struct statement){str_of(schema_migration), true}));
	return run_statement(tx, r->parts, (struct statement){str_of(tx_done), false});
}

static const struct err *look_for_parts(struct db_tx *tx, void *ctx)
{
	struct run *r = ctx;
	int64_t n = 0;
	TRY(db_i64(tx, &count_parts, (struct args){0}, 0, &n));
	r->parts = (unsigned)n;
	return NULL;
}

static const struct err *look_for_one(struct db_tx *tx, void *ctx)
{
	struct run *r = ctx;
	struct applied was = {0};
	TRY(db_find(tx, &read_applied, ARGS(arg_str(str_of(r->m->name))), applied_shape, &was, &r->present));
	if (r->present && !str_eq(was.sha256, sha_of(tx->a, r->m->text)))
		return ERR(tx->a, ERR_CONFLICT, "migration_changed", "the migration %s was changed after it had been applied",
			   r->m->name);
	return NULL;
}

static int64_t wall_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const struct err *name_failure(struct db_tx *tx, const struct run *r, const struct err *e)
{
	return ERR(tx->a, e->kind, str_z(tx->a, e->code), "%s: %.*s", r->m->name, STR_ARG(e->detail));
}

static const struct err *apply_one(struct db_tx *tx, void *ctx)
{
	struct run *r = ctx;
	struct str rest = str_of(r->m->text);
	struct statement statement;
	r->did = false;
	if (r->engine == DB_PG) /* SQLite has one writer anyway */
		TRY(tx->db->driver->script(tx, "LOCK TABLE schema_migration IN SHARE ROW EXCLUSIVE MODE"));
	TRY(look_for_one(tx, r));
	if (r->present)
		return NULL;
	for (;;) {
		TRY(next_statement(tx->a, &rest, r->engine, &statement));
		if (!statement.text.n)
			break;
		const struct err *e = run_statement(tx, r->parts, statement);
		if (e)
			return name_failure(tx, r, e);
	}
	TRY(db_exec(tx, &add_applied, ARGS(arg_str(str_of(r->m->name)), arg_str(sha_of(tx->a, r->m->text)), arg_i64(wall_ms())),
		    NULL));
	r->did = true;
	return NULL;
}

/* ---- the runner ----------------------------------------------------------------- */

static const struct err *schema_write(struct db *db, struct arena *a, db_fn *fn, struct run *r)
{
	return db->driver->write(db, a, 0, ID(0), DB_WRITE_SCHEMA, fn, r);
}

static const struct err *settle_parts(struct db *db, struct arena *a, struct run *r)
{
	TRY(db_read(db, a, look_for_parts, r));
	if (db->partitions && db->partitions != r->parts)
		return ERR(a, ERR_CONFLICT, "partitions",
			   "the database was made with %u partitions, not %u: that is settled when its first table is made", r->parts,
			   db->partitions);
	db->partitions = r->parts;
	return NULL;
}

/* Two servers may create the tables at once; the loser's error means that they are there now. */
static const struct err *ensure_tables(struct db *db, struct arena *a, struct run *r)
{
	TRY(db_read(db, a, look_for_tables, r));
	if (r->present)
		return NULL;
	const struct err *e = schema_write(db, a, make_tables, r);
	if (!e)
		return NULL;
	TRY(db_read(db, a, look_for_tables, r));
	return r->present ? NULL : e;
}

static void by_name(const struct migration **v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = i; j > 0 && strcmp(v[j]->name, v[j - 1]->name) < 0; j--) {
			const struct migration *t = v[j];
			v[j] = v[j - 1];
			v[j - 1] = t;
		}
}

const struct err *db_migrate(struct db *db, struct arena *a, const struct migration *m, size_t n, int *applied_out)
{
	struct run r = {.engine = db_engine_of(db), .parts = db->partitions};
	int count = 0;
	const struct migration **sorted = ARENA_ARRAY(a, const struct migration *, n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &m[i];
	by_name(sorted, n);
	TRY(db_read(db, a, look_for_mark, NULL));
	TRY(ensure_tables(db, a, &r));
	TRY(settle_parts(db, a, &r));
	for (size_t i = 0; i < n; i++) {
		r.m = sorted[i];
		r.did = false;
		TRY(db_read(db, a, look_for_one, &r));
		if (!r.present)
			TRY(schema_write(db, a, apply_one, &r));
		count += r.did;
	}
	if (applied_out)
		*applied_out = count;
	return NULL;
}
