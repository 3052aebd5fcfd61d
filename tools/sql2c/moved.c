/* What a move of units takes along: a table whose rows carry the ancestors of
 * their unit (unit_path, top_id, mid_id, enterprise_id) becomes one rewriting
 * statement for each ancestor by which its rows are found, in chunks; a table that
 * only names the unit becomes one for a merge. Both get the statement by which
 * `check` finds rows that disagree with their unit. */
#include "sql2c.h"

#include <stdlib.h>

enum { MOST = 4 };

static void add(struct block *m, const char *ending, const char *text, int n_args, bool writes)
{
	struct block *b = &m->stmts[m->n_stmts++];
	*b = (struct block){.file = m->file, .line = m->line, .has_scope = true, .writes = writes, .n_args = n_args};
	b->name = format("%s/%s", m->name, ending);
	b->text = lex(m->file, m->line, text);
}

/* $2 → $3: of a merged unit; $4 and what follows from character $5 on: the new path; $6, $7, $8: the new ancestors, -1 for one that
 * stays; at most $12 rows of the old ancestor $9 with a path from $10 to $11. The order costs nothing: it is the ancestor. The path
 * is asked for twice because another server may have rewritten the row since it was found. */
static void add_rewrite(struct block *m, const char *ancestor)
{
	add(m, ancestor,
	    format("UPDATE %s SET unit_id = CASE WHEN unit_id = $2 THEN $3 ELSE unit_id END,"
		   " unit_path = CAST($4 AS TEXT) || substr(unit_path, CAST($5 AS INT)), top_id = $6,"
		   " mid_id = CASE WHEN CAST($7 AS BIGINT) < 0 THEN mid_id ELSE $7 END,"
		   " enterprise_id = CASE WHEN CAST($8 AS BIGINT) < 0 THEN enterprise_id ELSE $8 END"
		   " WHERE city_id = $1 AND %s IN (SELECT %s FROM %s WHERE city_id = $1 AND %s_id = $9 AND unit_path >= $10"
		   " AND unit_path < $11 ORDER BY %s_id LIMIT $12) AND unit_path >= $10 AND unit_path < $11 RETURNING %s",
		   m->table, m->id, m->id, m->table, ancestor, ancestor, m->id),
	    12, true);
}

static void add_wrong(struct block *m)
{
	const char *differs = m->has_ancestors ? "u.id IS NULL OR u.merged_into > 0 OR r.unit_path <> u.path OR r.top_id <> u.top_id OR"
						 " r.mid_id <> u.mid_id OR r.enterprise_id <> u.enterprise_id"
					       : "u.id IS NULL OR u.merged_into > 0";
	add(m, "wrong",
	    format("SELECT r.%s AS id FROM %s r LEFT JOIN unit u ON u.city_id = r.city_id AND u.id = r.unit_id"
		   " WHERE r.city_id = $1 AND r.%s > $2 AND (%s) ORDER BY r.%s LIMIT $3",
		   m->id, m->table, m->id, differs, m->id),
	    3, false);
}

void expand_moved(struct block *m)
{
	if (!m->table || !m->has_scope || m->is_national) {
		fail(m->file, m->line, "r27", "what is moved has a table and is of one city");
		return;
	}
	m->id = m->id ? m->id : "id";
	m->stmts = calloc(MOST, sizeof(*m->stmts));
	if (!m->stmts)
		abort();
	if (m->has_ancestors) {
		add_rewrite(m, "enterprise");
		add_rewrite(m, "mid");
		add_rewrite(m, "top");
	} else {
		add(m, "rehome", format("UPDATE %s SET unit_id = $3 WHERE city_id = $1 AND unit_id = $2", m->table), 3, true);
	}
	add_wrong(m);
}
