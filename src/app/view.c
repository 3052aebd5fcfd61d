#include "mustache.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct view {
	struct str name; /* "field" for the app's own, "hazard/list" for a feature's */
	struct str text;
	const struct mustache *parsed[LANG_COUNT];
};

struct views {
	struct view *v;
	size_t n;
	const struct texts *texts;
};

struct binding {
	const struct texts *texts;
	enum lang lang;
	struct str missing;
};

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct view *)a)->name, ((const struct view *)b)->name);
}

static const struct view *find(const struct views *v, struct str name)
{
	struct view probe = {.name = name};
	return bsearch(&probe, v->v, v->n, sizeof(v->v[0]), by_name);
}

/* {{t.key}} becomes the catalogue's text, which may hold names of its own. */
static bool text_of(void *ctx, struct str name, struct str *out)
{
	struct binding *b = ctx;
	if (!str_has_prefix(name, STR("t.")))
		return false;
	*out = texts_find(b->texts, b->lang, str_sub(name, 2, SIZE_MAX));
	if (!out->p) {
		b->missing = name;
		*out = STR("?");
	}
	return true;
}

static const struct err *refuse(void *ctx, const struct mustache_seen *seen)
{
	struct arena *a = ctx;
	if (seen->tag == MUSTACHE_RAW || seen->tag == MUSTACHE_DELIMITERS)
		return ERR(a, ERR_BUG, "view", "line %d: raw output and delimiter changes are not for views (%.*s)", seen->line,
			   STR_ARG(seen->name));
	return NULL;
}

/* What binding takes from `scratch` is more than what stays: every view is lexed once more for each language. */
static const struct err *compile_for(struct arena *a, struct arena *scratch, struct views *vs, struct view *v, enum lang lang)
{
	struct binding b = {.texts = vs->texts, .lang = lang};
	struct str bound;
	const struct err *bad = mustache_bind(scratch, v->name, v->text, text_of, &b, &bound);
	if (bad)
		return ERR(a, ERR_BUG, "view", "%.*s", STR_ARG(bad->detail));
	if (b.missing.n)
		return ERR(a, ERR_BUG, "view", "view %.*s: no text for %.*s", STR_ARG(v->name), STR_ARG(b.missing));
	TRY(mustache_parse(a, v->name, bound, &v->parsed[lang]));
	bad = mustache_walk(v->parsed[lang], refuse, a);
	if (bad)
		return ERR(a, ERR_BUG, "view", "view %.*s: %.*s", STR_ARG(v->name), STR_ARG(bad->detail));
	return NULL;
}

static const struct err *compile(struct arena *a, struct views *vs, struct view *v)
{
	const struct err *e = NULL;
	for (enum lang lang = LANG_ZH; !e && lang < LANG_COUNT; lang++) {
		struct arena *scratch = arena_new(0);
		e = compile_for(a, scratch, vs, v, lang);
		arena_free(scratch);
	}
	return e;
}

/* Developer switch: the file as it is on disk, when it is there. */
static struct str from_disk(struct arena *a, const char *dir, struct str feature, const char *name)
{
	const char *path = str_fmt(a, "%s/%.*s/views/%s.html", dir, STR_ARG(feature), name).p;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sb b = sb_new(a, 1 << 20);
	char buf[8192];
	ssize_t n;
	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		sb_add(&b, (struct str){buf, (size_t)n});
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? sb_str(&b) : STR_NONE;
}

static bool is_view(const struct resource *r)
{
	return strncmp(r->name, "views/", 6) == 0;
}

static void add(struct arena *a, struct views *vs, const struct feature *f, const struct resource *r, const char *disk)
{
	struct view *v = &vs->v[vs->n++];
	bool own = strcmp(f->name, "app") == 0;
	struct str file = str_of(r->name + 6);
	const char *name = str_z(a, str_sub(file, 0, file.n - 5)); /* without ".html" */
	v->name = own ? str_of(name) : str_fmt(a, "%s/%s", f->name, name);
	v->text = (struct str){(const char *)r->data, r->size};
	if (disk) {
		struct str fresh = from_disk(a, disk, own ? STR("app") : str_fmt(a, "features/%s", f->name), name);
		if (fresh.p)
			v->text = fresh;
	}
}

const struct err *views_new(struct arena *a, const struct feature *const *features, const struct texts *t, const char *disk_dir,
			    struct views **out)
{
	size_t n = 0;
	for (size_t i = 0; features[i]; i++)
		for (const struct resource *r = features[i]->resources; r && r->name; r++)
			n += is_view(r);
	struct views *vs = ARENA_NEW(a, struct views);
	vs->texts = t;
	vs->v = ARENA_ARRAY(a, struct view, n + 1);
	for (size_t i = 0; features[i]; i++)
		for (const struct resource *r = features[i]->resources; r && r->name; r++)
			if (is_view(r))
				add(a, vs, features[i], r, disk_dir);
	for (size_t i = 0; i < vs->n; i++)
		TRY(compile(a, vs, &vs->v[i]));
	qsort(vs->v, vs->n, sizeof(vs->v[0]), by_name);
	*out = vs;
	return NULL;
}

struct lookup {
	const struct views *views;
	enum lang lang;
};

static const struct mustache *find_partial(void *ctx, struct str name)
{
	const struct lookup *l = ctx;
	const struct view *v = find(l->views, name);
	return v ? v->parsed[l->lang] : NULL;
}

const struct err *views_render(struct views *v, enum lang lang, const char *view, json_t *doc, struct sb *out)
{
	struct lookup l = {v, lang};
	const struct view *w = find(v, str_of(view));
	if (!w)
		return ERR(out->a, ERR_BUG, "view", "no view %s", view);
	return mustache_render(w->parsed[lang], doc, find_partial, &l, out);
}

/* ---- names against the declared document -------------------------------------- */

enum { STACK_MAX = 40, PARTIALS_MAX = 24 };

struct level {
	const struct doc_part *parts; /* members by table */
	const struct shape *shape;    /* members by shape */
	struct str section;           /* what opened it, "" for the page itself */
	bool is_value;                /* {{.}} and names further down only */
};

struct walk {
	const struct views *views;
	struct arena *a;
	struct str view;
	struct level stack[STACK_MAX];
	size_t n;
	int partials;
	void (*found)(void *ctx, const char *text);
	void *ctx;
};

static void report(struct walk *w, const char *why, const struct mustache_seen *seen)
{
	struct str s = str_fmt(w->a, "view %.*s line %d: %s {{%.*s}}", STR_ARG(w->view), seen->line, why, STR_ARG(seen->name));
	w->found(w->ctx, s.p);
}

static bool in_shape(const struct shape *shape, struct str name)
{
	for (const struct shape *s = shape; s && s->name; s++) {
		struct str base = str_of(s->name);
		if (str_eq(base, name))
			return true;
		if (!str_has_prefix(name, base))
			continue;
		struct str rest = str_sub(name, base.n, SIZE_MAX);
		bool code = s->type == SHAPE_T_CODE && str_is(rest, "_label");
		bool text = str_is(rest, "_text") &&
			    (s->type == SHAPE_T_INSTANT || s->type == SHAPE_T_FEN || s->type == SHAPE_T_OPT_FEN);
		if (code || text)
			return true;
	}
	return false;
}

/* Looks a single name up in one level; *next is what a section on it opens. */
static bool in_level(const struct level *l, struct str name, struct level *next)
{
	*next = (struct level){.is_value = true};
	if (in_shape(l->shape, name))
		return true;
	for (const struct doc_part *p = l->parts; p && p->name; p++) {
		if (p->name[0] == '\0') {
			struct level same = {.parts = p->parts, .shape = p->shape};
			if (in_level(&same, name, next))
				return true;
		} else if (str_is(name, p->name)) {
			*next = (struct level){.parts = p->parts, .shape = p->shape, .is_value = p->kind == DOC_VALUE};
			return true;
		}
	}
	return false;
}

static bool resolve(const struct walk *w, struct str name, struct level *next)
{
	struct str rest = name, first = str_cut(&rest, '.');
	size_t i = w->n;
	if (str_is(name, ".")) {
		*next = w->stack[w->n - 1];
		return true;
	}
	while (i-- > 0)
		if (in_level(&w->stack[i], first, next))
			break;
	if (i == SIZE_MAX)
		return false;
	while (rest.n) {
		struct level in = *next;
		if (!in_level(&in, str_cut(&rest, '.'), next))
			return false;
	}
	return true;
}

static const struct err *step(void *ctx, const struct mustache_seen *seen);

static void walk_partial(struct walk *w, const struct mustache_seen *seen)
{
	const struct view *v = find(w->views, seen->name);
	struct str outer = w->view;
	size_t depth = w->n;
	if (!v) {
		report(w, "no such partial", seen);
		return;
	}
	if (w->partials == PARTIALS_MAX)
		return;
	w->partials++;
	w->view = v->name;
	(void)mustache_walk(v->parsed[LANG_ZH], step, w);
	w->view = outer;
	w->n = depth;
	w->partials--;
}

static const struct err *step(void *ctx, const struct mustache_seen *seen)
{
	struct walk *w = ctx;
	struct level next = {.is_value = true};
	switch (seen->tag) {
	case MUSTACHE_NAME:
	case MUSTACHE_INVERTED:
	case MUSTACHE_SECTION:
		if (!resolve(w, seen->name, &next))
			report(w, "no such name", seen);
		if (seen->tag != MUSTACHE_NAME && w->n < STACK_MAX) {
			next.section = seen->name;
			w->stack[w->n++] = seen->tag == MUSTACHE_SECTION ? next : (struct level){.section = seen->name};
		}
		break;
	case MUSTACHE_SECTION_END:
		w->n -= w->n > 2;
		break;
	case MUSTACHE_PARTIAL:
	case MUSTACHE_PARENT:
		walk_partial(w, seen);
		break;
	default:
		break;
	}
	return NULL;
}

extern const struct doc_part page_parts[]; /* what the edge adds to each page: face.c */

static void check_one(struct views *v, const struct feature *f, const char *view, const struct doc_part *doc,
		      void (*found)(void *ctx, const char *text), void *ctx)
{
	struct arena *a = arena_new(0);
	struct walk w = {.views = v, .a = a, .view = str_of(view), .n = 2, .found = found, .ctx = ctx};
	w.stack[0] = (struct level){.parts = page_parts};
	w.stack[1] = (struct level){.parts = doc};
	const struct view *it = find(v, str_of(view));
	if (it)
		(void)mustache_walk(it->parsed[LANG_ZH], step, &w);
	else
		found(ctx, str_fmt(a, "feature %s: no view %s", f->name, view).p);
	arena_free(a);
}

void views_check(struct views *v, const struct feature *const *features, void (*found)(void *ctx, const char *text), void *ctx)
{
	for (size_t i = 0; features[i]; i++)
		for (const struct route *r = features[i]->routes; r && r->method; r++) {
			if (r->view)
				check_one(v, features[i], r->view, r->doc, found, ctx);
			if (r->form_view)
				check_one(v, features[i], r->form_view, r->form_doc, found, ctx);
		}
}
