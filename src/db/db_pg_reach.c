/* What a statement reaches on a database in parts, read off the plan.
 *
 * Planned is the statement with its city written in and everything else left open. So parts are left out while planning and by the
 * city alone, as a distributed engine routes a statement before it sends anything. With $1 open the plan would leave parts out only
 * when it starts, and for UPDATE and DELETE name them all; with every value written in, a contradiction between two of them would
 * leave a plan that reaches nothing.
 */
#include "db_pg.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { REACHED_MAX = 256, DEPTH_MAX = 64, CITY_BYTES = 20, PLACES_MAX = 64 };

/* Each table in parts as 'p', each part as 'r' with the name of its table; the rest is whole. */
static const char parts_text[] =
	"SELECT c.relname, COALESCE(p.relname, '') FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid"
	" LEFT JOIN pg_class p ON p.oid = i.inhparent"
	" WHERE (c.relkind = 'p' OR p.relkind = 'p') AND c.relkind IN ('p', 'r') AND pg_table_is_visible(c.oid)";

static const struct err *ask(struct pg_tx *tx, const char *text, const char *what, PGresult **out)
{
	*out = pg_answer(tx, PQsendQuery(tx->c->pg, text));
	if (PQresultStatus(*out) == PGRES_TUPLES_OK)
		return NULL;
	const struct err *e = pg_fail(tx, *out, what);
	PQclear(*out);
	return e;
}

static const char *with_city(struct arena *a, const char *text, int64_t city)
{
	struct sb b = sb_new(a, strlen(text) + CITY_BYTES * PLACES_MAX);
	for (; *text; text++) {
		bool here = text[0] == '$' && text[1] == '1' && !(text[2] >= '0' && text[2] <= '9');
		if (here) {
			sb_fmt(&b, "%" PRId64, city);
			text++;
		} else {
			sb_addc(&b, *text);
		}
	}
	return str_z(a, sb_str(&b));
}

static bool is_known(const struct pg_reach *r, const char *table, int part)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].part == part && strcmp(r->v[i].table, table) == 0)
			return true;
	return false;
}

static void add_name(struct arena *a, struct pg_reach *r, const PGresult *parts, const char *name)
{
	const char *table = name;
	int part = -1;
	for (int i = 0; i < PQntuples(parts); i++) {
		const char *of = PQgetvalue(parts, i, 1);
		if (*of && strcmp(PQgetvalue(parts, i, 0), name) == 0) {
			table = of;
			part = atoi(name + strlen(of) + 1);
		}
	}
	if (r->n < REACHED_MAX && !is_known(r, table, part))
		r->v[r->n++] = (struct db_reached){str_z(a, str_of(table)), part};
}

static void walk(struct arena *a, struct pg_reach *r, const PGresult *parts, json_t *node, int depth)
{
	const char *key;
	json_t *v;
	size_t i;
	if (depth > DEPTH_MAX)
		return;
	json_array_foreach(node, i, v)
		walk(a, r, parts, v, depth + 1);
	json_object_foreach(node, key, v) {
		if (strcmp(key, "Relation Name") == 0)
			add_name(a, r, parts, json_string_value(v));
		else
			walk(a, r, parts, v, depth + 1);
	}
}

static const struct err *read_plan(struct pg_tx *tx, struct pg_reach *r, const PGresult *plan, const PGresult *parts)
{
	json_t *root = json_loads(PQgetvalue(plan, 0, 0), 0, NULL);
	if (!root)
		return ERR(tx->base.a, ERR_BUG, NULL, "%s: the plan is no JSON", r->q->name);
	r->v = ARENA_ARRAY(tx->base.a, struct db_reached, REACHED_MAX);
	walk(tx->base.a, r, parts, root, 0);
	json_decref(root);
	return NULL;
}

const struct err *pg_reach(struct pg_tx *tx, struct pg_reach *r)
{
	PGresult *plan, *parts;
	struct sql q = *r->q;
	q.text = q.text_pg = with_city(tx->base.a, pg_text_of(r->q), r->city);
	TRY(pg_prepare(tx, &q, "checked"));
	TRY(pg_run(tx, "SET LOCAL plan_cache_mode = force_generic_plan"));
	TRY(ask(tx, pg_explain(tx->base.a, &q, "COSTS OFF, FORMAT JSON"), q.name, &plan));
	const struct err *e = ask(tx, parts_text, "parts", &parts);
	if (!e) {
		e = read_plan(tx, r, plan, parts);
		PQclear(parts);
	}
	PQclear(plan);
	return e;
}
