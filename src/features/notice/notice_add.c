/* Telling: rows in the transaction of what is told. */
#include "notice_model.h"

#include "day.h"
#include "job.h"
#include "notice_sql.h"
#include "org.h"

#include <string.h>

enum { ARG_BYTES = 500, ARGS_BYTES = 4000 };

static const char *const urgency_words[] = {"", "at_once", "daily", NULL};
const struct codes notice_urgencies = {"notice_urgency", urgency_words};
static const char *const topic_words[] = {"", "danger", "task", "due", "late", "risen", "answer", "other", NULL};
const struct codes notice_topics = {"notice_topic", topic_words};

#define T struct notice_row
const struct shape notice_table_row[] = {
	SHAPE(T, id, 0), SHAPE(T, person_id, 0), SHAPE(T, kind, 0), SHAPE_CODE(T, topic, &notice_topics), SHAPE_CODE(T, urgency, &notice_urgencies),
	SHAPE(T, object_id, 0), SHAPE(T, about_id, 0), SHAPE(T, args, 0), SHAPE(T, once, 0), SHAPE(T, is_discreet, 0), SHAPE(T, made_at, 0),
	SHAPE(T, read_at, 0), SHAPE(T, mail_id, 0), SHAPE_END};
#undef T

const struct notice_kind *notice_kind_find(const struct app *app, struct str name)
{
	for (const struct feature *const *f = app_features(app); *f; f++)
		for (const struct notice_kind *k = (*f)->notices; k && k->name; k++)
			if (str_is(name, k->name))
				return k;
	return NULL;
}

/* ---- arguments --------------------------------------------------------------------- */

/* Cut between characters. */
static struct str cut(struct str s)
{
	for (s = str_sub(s, 0, ARG_BYTES); s.n && !str_is_utf8(s); s.n--)
		;
	return s;
}

/* The type of the value says how it is read: text, a day as its number, an instant in an object, a key of the catalogue in an array. */
static void put_arg(json_t *doc, const struct notice_arg *v)
{
	if (v->day.ymd)
		doc_i64(doc, v->name, v->day.ymd);
	else if (v->at.ms)
		doc_i64(doc_sub(doc, v->name), "ms", v->at.ms);
	else if (v->key)
		json_array_append_new(doc_sublist(doc, v->name), json_string(v->key));
	else
		doc_str(doc, v->name, cut(v->text));
}

static const struct err *args_text(struct arena *a, const struct notice *n, struct str *out)
{
	json_t *doc = doc_new(a);
	for (const struct notice_arg *v = n->args; v->name; v++)
		put_arg(doc, v);
	return doc_dump(a, doc, ARGS_BYTES, out);
}

/* ---- one person ------------------------------------------------------------------------ */

static const struct err *insert(struct db_tx *tx, struct env *e, const struct notice *n, struct id person, struct str args)
{
	const struct notice_kind *k = n->kind;
	int64_t here = 0;
	if (!person.v || (person.v == e->actor->person_id.v && !n->even_self))
		return NULL;
	TRY(db_i64(tx, &notice_person_here, ARGS(ARG(e->city), ARG(person)), 0, &here));
	if (!here)
		return NULL;
	uint32_t urgency = n->urgency ? n->urgency : k->urgency;
	int64_t added;
	TRY(db_exec(tx, &notice_insert,
		       ARGS(ARG(e->city), ARG(env_id(e)), ARG(person), ARG(str_of(k->name)),
			    ARG_CODE(notice_topics, n->topic ? n->topic : k->topic), ARG_CODE(notice_urgencies, urgency),
			    ARG(n->object_id), ARG(n->about), ARG(args), ARG(n->once), ARG(n->discreet), ARG(e->now)),
		       &added));
	if (!added || urgency != NOTICE_AT_ONCE)
		return NULL;
	struct str who = str_fmt(e->a, "%lld", (long long)person.v);
	return job_add(tx, e, "notice.alarm", who, who, INSTANT(0));
}

const struct err *notice_add(struct db_tx *tx, struct env *e, const struct notice *n)
{
	struct str args;
	TRY(args_text(e->a, n, &args));
	return insert(tx, e, n, n->person, args);
}

/* ---- an office ---------------------------------------------------------------------------- */

struct holder { struct id id; };
static const struct shape holder_row[] = {SHAPE(struct holder, id, 0), SHAPE_END};

static const struct err *holders_at(struct db_tx *tx, struct env *e, const struct notice_office *to, struct id unit, struct id *out, size_t *n)
{
	uint32_t roles = to->perm ? to->perm->roles & (to->roles ? to->roles : UINT32_MAX) : to->roles;
	struct str word[ROLE_COUNT - 1];
	void *rows;
	for (uint32_t r = 1; r < ROLE_COUNT; r++)
		word[r - 1] = roles & R(r) ? str_of(codes_word(&role_codes, r)) : STR("");
	/* A role that the city made has no place among the built-in ones that are asked for. */
	struct str grant = to->perm && !to->roles ? str_of(to->perm->name) : STR("");
	TRY(db_all(tx, &notice_office,
		   ARGS(ARG(e->city), ARG(unit), ARG_DAY(instant_day(e->now)), ARG(word[0]), ARG(word[1]), ARG(word[2]), ARG(word[3]),
			ARG(word[4]), ARG(word[5]), ARG(word[6]), ARG(word[7]), ARG(word[8]), ARG(word[9]), ARG(word[10]), ARG(word[11]),
			ARG(word[12]), ARG(grant), ARG(to->except), arg_i64(NOTICE_OFFICE_MAX)),
		   holder_row, sizeof(struct holder), &rows, n));
	for (size_t i = 0; i < *n; i++)
		out[i] = ((struct holder *)rows)[i].id;
	return NULL;
}

const struct err *notice_holders(struct db_tx *tx, struct env *e, const struct notice_office *to, struct id out[static NOTICE_OFFICE_MAX],
				 size_t *n, struct id *at)
{
	struct unit u;
	TRY(org_unit(tx, e->city, to->unit_id, &u));
	bool skip = to->reach == NOTICE_ABOVE;
	for (*n = 0; ; skip = false) {
		if (!skip)
			TRY(holders_at(tx, e, to, u.id, out, n));
		*at = *n ? u.id : ID(0);
		if (*n || to->reach == NOTICE_HERE || !u.parent_id.v)
			return NULL;
		TRY(org_unit(tx, e->city, u.parent_id, &u));
	}
}

const struct err *notice_add_office(struct db_tx *tx, struct env *e, const struct notice_office *to, const struct notice *n, size_t *told)
{
	struct id who[NOTICE_OFFICE_MAX], at;
	size_t found;
	struct str args;
	TRY(notice_holders(tx, e, to, who, &found, &at));
	TRY(args_text(e->a, n, &args));
	for (size_t i = 0; i < found; i++)
		TRY(insert(tx, e, n, who[i], args));
	if (told)
		*told = found;
	return NULL;
}
