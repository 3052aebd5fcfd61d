#include "mustache_node.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Levels of recursion of sections, blocks and partials together; keeps the C stack under 200 KiB. */
enum { RENDER_DEPTH = 512 };

struct scope {
	const struct scope *outer;
	json_t *value;
};

/* Blocks given to a parent. */
struct frame {
	const struct frame *outer;
	const struct node *blocks;
};

/* White space put in front of each line. */
struct margin {
	const struct margin *outer;
	struct str ws;
};

struct place {
	const struct scope *scope;
	const struct frame *frame;
	const struct margin *margin;
};

struct render {
	struct sb *out;
	mustache_find_fn *find;
	void *ctx;
	unsigned depth, partials;
	bool skip_margin; /* the next LINE continues a line that was begun */
};

static const struct err *render_nodes(struct render *r, const struct node *n, const struct place *at);

static json_t *member(json_t *v, struct str name)
{
	return json_is_object(v) ? json_object_getn(v, name.p, name.n) : NULL;
}

/* NULL when there is no such name. */
static json_t *look_up(const struct scope *s, struct str name)
{
	json_t *v = NULL;
	if (str_is(name, "."))
		return s->value;
	struct str first = str_cut(&name, '.');
	for (; s && !v; s = s->outer)
		v = member(s->value, first);
	while (v && name.n)
		v = member(v, str_cut(&name, '.'));
	return v;
}

static void add_escaped(struct sb *out, struct str s)
{
	size_t done = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *as;
		switch (s.p[i]) {
		case '&': as = "&amp;"; break;
		case '<': as = "&lt;"; break;
		case '>': as = "&gt;"; break;
		case '"': as = "&quot;"; break;
		case '\'': as = "&#39;"; break;
		default: continue;
		}
		sb_add(out, str_sub(s, done, i - done));
		sb_addz(out, as);
		done = i + 1;
	}
	sb_add(out, str_sub(s, done, SIZE_MAX));
}

/* Shortest decimal that reads back as the same number. */
static void add_real(struct sb *out, double v)
{
	char text[40];
	int digits = 15;
	do
		snprintf(text, sizeof(text), "%.*g", digits, v);
	while (strtod(text, NULL) != v && ++digits <= 17);
	sb_addz(out, text);
}

static void add_value(struct sb *out, json_t *v, bool raw)
{
	struct str s;
	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		s = (struct str){json_string_value(v), json_string_length(v)};
		if (raw)
			sb_add(out, s);
		else
			add_escaped(out, s);
		break;
	case JSON_INTEGER:
		sb_fmt(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		add_real(out, json_real_value(v));
		break;
	case JSON_TRUE:
		sb_addz(out, "true");
		break;
	case JSON_FALSE:
		sb_addz(out, "false");
		break;
	default:
		break;
	}
}

static bool is_true(const json_t *v)
{
	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	case JSON_ARRAY:
		return json_array_size(v) > 0;
	case JSON_STRING:
		return json_string_length(v) > 0;
	default:
		return true;
	}
}

static void add_margin(struct sb *out, const struct margin *m)
{
	if (!m)
		return;
	add_margin(out, m->outer);
	sb_add(out, m->ws);
}

static const struct err *render_section(struct render *r, const struct node *n, const struct place *at)
{
	json_t *v = look_up(at->scope, n->text);
	struct place in = *at;
	struct scope scope = {at->scope, v};
	in.scope = &scope;
	if (!is_true(v))
		return NULL;
	if (!json_is_array(v))
		return render_nodes(r, n->child, &in);
	for (size_t i = 0; i < json_array_size(v); i++) {
		scope.value = json_array_get(v, i);
		TRY(render_nodes(r, n->child, &in));
	}
	return NULL;
}

static bool starts_line(const struct node *n)
{
	return n && (n->kind == NODE_LINE || n->alone || n->first);
}

/* The outermost caller's block of this name wins. */
static const struct node *given_block(const struct frame *f, struct str name, const struct frame **of)
{
	const struct node *found = NULL;
	for (; f; f = f->outer) {
		for (const struct node *n = f->blocks; n; n = n->next) {
			if (n->kind != MUSTACHE_BLOCK || !str_eq(n->text, name))
				continue;
			found = n;
			*of = f;
			break;
		}
	}
	return found;
}

static const struct err *render_block(struct render *r, const struct node *n, const struct place *at)
{
	const struct frame *of = NULL;
	const struct node *given = given_block(at->frame, n->text, &of);
	const struct node *content = given ? given->child : n->child;
	struct margin margin = {at->margin, n->ws};
	struct place in = *at;
	if (given)
		in.frame = of->outer;
	if (n->alone || n->first) {
		in.margin = &margin;
		if (!starts_line(content) && (content || n->first))
			add_margin(r->out, &margin);
	} else if (content && content->kind == NODE_LINE) {
		r->skip_margin = true;
	}
	return render_nodes(r, content, &in);
}

static const struct err *render_partial(struct render *r, const struct node *n, const struct place *at)
{
	const struct mustache *m = r->find ? r->find(r->ctx, n->text) : NULL;
	if (!m)
		return NULL;
	if (r->partials == MUSTACHE_DEPTH)
		return ERR(r->out->a, ERR_LIMIT, "template_depth", "partial %.*s: more than %d levels of partials", STR_ARG(n->text),
			   MUSTACHE_DEPTH);
	struct margin margin = {at->margin, n->ws};
	struct frame frame = {at->frame, n->child};
	struct place in = {at->scope, n->kind == MUSTACHE_PARENT ? &frame : at->frame, n->alone ? &margin : NULL};
	r->partials++;
	const struct err *e = render_nodes(r, m->nodes, &in);
	r->partials--;
	return e;
}

static const struct err *render_node(struct render *r, const struct node *n, const struct place *at)
{
	switch (n->kind) {
	case NODE_TEXT:
		sb_add(r->out, n->text);
		return NULL;
	case NODE_LINE:
		if (!r->skip_margin)
			add_margin(r->out, at->margin);
		r->skip_margin = false;
		sb_add(r->out, n->ws);
		return NULL;
	case MUSTACHE_NAME:
	case MUSTACHE_RAW:
		add_value(r->out, look_up(at->scope, n->text), n->kind == MUSTACHE_RAW);
		return NULL;
	case MUSTACHE_SECTION:
		return render_section(r, n, at);
	case MUSTACHE_INVERTED:
		return is_true(look_up(at->scope, n->text)) ? NULL : render_nodes(r, n->child, at);
	case MUSTACHE_PARTIAL:
	case MUSTACHE_PARENT:
		return render_partial(r, n, at);
	case MUSTACHE_BLOCK:
		return render_block(r, n, at);
	default:
		return NULL;
	}
}

static const struct err *render_nodes(struct render *r, const struct node *n, const struct place *at)
{
	if (r->depth == RENDER_DEPTH)
		return ERR(r->out->a, ERR_LIMIT, "template_depth", "templates nested deeper than %d", RENDER_DEPTH);
	r->depth++;
	for (; n; n = n->next) {
		TRY(render_node(r, n, at));
		if (r->out->over)
			return ERR(r->out->a, ERR_LIMIT, "answer_too_large", "page larger than %zu bytes", r->out->max);
	}
	r->depth--;
	return NULL;
}

const struct err *mustache_render(const struct mustache *m, json_t *doc, mustache_find_fn *find, void *ctx, struct sb *out)
{
	struct render r = {.out = out, .find = find, .ctx = ctx};
	struct scope scope = {NULL, doc};
	return render_nodes(&r, m->nodes, &(struct place){&scope, NULL, NULL});
}
