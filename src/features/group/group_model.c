#include "group.h"

#include "day.h"
#include "event.h"
#include "group_sql.h"

#define G struct supervision_group
const struct shape group_row[] = {
	SHAPE(G, id, 0), SHAPE(G, campaign_id, 0), SHAPE(G, round, 0), SHAPE(G, name, 0), SHAPE(G, leader_id, 0), SHAPE(G, department, 0),
	SHAPE(G, from_on, 0), SHAPE(G, to_on, 0), SHAPE(G, note, 0), SHAPE(G, is_closed, 0), SHAPE(G, version, 0), SHAPE(G, leader_name, 0), SHAPE_END};
#define RENAMED(name_, member) {.name = (name_), .type = SHAPE_T_STR, .off = offsetof(G, member)}
const struct shape group_shape[] = {
	SHAPE(G, id, 0), SHAPE(G, round, 0), SHAPE(G, name, 0), SHAPE(G, leader_id, 0), SHAPE(G, leader_name, 0), RENAMED("members", members_text),
	SHAPE(G, department, 0), RENAMED("units", units_text), SHAPE(G, from_on, 0), SHAPE(G, to_on, 0), SHAPE(G, note, 0), SHAPE(G, version, 0),
	SHAPE_END};
#undef RENAMED
#undef G
static const struct shape named_row[] = {SHAPE(struct group_named, id, 0), SHAPE(struct group_named, name, 0), SHAPE_END};

/* ---- reading --------------------------------------------------------------------------- */

static struct str in_a_line(struct arena *a, const struct group_named *v, size_t n)
{
	struct sb b = sb_new(a, 16 * 1024);
	for (size_t i = 0; i < n; i++)
		sb_fmt(&b, "%s%.*s", i ? "、" : "", STR_ARG(v[i].name));
	return sb_str(&b);
}

static const struct err *read_rest(struct db_tx *tx, int64_t city, struct supervision_group *g)
{
	void *rows;
	TRY(db_all(tx, &group_members, ARGS(ARG(city), ARG(g->id)), named_row, sizeof(struct group_named), &rows, &g->n_members));
	g->members = rows;
	TRY(db_all(tx, &group_units, ARGS(ARG(city), ARG(g->id)), named_row, sizeof(struct group_named), &rows, &g->n_units));
	g->units = rows;
	g->members_text = in_a_line(db_arena(tx), g->members, g->n_members);
	g->units_text = in_a_line(db_arena(tx), g->units, g->n_units);
	return NULL;
}

const struct err *group_read(struct db_tx *tx, int64_t city, struct id id, struct supervision_group *out)
{
	*out = (struct supervision_group){0};
	TRY(db_one(tx, &group_with_id, ARGS(ARG(city), ARG(id)), group_row, out));
	return read_rest(tx, city, out);
}

const struct err *group_round(struct db_tx *tx, int64_t city, struct id campaign, int64_t round, struct supervision_group **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &group_of_round, ARGS(ARG(city), ARG(campaign), ARG(round)), group_row, sizeof(struct supervision_group), &rows, n));
	*out = rows;
	for (size_t i = 0; i < *n; i++)
		TRY(read_rest(tx, city, &(*out)[i]));
	return NULL;
}

const struct err *group_candidates_of(struct db_tx *tx, int64_t city, struct id campaign, int64_t round, struct group_candidate **out, size_t *n)
{
	static const struct shape row[] = {SHAPE(struct group_candidate, id, 0), SHAPE(struct group_candidate, name, 0),
					   SHAPE(struct group_candidate, group_id, 0), SHAPE_END};
	struct unit root;
	void *rows;
	TRY(org_root(tx, city, &root));
	TRY(db_all(tx, &group_candidates, ARGS(ARG(city), ARG(campaign), ARG(round), ARG(root.id)), row, sizeof(struct group_candidate), &rows, n));
	*out = rows;
	return NULL;
}

/* ---- writing ----------------------------------------------------------------------------- */

static const struct err *is_of_office(struct db_tx *tx, struct env *e, const struct unit *root, struct id person, const char *pointer)
{
	int64_t n;
	TRY(db_i64(tx, &group_is_person, ARGS(ARG(e->city), ARG(person), ARG(root->id), ARG_DAY(instant_day(e->now))), 0, &n));
	return n ? NULL : err_on_field(e->a, pointer, "not_of_the_city", "not a cadre of the city's own office");
}

static const struct err *check(struct db_tx *tx, struct env *e, const struct unit *root, const struct supervision_group *g,
			       const struct id_list *members, const struct id_list *units)
{
	if (!g->name.n)
		return err_on_field(e->a, "name", "required", "a name");
	if (g->round < 1 || g->round > GROUP_ROUND_MAX)
		return err_on_field(e->a, "round", "too_large", "1 to 12");
	if (g->to_on.ymd && g->from_on.ymd && g->to_on.ymd < g->from_on.ymd)
		return err_on_field(e->a, "to_on", "before_begin", "the last day lies before the first");
	if (members->n > GROUP_MEMBERS_MAX)
		return err_on_field(e->a, "member_ids", "too_many", "at most 30");
	if (units->n > GROUP_UNITS_MAX)
		return err_on_field(e->a, "unit_ids", "too_many", "at most 30");
	if (g->leader_id.v)
		TRY(is_of_office(tx, e, root, g->leader_id, "leader_id"));
	for (size_t i = 0; i < members->n; i++)
		TRY(is_of_office(tx, e, root, members->v[i], "member_ids"));
	return NULL;
}

static const struct err *add_unit(struct db_tx *tx, struct env *e, const struct unit *root, const struct supervision_group *g, struct id unit)
{
	struct unit u;
	struct id other;
	const struct err *none = org_unit(tx, e->city, unit, &u);
	if (none && none->kind != ERR_MISSING)
		return none;
	if (none || u.parent_id.v != root->id.v || u.is_closed || u.kind == UNIT_EMPLOYER)
		return err_on_field(e->a, "unit_ids", "not_below_city", "only what reports to the city");
	TRY(db_i64(tx, &group_unit_taken, ARGS(ARG(e->city), ARG(g->campaign_id), ARG(g->round), ARG(unit)), 0, &other.v));
	if (other.v == g->id.v)
		return NULL;
	if (other.v)
		return err_on_field(e->a, "unit_ids", "in_other_group", str_z(e->a, u.name));
	return db_exec(tx, &group_unit_add, ARGS(ARG(e->city), ARG(g->campaign_id), ARG(g->round), ARG(unit), ARG(g->id)), NULL);
}

static const struct err *store(struct db_tx *tx, struct env *e, struct supervision_group *g)
{
	if (!g->id.v) {
		g->id = env_id(e);
		g->version = 1;
		return db_exec(tx, &group_insert,
			       ARGS(ARG(e->city), ARG(g->id), ARG(g->campaign_id), ARG(g->round), ARG(g->name), ARG(g->leader_id), ARG(g->department),
				    ARG_DAY(g->from_on), ARG_DAY(g->to_on), ARG(g->note), ARG(g->is_closed), ARG(g->version)),
			       NULL);
	}
	TRY(db_change(tx, &group_update,
		      ARGS(ARG(e->city), ARG(g->id), ARG(g->version), ARG(g->name), ARG(g->leader_id), ARG(g->department), ARG_DAY(g->from_on),
			   ARG_DAY(g->to_on), ARG(g->note), ARG(g->is_closed))));
	g->version++;
	return NULL;
}

static struct str ids_text(struct arena *a, const struct id_list *v)
{
	struct sb b = sb_new(a, 4096);
	for (size_t i = 0; i < v->n; i++)
		sb_fmt(&b, "%s%lld", i ? " " : "", (long long)v->v[i].v);
	return sb_str(&b);
}

static const struct err *tell(struct db_tx *tx, struct env *e, const struct unit *root, const struct supervision_group *g, const char *act,
			      const struct id_list *members, const struct id_list *units)
{
	struct arena *a = db_arena(tx);
	struct event ev = {.object_kind = "supervision_group", .object_id = g->id, .act = act, .unit_id = root->id};
	event_text(&ev, "name", g->name);
	event_plain(&ev, "round", str_fmt(a, "%lld", (long long)g->round));
	event_plain(&ev, "leader_id", str_fmt(a, "%lld", (long long)g->leader_id.v));
	event_plain(&ev, "member_ids", ids_text(a, members));
	event_plain(&ev, "unit_ids", ids_text(a, units));
	event_text(&ev, "department", g->department);
	return event_append(tx, e, &ev);
}

const struct err *group_write_one(struct db_tx *tx, struct env *e, struct supervision_group *g, const struct id_list *members,
				  const struct id_list *units)
{
	struct unit root;
	bool is_new = !g->id.v;
	TRY(org_root(tx, e->city, &root));
	TRY(check(tx, e, &root, g, members, units));
	TRY(store(tx, e, g));
	TRY(db_exec(tx, &group_members_clear, ARGS(ARG(e->city), ARG(g->id)), NULL));
	TRY(db_exec(tx, &group_units_clear, ARGS(ARG(e->city), ARG(g->id)), NULL));
	for (size_t i = 0; i < members->n; i++)
		TRY(db_exec(tx, &group_member_add, ARGS(ARG(e->city), ARG(g->id), ARG(members->v[i])), NULL));
	for (size_t i = 0; i < units->n; i++)
		TRY(add_unit(tx, e, &root, g, units->v[i]));
	return tell(tx, e, &root, g, is_new ? "add" : "change", members, units);
}

const struct err *group_close(struct db_tx *tx, struct env *e, struct supervision_group *g)
{
	struct unit root;
	struct id_list none = {0};
	TRY(org_root(tx, e->city, &root));
	g->is_closed = true;
	TRY(store(tx, e, g));
	TRY(db_exec(tx, &group_units_clear, ARGS(ARG(e->city), ARG(g->id)), NULL));
	return tell(tx, e, &root, g, "close", &none, &none);
}

static struct id_list ids_of(struct arena *a, const struct group_named *v, size_t n)
{
	struct id_list out = {ARENA_ARRAY(a, struct id, n + 1), n};
	for (size_t i = 0; i < n; i++)
		out.v[i] = v[i].id;
	return out;
}

/* Who has left or lost the duty since, and what was closed, stays out. */
static const struct err *copy_one(struct db_tx *tx, struct env *e, const struct unit *root, const struct supervision_group *from, int64_t round,
				  bool *made)
{
	struct supervision_group g = {.campaign_id = from->campaign_id, .round = round, .name = from->name, .leader_id = from->leader_id,
				      .department = from->department, .note = from->note};
	struct id_list members = ids_of(e->a, from->members, from->n_members), units = ids_of(e->a, from->units, from->n_units);
	size_t kept = 0;
	const struct err *bad = g.leader_id.v ? is_of_office(tx, e, root, g.leader_id, "leader_id") : NULL;
	*made = !bad;
	if (bad)
		return bad->kind == ERR_INPUT ? NULL : bad;
	for (size_t i = 0; i < members.n; i++) {
		bad = is_of_office(tx, e, root, members.v[i], "member_ids");
		if (bad && bad->kind != ERR_INPUT)
			return bad;
		if (!bad)
			members.v[kept++] = members.v[i];
	}
	members.n = kept;
	kept = 0;
	for (size_t i = 0; i < units.n; i++) {
		struct unit u;
		TRY(org_unit(tx, e->city, units.v[i], &u));
		if (u.parent_id.v == root->id.v && !u.is_closed)
			units.v[kept++] = units.v[i];
	}
	units.n = kept;
	return group_write_one(tx, e, &g, &members, &units);
}

const struct err *group_copy(struct db_tx *tx, struct env *e, struct id campaign, int64_t from, int64_t to, int64_t *n)
{
	struct supervision_group *v, *there;
	struct unit root;
	size_t found, taken;
	*n = 0;
	if (to < 1 || to > GROUP_ROUND_MAX || to == from)
		return err_on_field(e->a, "round", "too_large", "another round, 1 to 12");
	TRY(org_root(tx, e->city, &root));
	TRY(group_round(tx, e->city, campaign, to, &there, &taken));
	if (taken)
		return ERR(e->a, ERR_CONFLICT, "round_taken", "round %lld has groups already", (long long)to);
	TRY(group_round(tx, e->city, campaign, from, &v, &found));
	for (size_t i = 0; i < found; i++) {
		bool made;
		TRY(copy_one(tx, e, &root, &v[i], to, &made));
		*n += made;
	}
	return NULL;
}
