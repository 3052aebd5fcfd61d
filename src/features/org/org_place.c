#include "org_model.h"

#include "event.h"
#include "org_load.h"
#include "org_sort.h"
#include "org_sql.h"

static const char *const place_words[] = {"", "area", "post", "equipment", NULL};
const struct codes place_kinds = {"place_kind", place_words};

const struct shape place_row[] = {
	SHAPE(struct place, id, 0),
	SHAPE(struct place, unit_id, 0),
	SHAPE_CODE(struct place, kind, &place_kinds),
	SHAPE(struct place, name, ORG_NAME_MAX),
	SHAPE(struct place, code, 6),
	SHAPE(struct place, unit_path, 0),
	SHAPE(struct place, top_id, 0),
	SHAPE(struct place, mid_id, 0),
	SHAPE(struct place, enterprise_id, 0),
	SHAPE(struct place, is_closed, 0),
	SHAPE(struct place, sort_key, 0),
	SHAPE(struct place, version, 0),
	SHAPE_END,
};

const struct shape place_shape[] = {
	SHAPE(struct place, id, 0),
	SHAPE(struct place, unit_id, 0),
	SHAPE_CODE(struct place, kind, &place_kinds),
	SHAPE(struct place, name, 0),
	SHAPE(struct place, code, 0),
	SHAPE(struct place, is_closed, 0),
	SHAPE(struct place, version, 0),
	SHAPE_END,
};

const struct err *org_place(struct db_tx *tx, int64_t city, struct id id, struct place *out)
{
	return db_one(tx, &org_place_by_id, ARGS(ARG(city), ARG(id)), place_row, out);
}

const struct err *org_place_by_code(struct db_tx *tx, int64_t city, struct str code, struct place *out)
{
	char typed[6];
	if (code.n != sizeof(typed))
		return ERR(db_arena(tx), ERR_MISSING, NULL, "no place has a code of %zu characters", code.n);
	/* As Crockford reads it: no case, O is 0, I and L are 1. */
	for (size_t i = 0; i < sizeof(typed); i++) {
		char c = code.p[i];
		c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		typed[i] = (char)(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
	}
	return db_one(tx, &org_place_with_code, ARGS(ARG(city), arg_str((struct str){typed, sizeof(typed)})), place_row, out);
}

struct str org_place_code(struct env *e, struct arena *a)
{
	unsigned char random[4];
	env_random(e, random, sizeof(random));
	return str_sub(str_b32(a, random, sizeof(random)), 0, 6);
}

static const struct err *draw_code(struct db_tx *tx, struct env *e, struct str *out)
{
	for (int tries = 0; tries < 8; tries++) {
		int64_t holder;
		*out = org_place_code(e, db_arena(tx));
		TRY(db_i64(tx, &org_place_code_holder, ARGS(ARG(e->city), ARG(*out)), 0, &holder));
		if (holder == 0)
			return NULL;
	}
	return ERR(db_arena(tx), ERR_BUG, NULL, "no free place code in eight tries");
}

static const struct err *check_place(struct db_tx *tx, int64_t city, struct place *p, struct unit *unit)
{
	struct arena *a = db_arena(tx);
	p->name = str_trim(p->name);
	if (p->name.n == 0 || str_chars(p->name) > ORG_NAME_MAX)
		return err_on_field(a, "name", p->name.n ? "too_long" : "required", "名称必填，最多120字");
	if (p->kind == 0)
		return err_on_field(a, "kind", "required", "必填");
	TRY(org_unit(tx, city, p->unit_id, unit));
	if (unit->enterprise_id.v == 0)
		return err_on_field(a, "unit_id", "not_here", "场所设在用人单位内");
	if (unit->is_closed)
		return err_on_field(a, "unit_id", "closed", "单位已关闭");
	return NULL;
}

static const struct err *insert(struct db_tx *tx, int64_t city, const struct place *p)
{
	return db_exec(tx, &org_place_insert,
		       ARGS(ARG(city), ARG(p->id), ARG(p->unit_id), ARG_CODE(place_kinds, p->kind), ARG(p->name), ARG(p->sort_key),
			    ARG(p->code), ARG(p->unit_path), ARG(p->top_id), ARG(p->mid_id), ARG(p->enterprise_id), ARG(p->is_closed),
			    ARG(p->version)),
		       NULL);
}

static const struct err *store(struct db_tx *tx, struct env *e, const struct unit *unit, struct place *p)
{
	TRY(org_sort_key(db_arena(tx), p->name, &p->sort_key));
	p->id = env_id(e);
	p->unit_path = unit->path;
	p->top_id = unit->top_id;
	p->mid_id = unit->mid_id;
	p->enterprise_id = unit->enterprise_id;
	p->is_closed = false;
	p->version = 1;
	TRY(insert(tx, e->city, p));
	struct event ev = {.object_kind = "place", .object_id = p->id, .act = "create", .unit_id = p->unit_id};
	event_plain(&ev, "kind", str_of(codes_word(&place_kinds, p->kind)));
	event_plain(&ev, "code", p->code);
	event_text(&ev, "name", p->name);
	return event_append(tx, e, &ev);
}

const struct err *org_place_add(struct db_tx *tx, struct env *e, struct place *p)
{
	struct unit unit = {0};
	TRY(check_place(tx, e->city, p, &unit));
	TRY(draw_code(tx, e, &p->code));
	return store(tx, e, &unit, p);
}

const struct err *org_place_load(struct db_tx *tx, struct env *e, const struct unit *unit, struct place *p)
{
	p->unit_id = unit->id;
	e->chain = ARENA_NEW(db_arena(tx), struct event_chain);
	TRY(store(tx, e, unit, p));
	return event_chain_end(tx, e);
}

const struct err *org_places(struct db_tx *tx, int64_t city, const struct unit *u, struct place **out, size_t *n)
{
	struct str end = path_end(db_arena(tx), u->path);
	void *rows;
	TRY(db_all(tx, &org_places_below, ARGS(ARG(city), ARG(u->enterprise_id), ARG(u->path), ARG(end)), place_row,
		   sizeof(struct place), &rows, n));
	*out = rows;
	return NULL;
}
