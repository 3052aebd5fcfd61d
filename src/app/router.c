#include "router.h"

#include <string.h>

enum { SEGMENTS_MAX = 8 };

struct entry {
	const struct feature *feature;
	const struct route *route;
	struct str seg[SEGMENTS_MAX];
	size_t n;
};

struct router {
	struct entry *v;
	size_t n;
};

static size_t split(struct str path, struct str *seg)
{
	size_t n = 0;
	struct str rest = str_sub(path, 1, SIZE_MAX);
	while (rest.n && n < SEGMENTS_MAX)
		seg[n++] = str_cut(&rest, '/');
	return rest.n ? SEGMENTS_MAX + 1 : n;
}

static bool is_unsafe(enum web_method m)
{
	return m != WEB_GET && m != WEB_HEAD;
}

static const char *fault_of(const struct route *r)
{
	if (!r->perm)
		return "no permission";
	if (r->perm == &PERM_BY_STEP && !r->see)
		return "PERM_BY_STEP without the permission to see the target";
	if (!r->fn)
		return "no handler";
	if (is_unsafe(r->method) && !r->input)
		return "no input shape";
	if ((r->input && r->input != shape_none) != (r->input_size > 0))
		return "input shape and input size disagree";
	if (r->view && !r->doc)
		return "a view without declared names";
	if (r->form && (!r->form_view || !r->form_doc))
		return "a form without view or names";
	return r->path[0] == '/' ? NULL : "path does not start with /";
}

static bool same_path(const struct entry *a, const struct entry *b)
{
	if (a->n != b->n || a->route->method != b->route->method)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		bool both_args = a->seg[i].p[0] == '{' && b->seg[i].p[0] == '{';
		if (!both_args && !str_eq(a->seg[i], b->seg[i]))
			return false;
	}
	return true;
}

static const struct err *add(struct router *t, struct arena *a, const struct feature *f, const struct route *r)
{
	struct entry *e = &t->v[t->n];
	const char *fault = fault_of(r);
	if (fault)
		return ERR(a, ERR_BUG, "route", "%s %s of %s: %s", web_method_name(r->method), r->path, f->name, fault);
	*e = (struct entry){.feature = f, .route = r};
	e->n = split(str_of(r->path), e->seg);
	if (e->n > SEGMENTS_MAX)
		return ERR(a, ERR_BUG, "route", "%s has more than %d segments", r->path, SEGMENTS_MAX);
	for (size_t i = 0; i < t->n; i++)
		if (same_path(&t->v[i], e))
			return ERR(a, ERR_BUG, "route", "%s %s stands twice", web_method_name(r->method), r->path);
	t->n++;
	return NULL;
}

const struct err *router_new(struct arena *a, const struct feature *const *features, struct router **out)
{
	size_t n = 0;
	for (size_t i = 0; features[i]; i++)
		for (const struct route *r = features[i]->routes; r && r->method; r++)
			n++;
	struct router *t = ARENA_NEW(a, struct router);
	t->v = ARENA_ARRAY(a, struct entry, n + 1);
	for (size_t i = 0; features[i]; i++)
		for (const struct route *r = features[i]->routes; r && r->method; r++)
			TRY(add(t, a, features[i], r));
	*out = t;
	return NULL;
}

/* Takes ".json", ".csv", ".xlsx" or ".txt" off the last segment. */
static enum face face_of(struct str *last)
{
	static const struct { struct str suffix; enum face face; } suffixes[] = {
		{STR(".json"), FACE_JSON}, {STR(".csv"), FACE_CSV}, {STR(".xlsx"), FACE_XLSX}, {STR(".txt"), FACE_TEXT}};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (last->n > suffixes[i].suffix.n && str_has_suffix(*last, suffixes[i].suffix)) {
			last->n -= suffixes[i].suffix.n;
			return suffixes[i].face;
		}
	return 0;
}

/* Literal segments before arguments: 0 no match, else 1 + number of literals. */
static int match(const struct entry *e, const struct str *seg, size_t n)
{
	int score = 1;
	if (e->n != n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		bool is_arg = e->seg[i].p[0] == '{';
		if (!is_arg && !str_eq(e->seg[i], seg[i]))
			return 0;
		score += !is_arg;
	}
	return score;
}

static const struct err *fill_args(struct arena *a, const struct entry *e, const struct str *seg, struct pairs *out)
{
	out->v = ARENA_ARRAY(a, struct pair, SEGMENTS_MAX);
	for (size_t i = 0; i < e->n; i++) {
		if (e->seg[i].p[0] != '{')
			continue;
		struct pair *p = &out->v[out->n++];
		p->name = str_sub(e->seg[i], 1, e->seg[i].n - 2);
		TRY(url_decode(a, seg[i], &p->value));
	}
	return NULL;
}

static const struct entry *best(const struct router *r, enum web_method m, const struct str *seg, size_t n, unsigned *allow)
{
	const struct entry *best = NULL;
	int best_score = 0;
	for (size_t i = 0; i < r->n; i++) {
		int score = match(&r->v[i], seg, n);
		if (!score)
			continue;
		*allow |= 1u << r->v[i].route->method;
		if (r->v[i].route->method == m && score > best_score) {
			best = &r->v[i];
			best_score = score;
		}
	}
	return best;
}

const struct err *router_find(const struct router *r, struct arena *a, enum web_method m, struct str path, struct found *out)
{
	struct str seg[SEGMENTS_MAX];
	size_t n = split(path, seg);
	*out = (struct found){0};
	if (m == WEB_HEAD)
		m = WEB_GET;
	if (n > SEGMENTS_MAX)
		return NULL;
	const struct entry *e = best(r, m, seg, n, &out->allow);
	/* "/hazards/{id}" also matches "/hazards/1.json": an argument gives its suffix to the face. */
	if (n && (!e || e->seg[n - 1].p[0] == '{')) {
		struct str whole = seg[n - 1];
		out->face = face_of(&seg[n - 1]);
		const struct entry *with = out->face ? best(r, m, seg, n, &out->allow) : NULL;
		if (with) {
			e = with;
		} else {
			out->face = 0;
			seg[n - 1] = whole;
		}
	}
	if (!e)
		return NULL;
	out->route = e->route;
	return fill_args(a, e, seg, &out->args);
}

void router_each(const struct router *r, void (*fn)(void *ctx, const struct feature *f, const struct route *row), void *ctx)
{
	for (size_t i = 0; i < r->n; i++)
		fn(ctx, r->v[i].feature, r->v[i].route);
}
