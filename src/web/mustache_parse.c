#include "mustache_node.h"

enum { BIND_DEPTH = 8, BIND_MAX = 4 * 1024 * 1024 };

static bool is_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	return true;
}

/* Spaces and tabs at the front. */
static struct str margin_of(struct str s)
{
	size_t n = 0;
	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return (struct str){s.p, n};
}

/* True when the line from..end shows nothing itself: one tag that is no value,
 * or only parent and block tags unless they are just whole blocks. */
static bool stands_alone(const struct node *from, const struct node *end)
{
	int tags = 0, parents = 0, blocks = 0, others = 0;
	for (const struct node *n = from; n != end; n = n->next) {
		switch (n->kind) {
		case NODE_TEXT:
			if (!is_blank(n->text))
				return false;
			continue;
		case MUSTACHE_NAME:
		case MUSTACHE_RAW:
			return false;
		case MUSTACHE_PARENT:
		case MUSTACHE_PARENT_END:
			parents++;
			break;
		case MUSTACHE_BLOCK:
			blocks++;
			break;
		case MUSTACHE_BLOCK_END:
			blocks--;
			break;
		default:
			others++;
		}
		tags++;
	}
	return tags == 1 || (tags > 1 && !others && (parents || blocks));
}

static void line_alone(struct node *from, const struct node *end)
{
	struct str margin = from->kind == NODE_TEXT ? margin_of(from->text) : STR_NONE;
	for (struct node *n = from; n != end; n = n->next) {
		if (n->kind == NODE_TEXT) {
			n->text = STR_NONE;
			continue;
		}
		n->alone = true;
		n->ws = margin;
		margin = STR_NONE;
	}
}

/* Takes the margin off a line: to a block that is first, else to a LINE node before it. */
static void line_shared(struct arena *a, struct node **at)
{
	struct node *from = *at, *tag = from;
	struct str margin = STR_NONE;
	if (from->kind == NODE_TEXT) {
		margin = margin_of(from->text);
		from->text = str_sub(from->text, margin.n, SIZE_MAX);
		tag = from->text.n ? NULL : from->next;
	}
	if (tag && tag->kind == MUSTACHE_BLOCK) {
		tag->first = true;
		tag->ws = margin;
		return;
	}
	struct node *line = ARENA_NEW(a, struct node);
	line->kind = NODE_LINE;
	line->line = from->line;
	line->ws = margin;
	line->next = from;
	*at = line;
}

static void mark_lines(struct arena *a, struct node **at)
{
	while (*at) {
		struct node *from = *at, *last = from;
		while (last->next && !(last->kind == NODE_TEXT && last->text.p[last->text.n - 1] == '\n'))
			last = last->next;
		struct node *end = last->next;
		if (stands_alone(from, end))
			line_alone(from, end);
		else
			line_shared(a, at);
		at = &last->next;
	}
}

static bool shows_margin(const struct node *n)
{
	switch (n->kind) {
	case NODE_LINE:
		return !(n->next && n->next->kind == NODE_TEXT && is_blank(n->next->text));
	case MUSTACHE_BLOCK:
		return n->alone || n->first;
	case MUSTACHE_PARTIAL:
	case MUSTACHE_PARENT:
		return n->alone;
	default:
		return false;
	}
}

static bool has_body(const struct node *n)
{
	return n->kind == MUSTACHE_SECTION || n->kind == MUSTACHE_INVERTED;
}

static size_t same_prefix(struct str a, struct str b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* The margin that all lines of a block's content share; false when there are no lines. */
static bool common_margin(const struct node *n, bool any, struct str *out)
{
	for (; n; n = n->next) {
		if (has_body(n))
			any = common_margin(n->child, any, out);
		if (!shows_margin(n))
			continue;
		*out = any ? str_sub(*out, 0, same_prefix(*out, n->ws)) : n->ws;
		any = true;
	}
	return any;
}

static void take_margin(struct node *n, struct str margin)
{
	for (; n; n = n->next) {
		n->ws = str_sub(n->ws, same_prefix(n->ws, margin), SIZE_MAX);
		if (has_body(n))
			take_margin(n->child, margin);
	}
}

/* Moves the margin of a block's content to the block: content is kept without
 * it, and the place of expansion puts its own in front of each line. */
static void settle_block(struct node *block)
{
	if (block->alone) {
		struct str margin;
		if (common_margin(block->child, false, &margin))
			block->ws = margin;
	}
	if (block->alone || block->first)
		take_margin(block->child, block->ws);
}

static bool opens(int kind)
{
	return kind == MUSTACHE_SECTION || kind == MUSTACHE_INVERTED || kind == MUSTACHE_PARENT || kind == MUSTACHE_BLOCK;
}

static bool closes(int kind)
{
	return kind == MUSTACHE_SECTION_END || kind == MUSTACHE_PARENT_END || kind == MUSTACHE_BLOCK_END;
}

/* Hangs what stands between an opening and its closing tag below the former; *at is left at the closing tag. */
static struct node *grow(struct node **at)
{
	struct node *first = NULL, **tail = &first;
	while (*at && !closes((*at)->kind)) {
		struct node *n = *at;
		*at = n->next;
		n->next = NULL;
		if (opens(n->kind)) {
			n->child = grow(at);
			if (!*at)
				break; /* never: the tags were matched before */
			n->end_line = (*at)->line;
			*at = (*at)->next;
		}
		if (n->kind == MUSTACHE_BLOCK)
			settle_block(n);
		if (n->kind == NODE_COMMENT || (n->kind == NODE_TEXT && !n->text.n))
			continue;
		*tail = n;
		tail = &n->next;
	}
	return first;
}

const struct err *mustache_parse(struct arena *a, struct str name, struct str text, const struct mustache **out)
{
	struct node *nodes = NULL;
	struct mustache *m = ARENA_NEW(a, struct mustache);
	m->name = str_dup(a, name);
	TRY(mustache_lex(a, m->name, str_dup(a, text), &nodes));
	mark_lines(a, &nodes);
	m->nodes = grow(&nodes);
	*out = m;
	return NULL;
}

typedef const struct err *walk_fn(void *ctx, const struct mustache_seen *seen);

static enum mustache_tag end_of(int kind)
{
	return kind == MUSTACHE_PARENT ? MUSTACHE_PARENT_END : kind == MUSTACHE_BLOCK ? MUSTACHE_BLOCK_END : MUSTACHE_SECTION_END;
}

static const struct err *walk(const struct node *n, walk_fn *fn, void *ctx)
{
	for (; n; n = n->next) {
		if (n->kind >= NODE_TEXT)
			continue;
		TRY(fn(ctx, &(struct mustache_seen){(enum mustache_tag)n->kind, n->text, n->line}));
		if (!opens(n->kind))
			continue;
		TRY(walk(n->child, fn, ctx));
		TRY(fn(ctx, &(struct mustache_seen){end_of(n->kind), n->text, n->end_line}));
	}
	return NULL;
}

const struct err *mustache_walk(const struct mustache *m, walk_fn *fn, void *ctx)
{
	return walk(m->nodes, fn, ctx);
}

struct binding {
	bool (*text_of)(void *ctx, struct str name, struct str *out);
	void *ctx;
	struct sb out;
};

static const struct err *bind(struct binding *b, struct str name, struct str text, int depth)
{
	struct node *n = NULL;
	size_t done = 0;
	bool changed = false;
	if (depth > BIND_DEPTH)
		return ERR(b->out.a, ERR_INPUT, "template", "template %.*s: texts within texts, deeper than %d", STR_ARG(name),
			   BIND_DEPTH);
	TRY(mustache_lex(b->out.a, name, text, &n));
	for (; n; n = n->next) {
		struct str got = STR_NONE;
		changed = changed || n->kind == MUSTACHE_DELIMITERS;
		if (n->kind != MUSTACHE_NAME || !b->text_of(b->ctx, n->text, &got) || !got.p)
			continue;
		if (changed)
			return ERR(b->out.a, ERR_INPUT, "template", "template %.*s, line %d: text after a change of delimiters",
				   STR_ARG(name), n->line);
		sb_add(&b->out, str_sub(text, done, n->start - done));
		TRY(bind(b, n->text, got, depth + 1));
		done = n->end;
	}
	sb_add(&b->out, str_sub(text, done, SIZE_MAX));
	return NULL;
}

const struct err *mustache_bind(struct arena *a, struct str name, struct str text,
				bool (*text_of)(void *ctx, struct str name, struct str *out), void *ctx, struct str *out)
{
	struct binding b = {text_of, ctx, sb_new(a, BIND_MAX)};
	TRY(bind(&b, name, text, 0));
	if (b.out.over)
		return ERR(a, ERR_LIMIT, "template", "template %.*s grows past %d bytes", STR_ARG(name), BIND_MAX);
	*out = sb_str(&b.out);
	return NULL;
}
