#include "org_above.h"

#include "org_sort.h"
#include "org_sql.h"
#include "org_uscc.h"

#include <string.h>

enum { KEPT_MAX = 400, NAMESAKES = 20 };

struct memo {
	struct kept {
		struct str text;
		struct above above;
	} v[KEPT_MAX];
	size_t n;
};

static struct memo *memo_of(struct import_item *it)
{
	if (!*it->memo)
		*it->memo = ARENA_NEW(it->a, struct memo);
	return *it->memo;
}

const struct err *org_child_by_name(struct db_tx *tx, int64_t city, struct id parent, struct str name, struct unit *out, bool *found_out)
{
	struct str key;
	TRY(org_sort_key(db_arena(tx), name, &key));
	return db_find(tx, &org_child_named, ARGS(ARG(city), ARG(parent), ARG(key), ARG(name)), unit_row, out, found_out);
}

struct str org_place_key(struct arena *a, const struct above *above, struct str name)
{
	if (above->unit.id.v)
		return str_fmt(a, "%lld/%.*s", (long long)above->unit.id.v, STR_ARG(name));
	return str_fmt(a, "%.*s/%.*s", STR_ARG(above->place), STR_ARG(name));
}

static bool reaches(const struct import_item *it, const struct unit *u)
{
	return may(it->actor, it->kind->perm, u->path);
}

/* The one within reach among those of that name. */
static void choose(const struct import_item *it, const struct unit *v, size_t n, struct above *out, size_t *reached)
{
	for (size_t i = 0; i < n; i++) {
		if (!reaches(it, &v[i]))
			continue;
		out->unit = v[i];
		++*reached;
	}
}

static const struct err *by_name(struct db_tx *tx, struct env *e, const struct import_item *it, struct str name, struct above *out)
{
	size_t seen = 0, reached = 0;
	struct str key;
	TRY(org_sort_key(db_arena(tx), name, &key));
	for (uint32_t kind = UNIT_CITY; kind <= UNIT_EMPLOYER; kind++) {
		void *rows;
		size_t n;
		TRY(db_all(tx, &org_units_named, ARGS(ARG(e->city), ARG_CODE(unit_kinds, kind), ARG(key), ARG(name), arg_i64(NAMESAKES)),
			   unit_row, sizeof(struct unit), &rows, &n));
		choose(it, rows, n, out, &reached);
		seen += n;
	}
	out->wrong = reached == 1 ? NULL : reached ? "ambiguous_unit" : seen ? "not_yours" : "unknown_unit";
	return NULL;
}

static const struct err *by_number(struct db_tx *tx, struct env *e, const struct import_item *it, struct str text, struct above *out)
{
	int64_t holder = 0;
	bool found = false;
	if (str_i64(text, 1, INT64_MAX, &holder))
		TRY(db_find(tx, &org_unit_by_id, ARGS(ARG(e->city), ARG(holder)), unit_row, &out->unit, &found));
	if (!found)
		TRY(db_find(tx, &org_unit_with_code, ARGS(ARG(e->city), ARG(text)), unit_row, &out->unit, &found));
	struct str uscc = uscc_normal(db_arena(tx), text);
	if (!found && uscc_check(uscc) == USCC_OK)
		TRY(db_find(tx, &org_unit_with_uscc, ARGS(ARG(e->city), ARG(uscc)), unit_row, &out->unit, &found));
	out->wrong = !found ? "unknown_unit" : reaches(it, &out->unit) ? NULL : "not_yours";
	return NULL;
}

static const struct err *first_part(struct db_tx *tx, struct env *e, const struct import_item *it, struct str text, struct above *out)
{
	TRY(by_number(tx, e, it, text, out));
	if (out->wrong && strcmp(out->wrong, "unknown_unit") == 0)
		TRY(by_name(tx, e, it, text, out));
	return NULL;
}

static const struct err *from_file(struct db_tx *tx, const struct import_item *it, struct str key, struct above *out)
{
	struct str note;
	*out = (struct above){0};
	TRY(it->find_key(tx, it, "place", key, &out->row, &note));
	/* However the row is named, what stands under it is found under its number. */
	out->place = str_fmt(db_arena(tx), "row %lld", (long long)out->row);
	out->unit.kind = codes_find(&unit_kinds, note);
	out->wrong = out->row ? NULL : "unknown_unit";
	return NULL;
}

static const struct err *next_part(struct db_tx *tx, struct env *e, const struct import_item *it, struct str name, bool by_row, struct above *at)
{
	bool found = false;
	struct unit child;
	struct str key = org_place_key(db_arena(tx), at, name);
	if (at->unit.id.v)
		TRY(org_child_by_name(tx, e->city, at->unit.id, name, &child, &found));
	if (found)
		*at = (struct above){.unit = child, .wrong = reaches(it, &child) ? NULL : "not_yours"};
	else if (by_row)
		return from_file(tx, it, key, at);
	else
		at->wrong = "unknown_unit";
	return NULL;
}

static struct str cut_part(struct str *rest)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != '/' && rest->p[n] != '>')
		n++;
	struct str part = str_trim(str_sub(*rest, 0, n));
	*rest = str_sub(*rest, n < rest->n ? n + 1 : n, SIZE_MAX);
	return part;
}

static const struct err *look(struct db_tx *tx, struct env *e, const struct import_item *it, struct str text, bool by_row, struct above *out)
{
	struct str rest = text, part = cut_part(&rest);
	TRY(first_part(tx, e, it, part, out));
	if (out->wrong && by_row && strcmp(out->wrong, "unknown_unit") == 0)
		TRY(from_file(tx, it, str_fmt(db_arena(tx), "code/%.*s", STR_ARG(part)), out));
	while (!out->wrong && rest.n) {
		part = cut_part(&rest);
		if (part.n)
			TRY(next_part(tx, e, it, part, by_row, out));
	}
	return NULL;
}

const struct err *org_above(struct db_tx *tx, struct env *e, struct import_item *it, struct str text, bool by_row, struct above *out)
{
	struct memo *m = memo_of(it);
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->v[i].text, text)) {
			*out = m->v[i].above;
			return NULL;
		}
	*out = (struct above){0};
	TRY(look(tx, e, it, text, by_row, out));
	/* What the file itself brings may be there a row later, or have become a unit. */
	if (!out->wrong && out->unit.id.v && m->n < KEPT_MAX)
		m->v[m->n++] = (struct kept){text, *out};
	return NULL;
}
