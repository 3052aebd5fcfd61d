/* An employer launches the campaign: its page, and the act with the plan or record attached. */
#include "coverage_model.h"

#include "blob.h"
#include "coverage_sql.h"
#include "day.h"
#include "parts.h"

#include <string.h>

#define I struct launch_input
const struct shape launch_input_shape[] = {
	SHAPE_CODE_IN(I, kind, SHAPE_REQUIRED, &launch_kinds), SHAPE_IN(I, launched_on, 0, SHAPE_REQUIRED), SHAPE_IN(I, title, LAUNCH_TITLE_MAX, SHAPE_REQUIRED),
	SHAPE(I, reason, LAUNCH_REASON_MAX), SHAPE(I, upload_ids, 0), SHAPE_END};
#undef I

static const struct doc_part row_parts[] = {DOC_NAME("has_photos"), DOC_NAME("declared_label"), DOC_ROWS("photos", photo_parts), DOC_END};
const struct doc_part launch_parts[] = {
	DOC_NAME("unit_id"), DOC_NAME("unit_name"), DOC_NAME("unit_href"), DOC_NAME("has_items"), DOC_ROWS_OF("items", launch_shape, row_parts),
	DOC_NAME("may_write"), DOC_NAME("form_href"), DOC_NAME("form_title"), DOC_ROWS("fields", field_parts), DOC_END};

/* ---- the page ---------------------------------------------------------------------------- */

struct launch_page {
	struct call *c;
	const struct unit *unit;
	struct launch *v;
	json_t **photos;
	size_t n;
};

static const struct err *read_launches(struct db_tx *tx, struct env *e, void *ctx)
{
	struct launch_page *p = ctx;
	TRY(launches_at(tx, e->city, p->unit->id, &p->v, &p->n));
	p->photos = ARENA_ARRAY(e->a, json_t *, p->n + 1);
	for (size_t i = 0; i < p->n; i++) {
		p->photos[i] = doc_list(e->a);
		TRY(attachment_list(tx, e->city, "launch", p->v[i].id, p->photos[i]));
	}
	return NULL;
}

static void put_field(struct call *c, json_t *fields, const char *kind, const char *name, struct str value, uint32_t max, bool required)
{
	struct field f = {.name = name, .kind = kind, .label = str_fmt(c->a, "f_%s", name).p, .value = value, .max = max, .required = required};
	if (strcmp(name, "title") == 0)
		f.hint = "launch_title_hint";
	f.multiple = strcmp(kind, "photo") == 0;
	call_field(c, fields, NULL, &f);
}

static void put_form(struct launch_page *p)
{
	struct call *c = p->c;
	json_t *fields = doc_sublist(c->page, "fields");
	size_t n;
	struct choice *kinds = call_choices(c, &launch_kinds, &n);
	const struct launch *now = p->n && p->v[0].is_current ? &p->v[0] : NULL;
	struct str kind = now ? str_of(codes_word(&launch_kinds, now->kind)) : STR("mobilisation");
	call_field(c, fields, NULL, &(struct field){.name = "kind", .kind = "radio", .label = "launch_kind", .value = kind, .choices = kinds,
						    .n_choices = n, .required = true});
	put_field(c, fields, "date", "launched_on", day_text(c->a, now ? now->launched_on : instant_day(c->env.now)), 0, true);
	put_field(c, fields, "text", "title", now ? now->title : STR(""), LAUNCH_TITLE_MAX, true);
	put_field(c, fields, "photo", "photos", STR(""), 0, false);
	if (now)
		put_field(c, fields, "text", "reason", STR(""), LAUNCH_REASON_MAX, true);
	doc_str(c->page, "form_title", call_text(c, now ? "launch_correct" : "launch_now"));
}

static void put_rows(struct launch_page *p)
{
	struct call *c = p->c;
	struct doc_style style = call_style(c, p->unit->path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < p->n; i++) {
		json_t *j = doc_append(items), *photo;
		size_t at;
		doc_put(j, launch_shape, &p->v[i], &style);
		doc_str(j, "declared_label", p->v[i].declared ? call_text(c, "launch_declared") : STR(""));
		json_array_foreach(p->photos[i], at, photo)
			doc_str(photo, "label", call_text(c, "launch_photo"));
		doc_bool(j, "has_photos", json_array_size(p->photos[i]) > 0);
		doc_set(j, "photos", p->photos[i]);
	}
	doc_bool(c->page, "has_items", p->n > 0);
}

const struct err *launch_get(struct call *c)
{
	struct launch_page p = {.c = c, .unit = c->target.object};
	if (p.unit->kind != UNIT_EMPLOYER)
		return ERR(c->a, ERR_MISSING, NULL, "not an employer");
	TRY(call_read(c, read_launches, &p));
	doc_id(c->doc, "unit_id", p.unit->id);
	doc_str(c->doc, "unit_name", p.unit->name);
	put_rows(&p);
	doc_str(c->page, "unit_href", str_fmt(c->a, "/units/%lld", (long long)p.unit->id.v));
	doc_str(c->page, "form_href", str_fmt(c->a, "/units/%lld/launch", (long long)p.unit->id.v));
	doc_bool(c->page, "may_write", may(c->actor, &launch_write, p.unit->path) && !p.unit->is_closed);
	if (c->face == FACE_HTML)
		put_form(&p);
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(p.unit->name), STR_ARG(call_text(c, "launch_title"))));
	return NULL;
}

/* ---- the act -------------------------------------------------------------------------------- */

struct photo { struct blob blob; struct str type; };
struct launching {
	struct call *c;
	struct photo *photos;
	struct launch launch;
	struct outcome out;
};

/* Stored, decoded once and on disk before the transaction that names them; file fields that nobody filled are none. */
static const struct err *take_photos(struct call *c, struct photo **out)
{
	struct req *r = c->req;
	size_t n = 0;
	for (size_t i = 0; i < r->n_files; i++)
		if (r->files[i].size > 0)
			r->files[n++] = r->files[i];
	r->n_files = n;
	*out = ARENA_ARRAY(c->a, struct photo, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (!str_is(r->files[i].field, "photos"))
			return err_on_field(c->a, str_z(c->a, r->files[i].field), "unknown_field", "not a field for photos");
		TRY(blob_take_photo(c->app, c->a, &r->files[i], &(*out)[i].blob, &(*out)[i].type));
		TRY(blob_prepare(c->app, c->a, (*out)[i].blob.sha256));
	}
	return NULL;
}

static const struct err *attach(struct db_tx *tx, struct env *e, struct launching *w)
{
	const struct launch_input *in = w->c->input;
	for (size_t i = 0; i < w->c->req->n_files; i++)
		TRY(attachment_add(tx, e, env_id(e), "launch", w->launch.id, "record", &w->photos[i].blob, w->photos[i].type));
	for (size_t i = 0; i < in->upload_ids.n; i++) {
		struct photo p = {0};
		TRY(upload_take(tx, e, in->upload_ids.v[i], &p.blob, &p.type));
		TRY(attachment_add(tx, e, env_id(e), "launch", w->launch.id, "record", &p.blob, p.type));
	}
	return NULL;
}

static const struct err *write_launch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct launching *w = ctx;
	struct call *c = w->c;
	const struct launch_input *in = c->input;
	const struct unit *u = c->target.object;
	const struct duty *d = closest_duty(c->actor, &launch_write, u->path);
	size_t n = c->req->n_files + in->upload_ids.n;
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
	w->launch = (struct launch){.employer_id = u->id, .kind = in->kind, .launched_on = in->launched_on, .title = in->title, .reason = in->reason,
				    .unit_id = e->act_unit, .declared = d && (R(d->role) & R_CADRES)};
	if (n > LAUNCH_PHOTOS_MAX)
		return err_on_field(e->a, "photos", "too_many", "at most 9 photos");
	/* What the union above enters for an employer without a computer has its paper with the employer. */
	if (!w->launch.declared && n == 0)
		return err_on_field(e->a, "photos", "record_needed", "attach a photo of the plan or of the mobilisation");
	TRY(launch_add(tx, e, &w->launch));
	w->out.object = w->launch.id;
	return attach(tx, e, w);
}

const struct err *launch_post(struct call *c)
{
	struct launching w = {.c = c};
	const struct unit *u = c->target.object;
	if (u->kind != UNIT_EMPLOYER)
		return ERR(c->a, ERR_MISSING, NULL, "not an employer");
	if (u->is_closed)
		return ERR(c->a, ERR_CONFLICT, "employer_closed", "closed");
	TRY(take_photos(c, &w.photos));
	TRY(call_write(c, write_launch, &w, &w.out));
	doc_id(c->doc, "id", w.out.object);
	call_done(c, 201, str_fmt(c->a, "/units/%lld/launch", (long long)u->id.v));
	return NULL;
}
