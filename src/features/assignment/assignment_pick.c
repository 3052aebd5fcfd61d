/* Employers chosen for an assignment: by what was pasted, or by what they are. */
#include "assignment_model.h"

#include "assignment_sql.h"
#include "org_sort.h"

#include <ctype.h>
#include <string.h>

static const char *const pick_words[] = {"", "found", "twice", "ambiguous", "unknown", "closed", "taken", NULL};
const struct codes pick_kinds = {"pick", pick_words};

enum { CHOICES_MAX = 5, PARTS_MAX = 100, PART_MIN = 6 /* bytes: two characters */ };

#define U struct unit
static const struct shape short_row[] = {SHAPE(U, id, 0), SHAPE(U, path, 0), SHAPE(U, name, 0), SHAPE(U, is_closed, 0), SHAPE_END};
static const struct shape plain_row[] = {SHAPE(U, id, 0), SHAPE(U, path, 0), SHAPE(U, name, 0), SHAPE(U, is_closed, 0), SHAPE(U, industry, 0),
					 SHAPE_CODE(U, size, &employer_sizes), SHAPE(U, high_risk, 0), SHAPE(U, non_public, 0),
					 SHAPE(U, headcount, 0), SHAPE_END};
#undef U

struct picking {
	struct db_tx *tx;
	int64_t city;
	const struct unit *scope;
	struct day today;
	struct pick *v;
	size_t n;
};

static bool is_here(const struct picking *k, const struct unit *u)
{
	return str_has_prefix(u->path, k->scope->path);
}

/* A row that is gone after the call, as it is kept. */
static struct unit keep_unit(struct arena *a, const struct unit *u)
{
	struct unit kept = *u;
	kept.name = str_dup(a, u->name);
	kept.path = str_dup(a, u->path);
	return kept;
}

static void take_unit(struct pick *p, struct unit u)
{
	p->unit = u;
	p->kind = u.is_closed ? PICK_CLOSED : PICK_FOUND;
}

/* Only what is kept takes memory: a line may fit every employer of a city. */
static void take_several(struct arena *a, struct pick *p, const struct unit *u)
{
	if (p->kind == PICK_FOUND || p->kind == PICK_CLOSED) {
		p->choices = ARENA_ARRAY(a, struct unit, CHOICES_MAX);
		p->choices[p->n_choices++] = p->unit;
		p->kind = PICK_AMBIGUOUS;
		p->unit = (struct unit){0};
	}
	if (p->kind == PICK_AMBIGUOUS) {
		if (p->n_choices < CHOICES_MAX)
			p->choices[p->n_choices++] = keep_unit(a, u);
		return;
	}
	take_unit(p, keep_unit(a, u));
}

/* ---- by code, by whole name ------------------------------------------------------------- */

static bool looks_like_code(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]))
			return false;
	return s.n == 18;
}

static struct str upper(struct arena *a, struct str s)
{
	char *p = arena_copy(a, s.p, s.n);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)toupper((unsigned char)p[i]);
	return (struct str){p, s.n};
}

static const struct err *by_code(struct picking *k, struct pick *p)
{
	struct unit u = {0};
	bool found;
	TRY(db_find(k->tx, &assignment_employer_with_uscc, ARGS(ARG(k->city), arg_str(upper(db_arena(k->tx), p->line))), short_row, &u, &found));
	if (found && is_here(k, &u))
		take_unit(p, u);
	return NULL;
}

static const struct err *by_name(struct picking *k, struct pick *p)
{
	void *rows;
	size_t n;
	struct str key;
	TRY(org_sort_key(db_arena(k->tx), p->line, &key));
	TRY(db_all(k->tx, &assignment_employers_by_name, ARGS(ARG(k->city), ARG(key), ARG(p->line)), short_row, sizeof(struct unit), &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (is_here(k, (struct unit *)rows + i))
			take_several(db_arena(k->tx), p, (struct unit *)rows + i);
	return NULL;
}

/* ---- by a part of the name: one walk for all lines that are left ----------------------------- */

struct parts {
	struct picking *k;
	struct arena *a;
	struct pick *open[PARTS_MAX];
	size_t n;
};

static const struct err *try_name(void *ctx, const void *row)
{
	struct parts *s = ctx;
	const struct unit *u = row;
	for (size_t i = 0; i < s->n; i++) {
		struct pick *p = s->open[i];
		if (memmem(u->name.p, u->name.n, p->line.p, p->line.n))
			take_several(s->a, p, u);
	}
	return NULL;
}

static const struct err *by_parts(struct picking *k, struct arena *a)
{
	struct parts s = {.k = k, .a = a};
	for (size_t i = 0; i < k->n && s.n < PARTS_MAX; i++)
		if (k->v[i].kind == PICK_UNKNOWN && k->v[i].line.n >= PART_MIN)
			s.open[s.n++] = &k->v[i];
	if (!s.n)
		return NULL;
	return db_each(k->tx, &assignment_employer_names_below,
		       ARGS(ARG(k->city), ARG(k->scope->path), arg_str(path_end(db_arena(k->tx), k->scope->path))), short_row, sizeof(struct unit),
		       try_name, &s);
}

/* ---- together ------------------------------------------------------------------------------------ */

static const struct err *mark_taken(struct picking *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct pick *p = &k->v[i];
		if (p->kind != PICK_FOUND)
			continue;
		for (size_t j = 0; j < i && p->kind == PICK_FOUND; j++)
			if (k->v[j].unit.id.v == p->unit.id.v)
				p->kind = PICK_TWICE;
		if (p->kind != PICK_FOUND)
			continue;
		TRY(assignment_names(k->tx, k->city, p->unit.id, k->today, &p->cadres));
		if (p->cadres.n)
			p->kind = PICK_TAKEN;
	}
	return NULL;
}

/* A line may come from a numbered list or a chat: "3、name". */
static struct str plain_line(struct str s)
{
	s = str_trim(s);
	size_t i = 0;
	while (i < s.n && isdigit((unsigned char)s.p[i]))
		i++;
	struct str rest = str_sub(s, i, SIZE_MAX);
	static const struct str marks[] = {STR("、"), STR("．"), STR(". "), STR(") "), STR("）"), STR(" ")};
	for (size_t m = 0; i && i < 5 && m < sizeof(marks) / sizeof(marks[0]); m++)
		if (str_has_prefix(rest, marks[m]))
			return str_trim(str_sub(rest, marks[m].n, SIZE_MAX));
	return s;
}

static const struct err *cut_lines(struct arena *a, struct str text, struct pick **out, size_t *n)
{
	struct pick *v = ARENA_ARRAY(a, struct pick, PICK_LINES_MAX);
	*n = 0;
	while (text.n) {
		struct str line = plain_line(str_cut(&text, '\n'));
		if (!line.n)
			continue;
		if (*n == PICK_LINES_MAX)
			return err_on_field(a, "text", "too_many_lines", "at most 500 lines at once");
		v[(*n)++] = (struct pick){.line = line, .kind = PICK_UNKNOWN};
	}
	*out = v;
	return NULL;
}

const struct err *pick_lines(struct db_tx *tx, int64_t city, const struct unit *scope, struct day today, struct str text, struct pick **out, size_t *n)
{
	struct picking k = {.tx = tx, .city = city, .scope = scope, .today = today};
	TRY(cut_lines(db_arena(tx), text, &k.v, &k.n));
	for (size_t i = 0; i < k.n; i++)
		TRY(looks_like_code(k.v[i].line) ? by_code(&k, &k.v[i]) : by_name(&k, &k.v[i]));
	/* db_each gives back what its callback takes from the transaction's memory. */
	struct arena *own = arena_new((size_t)4 * 1024 * 1024);
	const struct err *bad = by_parts(&k, own);
	for (size_t i = 0; !bad && i < k.n; i++) {
		struct pick *p = &k.v[i];
		p->unit.name = str_dup(db_arena(tx), p->unit.name);
		p->unit.path = str_dup(db_arena(tx), p->unit.path);
		struct unit *choices = ARENA_ARRAY(db_arena(tx), struct unit, CHOICES_MAX);
		for (size_t c = 0; c < p->n_choices; c++) {
			choices[c] = p->choices[c];
			choices[c].name = str_dup(db_arena(tx), p->choices[c].name);
			choices[c].path = str_dup(db_arena(tx), p->choices[c].path);
		}
		p->choices = choices;
	}
	arena_free(own);
	TRY(bad);
	*out = k.v;
	*n = k.n;
	return mark_taken(&k);
}

const struct err *pick_where(struct db_tx *tx, int64_t city, const struct unit *scope, struct day today, const struct pick_filter *f,
			     struct pick **out, size_t *n)
{
	struct arena *a = db_arena(tx);
	struct picking k = {.tx = tx, .city = city, .scope = scope, .today = today};
	void *rows;
	struct str above = str_fmt(a, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(f->industry));
	TRY(db_all(tx, &assignment_employers_below,
		   ARGS(ARG(city), ARG(scope->path), arg_str(path_end(a, scope->path)), ARG(f->industry), ARG(above), ARG(f->size), ARG(f->high_risk),
			ARG(f->q), ARG(f->without), ARG_DAY(today), arg_i64(ASSIGNMENT_AT_ONCE + 1)),
		   plain_row, sizeof(struct unit), &rows, &k.n));
	if (k.n > ASSIGNMENT_AT_ONCE)
		return err_on_field(a, "q", "too_many_found", "more than 500: narrow it down by township, industry or size");
	k.v = ARENA_ARRAY(a, struct pick, k.n + 1);
	for (size_t i = 0; i < k.n; i++) {
		k.v[i].unit = ((struct unit *)rows)[i];
		k.v[i].line = k.v[i].unit.name;
		k.v[i].kind = PICK_FOUND;
	}
	*out = k.v;
	*n = k.n;
	return mark_taken(&k);
}
