/* One row: its cells as values, what the kind finds about it, and what is kept of that. */
#include "import_model.h"

#include "import_sql.h"

#include <string.h>

struct found_key {
	int64_t row_number;
	struct str note;
};
static const struct shape found_key_row[] = {SHAPE(struct found_key, row_number, 0), SHAPE(struct found_key, note, 0), SHAPE_END};

struct key_place {
	const struct work *w;
	int64_t city;
};

static const struct err *find_key(struct db_tx *tx, const struct import_item *it, const char *kind, struct str value, int64_t *row_out,
				  struct str *note_out)
{
	const struct key_place *p = it->ctx;
	struct found_key k = {0};
	bool found;
	TRY(db_find(tx, &import_key_find, ARGS(ARG(p->city), ARG(p->w->run.id), ARG(str_of(kind)), ARG(value)), found_key_row, &k, &found));
	*row_out = found && k.row_number < it->row ? k.row_number : 0;
	*note_out = found ? k.note : STR_NONE;
	return NULL;
}

/* ---- reading ---------------------------------------------------------------------------- */

static struct str cell_of(const struct work *w, int field, const struct str *cells, size_t n)
{
	int64_t at = w->columns.at[field];
	return at > 0 && (size_t)at <= n ? cells[at - 1] : STR_NONE;
}

static void wrong_at(struct import_item *it, int field, const char *code, struct str detail)
{
	it->action = IMPORT_REFUSE;
	if (it->n_wrongs < IMPORT_WRONGS_MAX)
		it->wrongs[it->n_wrongs++] = (struct import_wrong){field, code, detail};
}

static void read_values(struct env *e, const struct work *w, const struct str *cells, size_t n, struct import_item *it)
{
	const char *wrong;
	for (int f = 0; w->kind->fields[f].name; f++) {
		struct str raw = cell_of(w, f, cells, n);
		if (w->kind->is_personal && str_is(raw, "***")) {
			wrong_at(it, f, "identity_number", STR_NONE);
			continue;
		}
		it->value[f] = import_cell(e->app, it->a, &w->kind->fields[f], raw, &wrong);
		if (wrong)
			wrong_at(it, f, wrong, w->kind->fields[f].is_hidden ? STR_NONE : raw);
	}
}

/* Sums and signatures below the table, and the head once more on each printed page. */
static bool is_no_data(const struct work *w, const struct import_item *it, const struct str *cells, size_t n)
{
	size_t first = 0, n_head;
	const struct str *head = import_array(it->a, w->run.head, &n_head);
	bool same = n == n_head;
	for (size_t i = 0; i < n && same; i++)
		same = str_eq(cells[i], head[i]);
	if (same)
		return true;
	while (first < n && cells[first].n == 0)
		first++;
	struct str cell = first < n ? import_heading(it->a, cells[first]) : STR_NONE;
	/* The first field of a kind is its name: without one, or with the sum's word in its place, the row is none. */
	return import_is_footer(import_plain(it->a, first < n ? cells[first] : STR_NONE)) &&
	       (it->value[0].n == 0 || str_eq(import_heading(it->a, it->value[0]), cell));
}

static const struct err *find_link(struct db_tx *tx, struct env *e, const struct work *w, const struct str *cells, size_t n, struct import_item *it)
{
	struct str source = import_plain(it->a, cell_of(w, IMPORT_SOURCE, cells, n)), external = import_plain(it->a, cell_of(w, IMPORT_EXTERNAL, cells, n));
	it->source = source.n ? source : w->run.source;
	it->external = external;
	if (external.n == 0)
		return NULL;
	if (it->source.n == 0)
		wrong_at(it, IMPORT_SOURCE, "source_wanted", STR_NONE);
	if (str_chars(it->source) > IMPORT_SOURCE_MAX || str_chars(external) > IMPORT_FILE_NAME_MAX)
		wrong_at(it, IMPORT_EXTERNAL, "too_long", STR_NONE);
	return db_i64(tx, &import_link_find, ARGS(ARG(e->city), ARG(str_of(w->kind->object_kind)), ARG(it->source), ARG(external)), 0, &it->linked.v);
}

const struct err *import_item_read(struct db_tx *tx, struct env *e, struct work *w, const struct import_row *r, struct import_item *out)
{
	struct arena *a = db_arena(tx);
	size_t n;
	const struct str *cells = import_array(a, r->cells, &n);
	struct key_place *place = ARENA_NEW(a, struct key_place);
	*place = (struct key_place){w, e->city};
	*out = (struct import_item){.kind = w->kind, .a = a, .actor = w->actor, .row = r->row_number, .memo = &w->memo, .find_key = find_key, .ctx = place};
	read_values(e, w, cells, n, out);
	if (is_no_data(w, out, cells, n)) {
		out->action = IMPORT_SKIP;
		out->n_wrongs = 0;
		return NULL;
	}
	return find_link(tx, e, w, cells, n, out);
}

/* ---- checking ------------------------------------------------------------------------------- */

const struct err *import_item_check(struct db_tx *tx, struct env *e, struct work *w, struct import_item *it)
{
	if (it->action == IMPORT_SKIP)
		return NULL;
	TRY(w->kind->check(tx, e, it));
	if (it->n_wrongs)
		it->action = IMPORT_REFUSE;
	if (it->external.n)
		import_key(it, NULL, "external", str_fmt(it->a, "%.*s\n%.*s", STR_ARG(it->source), STR_ARG(it->external)), STR_NONE, false);
	return NULL;
}

static struct str detail_of(struct arena *a, const struct work *w, const struct import_item *it)
{
	json_t *j = doc_new(a), *wrongs = doc_sublist(j, "wrongs"), *changes = doc_sublist(j, "changes");
	struct str out = STR("{}");
	doc_str(j, "title", it->title);
	for (unsigned i = 0; i < it->n_wrongs; i++) {
		json_t *o = doc_append(wrongs);
		doc_i64(o, "field", it->wrongs[i].field);
		doc_z(o, "code", it->wrongs[i].code);
		doc_str(o, "detail", it->wrongs[i].detail);
	}
	for (unsigned i = 0; i < it->n_changes && it->n_wrongs == 0; i++) {
		json_t *o = doc_append(changes);
		bool hidden = w->kind->fields[it->changes[i].field].is_hidden;
		doc_i64(o, "field", it->changes[i].field);
		doc_str(o, "was", hidden ? STR("***") : it->changes[i].was);
		doc_str(o, "is", hidden ? STR("***") : it->changes[i].is);
	}
	(void)doc_dump(a, j, (size_t)1 << 20, &out);
	return out;
}

/* "kind value" a line. */
static struct str claims_of(struct arena *a, const struct work *w, const struct import_item *it)
{
	struct sb b = sb_new(a, 4096);
	if (w->run.n_rows <= IMPORT_ONE_TRANSACTION || (it->action != IMPORT_ADD && it->action != IMPORT_CHANGE))
		return STR("");
	for (unsigned i = 0; i < it->n_keys; i++)
		if (it->keys[i].is_claim)
			sb_fmt(&b, "%s %.*s\n", it->keys[i].kind, STR_ARG(it->keys[i].value));
	if (it->above.v && strcmp(w->kind->object_kind, "unit") == 0)
		sb_fmt(&b, "unit %lld\n", (long long)it->above.v);
	return sb_str(&b);
}

static const struct err *keep_keys(struct db_tx *tx, struct env *e, const struct work *w, struct import_item *it)
{
	for (unsigned i = 0; i < it->n_keys; i++) {
		const struct import_key *k = &it->keys[i];
		int64_t added, row;
		struct str note;
		TRY(db_exec(tx, &import_key_insert, ARGS(ARG(e->city), ARG(w->run.id), ARG(str_of(k->kind)), ARG(k->value), ARG(it->row), ARG(k->note)),
			    &added));
		if (added)
			continue;
		TRY(find_key(tx, it, k->kind, k->value, &row, &note));
		if (row && row != it->row)
			wrong_at(it, k->field, "twice_in_file", str_fmt(it->a, "%lld", (long long)row));
	}
	return NULL;
}

const struct err *import_item_keep(struct db_tx *tx, struct env *e, struct work *w, struct import_item *it)
{
	struct arena *a = db_arena(tx);
	if (it->action != IMPORT_SKIP)
		TRY(keep_keys(tx, e, w, it));
	return db_exec(tx, &import_row_found,
		       ARGS(ARG(e->city), ARG(w->run.id), ARG(it->row), ARG_CODE(import_actions, it->action), ARG(it->object), ARG(it->above),
			    ARG(it->version), ARG(detail_of(a, w, it)), ARG(claims_of(a, w, it))),
		       NULL);
}

bool import_item_is_as_before(const struct import_item *it, const struct import_row *r)
{
	return it->n_wrongs == 0 && it->action == r->action && it->object.v == r->object_id.v && it->version == r->version &&
	       (r->above_id.v == 0 || it->above.v == r->above_id.v);
}

/* ---- doing ------------------------------------------------------------------------------------ */

const struct err *import_item_claim(struct db_tx *tx, struct env *e, const struct import_row *r, bool *got_out)
{
	struct str rest = r->claims;
	*got_out = true;
	while (rest.n && *got_out) {
		struct str value = str_cut(&rest, '\n'), kind = str_cut(&value, ' ');
		TRY(claim_take(tx, e, str_z(db_arena(tx), kind), value, got_out));
	}
	return NULL;
}

const struct err *import_item_apply(struct db_tx *tx, struct env *e, struct work *w, struct import_item *it)
{
	if (it->action == IMPORT_ADD || it->action == IMPORT_CHANGE)
		TRY(w->kind->apply(tx, e, it));
	if (it->action != IMPORT_SKIP && it->external.n)
		TRY(db_exec(tx, &import_link_keep, ARGS(ARG(e->city), ARG(str_of(w->kind->object_kind)), ARG(it->source), ARG(it->external), ARG(it->object)),
			    NULL));
	if (it->action != IMPORT_ADD)
		return NULL;
	return db_exec(tx, &import_row_done, ARGS(ARG(e->city), ARG(w->run.id), ARG(it->row), ARG(it->object)), NULL);
}
