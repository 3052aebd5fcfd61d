#include "import_model.h"

#include "registry.h"

#include <string.h>

#define STATE_WORD(state, word) word,
static const char *const state_words[] = {"", IMPORT_STATES(STATE_WORD) NULL};
static const char *const action_words[] = {"", IMPORT_ACTIONS(STATE_WORD) NULL};
const struct codes import_states = {"import_state", state_words};
const struct codes import_actions = {"import_action", action_words};

const struct import_kind *import_kind_find(struct app *app, struct str name)
{
	for (size_t i = 0; app_features(app)[i]; i++)
		for (const struct import_kind *k = app_features(app)[i]->imports; k && k->name; k++)
			if (str_is(name, k->name))
				return k;
	return NULL;
}

const struct import_kind *const *import_kinds_of(struct app *app, struct arena *a, const struct actor *w)
{
	enum { KINDS_MAX = 32 };
	const struct import_kind **out = ARENA_ARRAY(a, const struct import_kind *, KINDS_MAX + 1);
	size_t n = 0;
	for (size_t i = 0; app_features(app)[i]; i++)
		for (const struct import_kind *k = app_features(app)[i]->imports; k && k->name && n < KINDS_MAX; k++)
			if (may(w, k->perm, STR(""))) {
				size_t at = n++;
				for (; at && out[at - 1]->order > k->order; at--)
					out[at] = out[at - 1];
				out[at] = k;
			}
	return out;
}

static int n_fields(const struct import_kind *k)
{
	int n = 0;
	while (k->fields[n].name)
		n++;
	return n;
}

const char *import_field_name(const struct import_kind *k, int at)
{
	if (at == IMPORT_SOURCE)
		return "external_source";
	if (at == IMPORT_EXTERNAL)
		return "external_id";
	return at >= 0 && at < n_fields(k) ? k->fields[at].name : NULL;
}

const char *import_field_label(const struct import_kind *k, int at)
{
	if (at == IMPORT_SOURCE)
		return "import_external_source";
	if (at == IMPORT_EXTERNAL)
		return "import_external_id";
	return at >= 0 && at < n_fields(k) ? k->fields[at].label : "import_row";
}

/* ---- in whose name ------------------------------------------------------------------- */

static void put_perms(json_t *d, const char *name, const struct perm *const *v, size_t n)
{
	json_t *list = doc_sublist(d, name);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(v[i]->name));
}

static void put_grants(json_t *d, const struct duty *duty)
{
	const struct grants *g = duty->grants;
	doc_id(d, "custom_id", duty->custom_id);
	if (!g)
		return;
	put_perms(d, "below", g->below, g->n_below);
	put_perms(d, "city", g->city, g->at_root ? g->n_city : 0);
	doc_id(d, "root_id", g->at_root ? g->at_root->unit_id : ID(0));
	doc_str(d, "root_path", g->at_root ? g->at_root->unit_path : STR(""));
}

struct str import_actor_text(struct arena *a, const struct actor *w)
{
	json_t *j = doc_new(a), *duties = doc_sublist(j, "duties");
	struct str text = STR("{}");
	doc_bool(j, "is_system", w->is_system);
	doc_id(j, "person_id", w->person_id);
	doc_str(j, "name", w->name);
	if (w->is_limited) {
		const struct limits *l = w->n_duties ? w->duties[0].only : NULL;
		put_perms(j, "only", l ? l->perms : NULL, l ? l->n_perms : 0);
		doc_i64(j, "only_sight", l ? (int64_t)l->sight : 0);
	}
	for (size_t i = 0; i < w->n_duties; i++) {
		json_t *d = doc_append(duties);
		doc_id(d, "unit_id", w->duties[i].unit_id);
		doc_z(d, "role", codes_word(&role_codes, w->duties[i].role));
		doc_str(d, "path", w->duties[i].unit_path);
		doc_str(d, "name", w->duties[i].unit_name);
		if (w->duties[i].custom_id.v)
			put_grants(d, &w->duties[i]);
	}
	(void)doc_dump(a, j, (size_t)1 << 20, &text);
	return text;
}

static struct str text_of(struct arena *a, const json_t *j, const char *name)
{
	return str_dup(a, str_of(json_string_value(json_object_get(j, name))));
}

static struct id id_of(struct arena *a, const json_t *j, const char *name)
{
	struct id id = {0};
	if (!str_i64(text_of(a, j, name), 1, INT64_MAX, &id.v))
		id.v = 0;
	return id;
}

static const struct perm *const *perms_of(struct app *app, struct arena *a, const json_t *list, size_t *n)
{
	const struct perm **v = ARENA_ARRAY(a, const struct perm *, json_array_size(list) + 1);
	size_t i;
	const json_t *name;
	*n = 0;
	json_array_foreach(list, i, name) {
		const struct perm *p = registry_perm(app_features(app), json_string_value(name));
		if (p)
			v[(*n)++] = p;
	}
	return v;
}

static const struct grants *grants_of(struct app *app, struct arena *a, const json_t *d, const struct duty *duty)
{
	struct grants *g = ARENA_NEW(a, struct grants);
	struct duty *root = ARENA_NEW(a, struct duty);
	*root = *duty;
	root->unit_id = id_of(a, d, "root_id");
	root->unit_path = text_of(a, d, "root_path");
	*g = (struct grants){.sight = 1, .at_root = root->unit_id.v ? root : NULL};
	g->below = perms_of(app, a, json_object_get(d, "below"), &g->n_below);
	g->city = perms_of(app, a, json_object_get(d, "city"), &g->n_city);
	return g;
}

static const struct limits *limits_of(struct app *app, struct arena *a, const json_t *j)
{
	struct limits *l = ARENA_NEW(a, struct limits);
	if (!json_object_get(j, "only"))
		return NULL;
	*l = (struct limits){.sight = (uint64_t)json_integer_value(json_object_get(j, "only_sight"))};
	l->perms = perms_of(app, a, json_object_get(j, "only"), &l->n_perms);
	return l;
}

static struct duty duty_of(struct app *app, struct arena *a, const json_t *d, const struct limits *only)
{
	struct duty duty = {.unit_id = id_of(a, d, "unit_id"), .role = codes_find(&role_codes, text_of(a, d, "role")),
			    .unit_path = text_of(a, d, "path"), .unit_name = text_of(a, d, "name"), .custom_id = id_of(a, d, "custom_id"), .only = only};
	if (duty.custom_id.v)
		duty.grants = grants_of(app, a, d, &duty);
	return duty;
}

const struct err *import_actor_read(struct app *app, struct arena *a, int64_t city, struct str text, struct actor **out)
{
	json_t *j, *d;
	size_t i;
	TRY(doc_parse(a, text, &j));
	const json_t *list = json_object_get(j, "duties");
	struct duty *duties = ARENA_ARRAY(a, struct duty, json_array_size(list) + 1);
	struct actor *w = ARENA_NEW(a, struct actor);
	const struct limits *only = limits_of(app, a, j);
	json_array_foreach((json_t *)list, i, d)
		duties[i] = duty_of(app, a, d, only);
	*w = (struct actor){.person_id = id_of(a, j, "person_id"), .city = city, .name = text_of(a, j, "name"), .duties = duties,
			    .n_duties = json_array_size(list), .is_system = json_is_true(json_object_get(j, "is_system")), .is_limited = only != NULL};
	*out = w;
	return NULL;
}
