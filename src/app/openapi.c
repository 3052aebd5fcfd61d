/* /openapi.json: printed from the route table, so it cannot lag behind it. */
#include "app_private.h"
#include "core.h"
#include "router.h"

#include <ctype.h>
#include <string.h>

struct drawing {
	struct call *c;
	json_t *paths;
};

static json_t *schema_of(struct call *c, const struct shape *s)
{
	json_t *j = json_object();
	const char *type = "string", *format = NULL;
	switch (s->type) {
	case SHAPE_T_I64:
	case SHAPE_T_FEN:
	case SHAPE_T_OPT_FEN:
	case SHAPE_T_OPT_I64:
		type = "integer";
		break;
	case SHAPE_T_BOOL:
		type = "boolean";
		break;
	case SHAPE_T_DAY:
		format = "date";
		break;
	case SHAPE_T_INSTANT:
		format = "date-time";
		break;
	case SHAPE_T_IDS:
	case SHAPE_T_WORDS:
		type = "array";
		doc_z(doc_sub(j, "items"), "type", "string");
		break;
	default:
		break;
	}
	doc_z(j, "type", type);
	if (format)
		doc_z(j, "format", format);
	if (s->max && s->type == SHAPE_T_STR)
		doc_i64(j, "maxLength", s->max);
	if (s->codes) {
		json_t *words = doc_sublist(j, "enum");
		for (size_t i = 1; s->codes->words[i]; i++)
			json_array_append_new(words, json_string(s->codes->words[i]));
	}
	return doc_keep(c->a, j);
}

static void put_parameter(json_t *list, const char *in, const char *name, bool required, json_t *schema)
{
	json_t *p = doc_append(list);
	doc_z(p, "name", name);
	doc_z(p, "in", in);
	doc_bool(p, "required", required);
	doc_set(p, "schema", schema);
}

static void put_path_parameters(struct call *c, json_t *list, const char *path)
{
	for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{')) {
		size_t n = (size_t)(strchr(at, '}') - at - 1);
		json_t *schema = doc_new(c->a);
		doc_z(schema, "type", "string");
		put_parameter(list, "path", str_z(c->a, (struct str){at + 1, n}), true, schema);
	}
}

static void put_body(struct call *c, json_t *op, const struct route *r)
{
	json_t *content = doc_sub(doc_sub(op, "requestBody"), "content");
	static const char *const types[] = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"};
	for (size_t t = 0; t < (r->files_max ? 3u : 2u); t++) {
		json_t *schema = doc_sub(doc_sub(content, types[t]), "schema");
		doc_z(schema, "type", "object");
		json_t *properties = doc_sub(schema, "properties"), *required = json_array();
		for (const struct shape *s = r->input; s && s->name; s++) {
			doc_set(properties, s->name, schema_of(c, s));
			if (s->flags & SHAPE_REQUIRED)
				json_array_append_new(required, json_string(s->name));
		}
		if (json_array_size(required))
			doc_set(schema, "required", required);
		json_decref(required);
	}
}

/* The same address in several forms: by Accept, or by the suffix .json, .csv, .xlsx or .txt. */
static void put_faces(json_t *response, const struct route *r)
{
	static const struct { enum face face; const char *type; } types[] = {
		{FACE_HTML, "text/html"}, {FACE_JSON, "application/json"}, {FACE_CSV, "text/csv"}, {FACE_XLSX, TYPE_XLSX},
		{FACE_TEXT, "text/plain"}};
	unsigned faces = r->faces ? r->faces : FACE_HTML | FACE_JSON;
	json_t *content = doc_sub(response, "content");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if ((faces & types[i].face) && (types[i].face != FACE_HTML || r->view))
			doc_sub(content, types[i].type);
}

static void put_rights_of(json_t *out, const struct shape *shape)
{
	for (const struct shape *s = shape; s && s->name; s++)
		if (s->right)
			doc_z(out, s->name, right_words[s->right]);
}

static void put_part_rights(json_t *out, const struct doc_part *parts)
{
	for (const struct doc_part *p = parts; p && p->name; p++) {
		put_rights_of(out, p->shape);
		put_part_rights(out, p->parts);
	}
}

/* Fields that are absent for who does not hold their right where the thing stands. */
static void put_rights(json_t *op, const struct route *r)
{
	json_t *out = json_object();
	put_rights_of(out, r->rows);
	put_part_rights(out, r->doc);
	if (json_object_size(out))
		doc_set(op, "x-rights", out);
	json_decref(out);
}

static void put_responses(struct call *c, json_t *op, const struct route *r)
{
	json_t *responses = doc_sub(op, "responses");
	json_t *fine = doc_sub(responses, "200");
	doc_z(fine, "description", "The document");
	put_faces(fine, r);
	if (r->method == WEB_POST)
		doc_z(doc_sub(responses, "201"), "description", "Made");
	doc_z(doc_sub(responses, "default"), "description", "A problem document (RFC 9457)");
	json_t *content = doc_sub(json_object_get(responses, "default"), "content");
	doc_z(doc_sub(doc_sub(content, "application/problem+json"), "schema"), "$ref", "#/components/schemas/problem");
	(void)c;
}

static const char *lower_method(struct call *c, enum web_method m)
{
	char *z = arena_copy(c->a, web_method_name(m), strlen(web_method_name(m)));
	for (char *p = z; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return z;
}

static void put_route(void *ctx, const struct feature *f, const struct route *r)
{
	struct drawing *d = ctx;
	json_t *path = json_object_get(d->paths, r->path);
	json_t *op = doc_sub(path ? path : doc_sub(d->paths, r->path), lower_method(d->c, r->method));
	doc_z(op, "summary", r->summary ? r->summary : r->path);
	json_array_append_new(doc_sublist(op, "tags"), json_string(f->name));
	doc_z(op, "x-permission", r->perm->name);
	json_t *parameters = doc_sublist(op, "parameters");
	put_path_parameters(d->c, parameters, r->path);
	bool unsafe = r->method != WEB_GET;
	for (const struct shape *s = r->input; s && s->name && !unsafe; s++)
		put_parameter(parameters, "query", s->name, s->flags & SHAPE_REQUIRED, schema_of(d->c, s));
	if (r->flags & ROUTE_KEYED) {
		json_t *schema = doc_new(d->c->a);
		doc_z(schema, "type", "string");
		put_parameter(parameters, "header", "Idempotency-Key", false, schema);
	}
	if (unsafe && r->input != shape_none)
		put_body(d->c, op, r);
	put_rights(op, r);
	put_responses(d->c, op, r);
}

static void put_problem(json_t *doc)
{
	static const char *const members[][2] = {{"type", "string"}, {"title", "string"}, {"status", "integer"},
						 {"detail", "string"}, {"code", "string"}, {"instance", "string"},
						 {"version_sent", "integer"}, {"version_stored", "integer"}, {"errors", "array"}};
	json_t *schema = doc_sub(doc_sub(doc_sub(doc, "components"), "schemas"), "problem");
	doc_z(schema, "type", "object");
	json_t *properties = doc_sub(schema, "properties");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		doc_z(doc_sub(properties, members[i][0]), "type", members[i][1]);
}

const struct err *openapi_get(struct call *c)
{
	struct str text;
	json_t *doc = doc_new(c->a);
	doc_z(doc, "openapi", "3.1.0");
	json_t *info = doc_sub(doc, "info");
	doc_z(info, "title", "Chabaocu");
	doc_z(info, "version", app_version());
	struct drawing d = {c, doc_sub(doc, "paths")};
	router_each(c->app->router, put_route, &d);
	put_problem(doc);
	TRY(doc_dump(c->a, doc, 4 * 1024 * 1024, &text));
	c->reply = reply_bytes(c->a, 200, "application/json", text);
	return NULL;
}
