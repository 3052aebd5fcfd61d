#include "import_model.h"

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
			if (may(w, k->perm, STR("")))
				out[n++] = k;
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

struct str import_actor_text(struct arena *a, const struct actor *w)
{
	json_t *j = doc_new(a), *duties = doc_sublist(j, "duties");
	struct str text = STR("{}");
	doc_bool(j, "is_system", w->is_system);
	doc_id(j, "person_id", w->person_id);
	doc_str(j, "name", w->name);
	for (size_t i = 0; i < w->n_duties; i++) {
		json_t *d = doc_append(duties);
		doc_id(d, "unit_id", w->duties[i].unit_id);
		doc_z(d, "role", codes_word(&role_codes, w->duties[i].role));
		doc_str(d, "path", w->duties[i].unit_path);
		doc_str(d, "name", w->duties[i].unit_name);
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

const struct err *import_actor_read(struct arena *a, int64_t city, struct str text, struct actor **out)
{
	json_t *j, *d;
	size_t i;
	TRY(doc_parse(a, text, &j));
	const json_t *list = json_object_get(j, "duties");
	struct duty *duties = ARENA_ARRAY(a, struct duty, json_array_size(list) + 1);
	struct actor *w = ARENA_NEW(a, struct actor);
	json_array_foreach((json_t *)list, i, d)
		duties[i] = (struct duty){.unit_id = id_of(a, d, "unit_id"), .role = codes_find(&role_codes, text_of(a, d, "role")),
					  .unit_path = text_of(a, d, "path"), .unit_name = text_of(a, d, "name")};
	*w = (struct actor){.person_id = id_of(a, j, "person_id"), .city = city, .name = text_of(a, j, "name"), .duties = duties,
			    .n_duties = json_array_size(list), .is_system = json_is_true(json_object_get(j, "is_system"))};
	*out = w;
	return NULL;
}
