#include "hazard_lint.h"

#include "hazard_res.h"
#include "tsv.h"

#include <string.h>

/* ---- words ---------------------------------------------------------------------- */

/* The codes a text can get, in the order in which a text without substance gets its own: data/lint_phrases.tsv names them. */
static const char *const rules[] = {"filler", "vague_nothing", "vague_told", "vague_careful", "vague_train", "vague_soon", "vague_manage"};
enum { N_RULES = sizeof(rules) / sizeof(rules[0]), PHRASES_MAX = 320, SHORT_WEIGHT = 8 };

struct phrase {
	struct str words;
	unsigned rule;
	bool doubtful; /* also where the rest of the text says something */
};

static unsigned rule_of(struct str word)
{
	unsigned i = 0;
	while (i < N_RULES && !str_is(word, rules[i]))
		i++;
	return i < N_RULES ? i : 0;
}

static size_t load_phrases(struct phrase *v)
{
	size_t n = 0;
	struct tsv t = tsv_open(hazard_resources, "data/lint_phrases.tsv");
	while (n < PHRASES_MAX && tsv_next(&t))
		v[n++] = (struct phrase){tsv_get(&t, "phrase"), rule_of(tsv_get(&t, "rule")), str_is(tsv_get(&t, "doubtful"), "1")};
	return n;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static struct str lower(struct arena *a, struct str text)
{
	struct sb b = sb_new(a, text.n + 1);
	for (size_t i = 0; i < text.n; i++)
		sb_addc(&b, text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 32) : text.p[i]);
	return sb_str(&b);
}

/* English words are whole words. */
static bool stands_at(struct str text, size_t at, struct str words)
{
	if (!words.n || at + words.n > text.n || memcmp(text.p + at, words.p, words.n) != 0)
		return false;
	if (!is_word(words.p[0]))
		return true;
	bool starts = at == 0 || !is_word(text.p[at - 1]), ends = at + words.n == text.n || !is_word(text.p[at + words.n]);
	return starts && ends;
}

static const struct phrase *longest_at(const struct phrase *v, size_t n, struct str text, size_t at)
{
	const struct phrase *best = NULL;
	for (size_t i = 0; i < n; i++)
		if ((!best || v[i].words.n > best->words.n) && stands_at(text, at, v[i].words))
			best = &v[i];
	return best;
}

/* Bytes of the code point at a place. */
static size_t point_bytes(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* How much a code point says: a Chinese character as much as some letters; punctuation and blanks nothing. */
static size_t weight_of(struct str text, size_t at)
{
	unsigned char c = (unsigned char)text.p[at];
	if (c < 0x80)
		return is_word(text.p[at]) ? 1 : 0;
	bool is_han = c >= 0xE3 && c <= 0xE9 && !(c == 0xE3 && (unsigned char)text.p[at + 1] == 0x80);
	return is_han || c >= 0xF0 ? 3 : 0;
}

struct reading {
	unsigned first, doubtful; /* rules; 0: none */
	size_t weight, all;       /* without the phrases, and with them */
};

static struct reading read_text(struct arena *a, struct str raw)
{
	enum { ENOUGH = 4 };
	struct phrase *v = ARENA_ARRAY(a, struct phrase, PHRASES_MAX);
	struct reading r = {0};
	size_t n = load_phrases(v), at = 0;
	struct str text = lower(a, raw);
	while (at < text.n) {
		const struct phrase *p = longest_at(v, n, text, at);
		size_t end = at + (p ? p->words.n : point_bytes((unsigned char)text.p[at]));
		if (p && p->rule > r.first)
			r.first = p->rule;
		if (p && p->doubtful && !r.doubtful)
			r.doubtful = p->rule;
		for (; at < end && at < text.n; at += point_bytes((unsigned char)text.p[at])) {
			r.weight += p ? 0 : weight_of(text, at);
			r.all += weight_of(text, at);
		}
	}
	r.weight = r.weight < ENOUGH ? 0 : r.weight;
	return r;
}

struct lint_text hazard_lint_text(struct arena *a, struct str text)
{
	struct reading r = read_text(a, text);
	bool has = r.weight > 0;
	unsigned rule = has ? r.doubtful : r.first ? r.first : 1;
	return (struct lint_text){rule ? rules[rule] : "", has};
}

/* ---- rules ------------------------------------------------------------------------ */

struct linting {
	struct arena *a;
	const struct lint_elements *e;
	struct lint_finding *out;
	size_t n;
};

static void find(struct linting *l, const char *field, const char *code, bool firm)
{
	if (l->n < LINT_MAX)
		l->out[l->n++] = (struct lint_finding){field, code, firm};
}

static void lint_measures(struct linting *l)
{
	struct str text = str_trim(l->e->measures);
	if (!text.n)
		return;
	struct lint_text t = hazard_lint_text(l->a, text);
	if (t.rule[0])
		find(l, "measures", t.rule, !t.has_substance);
	else if (read_text(l->a, text).all < SHORT_WEIGHT)
		find(l, "measures", "measures_short", false);
}

static void lint_deadline(struct linting *l)
{
	if (l->e->deadline.ymd && !l->e->responsible_id.v)
		find(l, "responsible_id", "deadline_without_person", true);
}

static void lint_funds(struct linting *l)
{
	const struct lint_elements *e = l->e;
	bool costs = e->funds_fen.is && e->funds_fen.v > 0, has_source = str_trim(e->funds_source).n > 0;
	if (costs && !has_source)
		find(l, "funds_source", "funds_without_source", false);
	if (e->major && e->funds_fen.is && !costs)
		find(l, "funds_fen", "major_without_funds", false);
}

static void lint_plan(struct linting *l)
{
	const struct lint_elements *e = l->e;
	struct str plan = str_trim(e->emergency_plan);
	if (e->major && (e->emergency_plan_not_needed || !plan.n))
		find(l, "emergency_plan", "major_needs_plan", true);
	else if (plan.n && !hazard_lint_text(l->a, plan).has_substance)
		find(l, "emergency_plan", "plan_is_empty", e->major);
	else if (!plan.n && e->emergency_plan_not_needed && e->danger)
		find(l, "emergency_plan", "danger_without_plan", false);
}

size_t hazard_lint(struct arena *a, const struct lint_elements *e, struct lint_finding out[static LINT_MAX])
{
	static void (*const checks[])(struct linting *) = {lint_deadline, lint_measures, lint_funds, lint_plan};
	struct linting l = {.a = a, .e = e, .out = out};
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](&l);
	return l.n;
}

struct lint_elements lint_of_hazard(const struct hazard *h)
{
	return (struct lint_elements){
		.major = h->level == HAZARD_MAJOR, .danger = h->danger, .responsible_id = h->responsible_id, .measures = h->measures,
		.funds_source = h->funds_source, .emergency_plan = h->emergency_plan, .funds_fen = h->funds_fen, .deadline = h->deadline,
		.emergency_plan_not_needed = h->emergency_plan_not_needed,
	};
}

struct lint_elements lint_of_input(const struct hazard *h, const struct hazard_input *in)
{
	return (struct lint_elements){
		.major = h->level == HAZARD_MAJOR, .danger = h->danger, .responsible_id = in->responsible_id, .measures = in->measures,
		.funds_source = in->funds_source, .emergency_plan = in->emergency_plan, .funds_fen = in->funds_fen,
		.deadline = in->deadline, .emergency_plan_not_needed = in->emergency_plan_not_needed,
	};
}
