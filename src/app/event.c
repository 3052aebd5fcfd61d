#include "app_sql.h"
#include "event_rows.h"

#include <string.h>

/* ---- making one ------------------------------------------------------------------ */

/* One too many is kept in the count, so that event_append() sees it. */
static void add(struct event *ev, struct event_value v)
{
	if (ev->n < EVENT_VALUES_MAX)
		ev->values[ev->n] = v;
	ev->n++;
}

void event_plain(struct event *ev, const char *name, struct str value)
{
	add(ev, (struct event_value){.name = name, .kind = EVENT_PLAIN, .value = value});
}

void event_text(struct event *ev, const char *name, struct str value)
{
	add(ev, (struct event_value){.name = name, .kind = EVENT_TEXT, .value = value});
}

void event_person(struct event *ev, const char *name, struct str value, uint8_t right)
{
	add(ev, (struct event_value){.name = name, .kind = EVENT_PERSONAL, .value = value, .right = right});
}

/* ---- appending -------------------------------------------------------------------- */

const struct shape event_head_shape[] = {
	SHAPE(struct head, object_kind, 0),
	SHAPE(struct head, object_id, 0),
	SHAPE(struct head, seq, 0),
	SHAPE_BLOB(struct head, hash),
	SHAPE_END,
};

static struct str duty_unit_name(const struct env *e)
{
	for (size_t i = 0; i < e->actor->n_duties; i++)
		if (e->act_unit.v && e->actor->duties[i].unit_id.v == e->act_unit.v)
			return e->actor->duties[i].unit_name;
	return STR_NONE;
}

/* The event's own values first: who acted and for which unit, by the names of the day. */
static unsigned all_values(const struct env *e, const struct event *ev, struct event_value *v)
{
	unsigned n = 0;
	struct str unit = duty_unit_name(e);
	if (e->actor->name.n)
		v[n++] = (struct event_value){"@actor", EVENT_PERSONAL, e->actor->name, ev->actor_right};
	if (unit.n)
		v[n++] = (struct event_value){"@unit", EVENT_PLAIN, unit, 0};
	memcpy(v + n, ev->values, ev->n * sizeof(*v));
	return n + ev->n;
}

static const struct err *put_value(struct db_tx *tx, struct env *e, const struct event_body *b, unsigned pos, const struct event_value *v,
				   struct event_part *out)
{
	struct arena *a = db_arena(tx);
	*out = (struct event_part){str_of(v->name), (uint8_t)v->kind, v->right, v->value};
	if (v->kind == EVENT_PLAIN)
		return NULL;
	unsigned char *salt = arena_alloc(a, EVENT_SALT), *commitment = arena_alloc(a, 32);
	struct str salt_bytes = {(const char *)salt, EVENT_SALT};
	env_random(e, salt, EVENT_SALT);
	event_commit(salt_bytes, v->value, commitment);
	out->content = (struct str){(const char *)commitment, 32};
	return db_exec(tx, &event_value_add, ARGS(ARG(b->city), ARG(b->object_kind), ARG(b->object_id), ARG(b->seq), ARG(pos),
						  ARG(v->value), arg_blob(salt_bytes)), NULL);
}

static const struct err *move_head(struct db_tx *tx, const struct event_body *b, struct str hash)
{
	if (b->seq == 1)
		return db_exec(tx, &event_head_add, ARGS(ARG(b->city), ARG(b->object_kind), ARG(b->object_id), ARG(b->seq), arg_blob(hash)), NULL);
	return db_change(tx, &event_head_move,
			 ARGS(ARG(b->city), ARG(b->object_kind), ARG(b->object_id), arg_i64(b->seq - 1), ARG(b->seq), arg_blob(hash)));
}

/* A chain of its own keeps the end until event_chain_end(). */
static const struct err *keep_end(struct db_tx *tx, struct env *e, const struct event_body *b, const unsigned char sum[32])
{
	if (!e->chain)
		return move_head(tx, b, (struct str){(const char *)sum, 32});
	e->chain->object_kind = b->object_kind;
	e->chain->object_id = b->object_id;
	e->chain->seq = b->seq;
	memcpy(e->chain->hash, sum, 32);
	return NULL;
}

const struct err *event_chain_end(struct db_tx *tx, struct env *e)
{
	const struct event_chain *c = e->chain;
	struct str hash = {(const char *)c->hash, sizeof(c->hash)};
	e->chain = NULL;
	return db_exec(tx, &event_head_add, ARGS(ARG(e->city), ARG(c->object_kind), ARG(c->object_id), ARG(c->seq), arg_blob(hash)), NULL);
}

static const struct err *last_event(struct db_tx *tx, struct env *e, const struct event *ev, struct head *out)
{
	bool found;
	const struct event_chain *c = e->chain;
	if (!c)
		return db_find(tx, &event_last, ARGS(ARG(e->city), ARG(str_of(ev->object_kind)), ARG(ev->object_id)), event_head_shape, out, &found);
	if (c->seq && (c->object_id.v != ev->object_id.v || !str_is(c->object_kind, ev->object_kind)))
		return ERR(db_arena(tx), ERR_BUG, NULL, "%s: another object's chain is under way", ev->object_kind);
	out->seq = c->seq;
	out->hash = (struct str){(const char *)c->hash, c->seq ? sizeof(c->hash) : 0};
	return NULL;
}

/* Whose name needs a right has left no address either. */
static const struct err *store(struct db_tx *tx, struct env *e, const struct event_body *b, bool is_hidden)
{
	struct str bytes;
	unsigned char sum[32];
	struct str hash = {(const char *)sum, sizeof(sum)}, addr = is_hidden || !actor_is_in(e->actor) ? STR("") : e->addr;
	TRY(event_encode(db_arena(tx), b, &bytes));
	event_hash(bytes, sum);
	TRY(keep_end(tx, e, b, sum));
	return db_exec(tx, &event_add, ARGS(ARG(b->city), ARG(b->object_kind), ARG(b->object_id), ARG(b->seq), ARG(b->id), ARG(b->at),
					    ARG(b->act), ARG(b->actor_id), ARG(b->unit_id), arg_blob(bytes), arg_blob(hash),
					    ARG(addr)), NULL);
}

const struct err *event_append(struct db_tx *tx, struct env *e, const struct event *ev)
{
	struct arena *a = db_arena(tx);
	struct head last = {0};
	struct event_value values[EVENT_BODY_VALUES];
	if (ev->n > EVENT_VALUES_MAX)
		return ERR(a, ERR_BUG, NULL, "%s %s: more than %d values", ev->object_kind, ev->act, EVENT_VALUES_MAX);
	TRY(last_event(tx, e, ev, &last));
	struct event_body *b = ARENA_NEW(a, struct event_body);
	*b = (struct event_body){
		.city = e->city, .id = env_id(e), .object_kind = str_of(ev->object_kind), .object_id = ev->object_id, .seq = last.seq + 1,
		.at = e->now, .act = str_of(ev->act), .actor_id = e->actor->person_id,
		.role = str_of(codes_word(&role_codes, e->act_role)), .act_unit_id = e->act_unit, .unit_id = ev->unit_id, .prev = last.hash,
	};
	b->n = all_values(e, ev, values);
	for (unsigned i = 0; i < b->n; i++)
		TRY(put_value(tx, e, b, i, &values[i], &b->v[i]));
	return store(tx, e, b, ev->actor_right != 0);
}

/* ---- showing ------------------------------------------------------------------------ */

const struct shape event_stored_shape[] = {
	SHAPE(struct stored, object_kind, 0), SHAPE(struct stored, object_id, 0), SHAPE(struct stored, seq, 0),
	SHAPE(struct stored, id, 0), SHAPE(struct stored, at, 0), SHAPE(struct stored, act, 0), SHAPE(struct stored, actor_id, 0),
	SHAPE(struct stored, unit_id, 0), SHAPE_BLOB(struct stored, body), SHAPE_BLOB(struct stored, hash), SHAPE_END,
};

const struct shape event_value_shape[] = {
	SHAPE(struct kept_value, seq, 0), SHAPE(struct kept_value, pos, 0), SHAPE(struct kept_value, value, 0),
	SHAPE_BLOB(struct kept_value, salt), SHAPE(struct kept_value, erased_at, 0), SHAPE_END,
};

struct kept {
	struct kept_value *v;
	size_t n;
};

static bool sees(const struct doc_style *style, uint8_t right)
{
	return right == 0 || (style && (style->sight >> right & 1));
}

/* The value in words; false when it is not to be seen or was erased. */
static bool value_of(const struct event_body *b, unsigned pos, const struct kept *kept, const struct doc_style *style, struct str *out)
{
	if (!sees(style, b->v[pos].right))
		return false;
	if (style && style->shown)
		*style->shown |= (uint64_t)1 << b->v[pos].right;
	*out = b->v[pos].content;
	if (b->v[pos].kind == EVENT_PLAIN)
		return true;
	for (size_t i = 0; i < kept->n; i++) {
		if (kept->v[i].seq != b->seq || kept->v[i].pos != pos)
			continue;
		*out = kept->v[i].value;
		return kept->v[i].erased_at.ms == 0;
	}
	return false;
}

static void show_values(json_t *j, const struct event_body *b, const struct kept *kept, const struct doc_style *style)
{
	json_t *values = doc_sublist(j, "values");
	struct str value;
	for (unsigned i = 0; i < b->n; i++) {
		if (!value_of(b, i, kept, style, &value))
			continue;
		if (str_is(b->v[i].name, "@actor")) {
			doc_str(j, "actor_name", value);
		} else if (str_is(b->v[i].name, "@unit")) {
			doc_str(j, "unit_name", value);
		} else {
			json_t *o = doc_append(values);
			doc_str(o, "name", b->v[i].name);
			doc_bool(o, "plain", b->v[i].kind == EVENT_PLAIN);
			doc_str(o, "value", value);
		}
	}
}

struct shown {
	int64_t seq;
	struct instant at;
	struct str act, role, hash;
};

static const struct shape shown_shape[] = {
	SHAPE(struct shown, seq, 0), SHAPE(struct shown, at, 0), SHAPE(struct shown, act, 0), SHAPE(struct shown, role, 0),
	SHAPE(struct shown, hash, 0), SHAPE_END,
};

static void show(struct arena *a, json_t *j, const struct event_body *b, struct str hash, const struct kept *kept, const struct doc_style *style)
{
	struct shown s = {b->seq, b->at, b->act, b->role, str_hex(a, hash.p, hash.n)};
	doc_put(j, shown_shape, &s, style);
	show_values(j, b, kept, style);
}

const struct err *event_list(struct db_tx *tx, int64_t city, const char *object_kind, struct id object, const struct doc_style *style,
			     json_t *list)
{
	struct arena *a = db_arena(tx);
	struct args which = ARGS(ARG(city), ARG(str_of(object_kind)), ARG(object));
	struct kept kept;
	void *values, *rows;
	size_t n;
	TRY(db_all(tx, &event_values_of, which, event_value_shape, sizeof(struct kept_value), &values, &kept.n));
	TRY(db_all(tx, &event_of_object, which, event_stored_shape, sizeof(struct stored), &rows, &n));
	kept.v = values;
	for (size_t i = 0; i < n; i++) {
		const struct stored *s = (const struct stored *)rows + i;
		struct event_body b;
		if (!event_decode(s->body, &b))
			return ERR(a, ERR_BUG, "event_broken", "%s %lld: event %lld cannot be read", object_kind, (long long)object.v,
				   (long long)s->seq);
		show(a, doc_append(list), &b, s->hash, &kept, style);
	}
	return NULL;
}

bool event_doer(struct str body, struct event_doer *out)
{
	struct event_body b;
	if (!event_decode(body, &b))
		return false;
	*out = (struct event_doer){.role = b.role, .is_hidden = b.actor_id.v == 0 && b.role.n == 0};
	for (unsigned i = 0; i < b.n; i++) {
		if (str_is(b.v[i].name, "@unit"))
			out->unit_name = b.v[i].content;
		else if (str_is(b.v[i].name, "@actor"))
			out->is_hidden = out->is_hidden || b.v[i].right != 0;
	}
	return true;
}

static const struct shape act_shape[] = {
	SHAPE(struct event_act, seq, 0), SHAPE(struct event_act, at, 0), SHAPE(struct event_act, act, 0), SHAPE_END};

const struct err *event_acts(struct db_tx *tx, int64_t city, const char *object_kind, struct id object, struct event_act **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &event_acts_of, ARGS(ARG(city), ARG(str_of(object_kind)), ARG(object)), act_shape, sizeof(struct event_act), &rows, n));
	*out = rows;
	return NULL;
}
