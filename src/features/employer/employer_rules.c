#include "employer_rules.h"

#include "employer_res.h"
#include "tsv.h"

#include <string.h>

/* ---- industry codes ---------------------------------------------------------------- */

/* The sections of GB/T 4754-2017 by their last division. */
static char section_of(struct str digits)
{
	static const struct { int last; char section; } sections[] = {
		{5, 'A'}, {12, 'B'}, {43, 'C'}, {46, 'D'}, {50, 'E'}, {52, 'F'}, {60, 'G'}, {62, 'H'}, {65, 'I'}, {69, 'J'},
		{70, 'K'}, {72, 'L'}, {75, 'M'}, {79, 'N'}, {82, 'O'}, {83, 'P'}, {85, 'Q'}, {90, 'R'}, {96, 'S'}, {97, 'T'}};
	int division = digits.n < 2 ? 0 : (digits.p[0] - '0') * 10 + digits.p[1] - '0';
	for (size_t i = 0; division > 0 && i < sizeof(sections) / sizeof(sections[0]); i++)
		if (division <= sections[i].last)
			return sections[i].section;
	return 0;
}

static bool is_letter(struct str s)
{
	return s.n && s.p[0] >= 'A' && s.p[0] <= 'Z';
}

/* "C2614", "2614", "C": the section, and the digits without it. */
static char take_section(struct str *code)
{
	char section = is_letter(*code) ? code->p[0] : 0;
	if (section)
		*code = str_sub(*code, 1, SIZE_MAX);
	for (size_t i = 0; i < code->n; i++)
		if (code->p[i] < '0' || code->p[i] > '9')
			return 0;
	return code->n >= 2 ? section_of(*code) : section;
}

enum fit { FIT_NOT, FIT_MAYBE /* the code is too short to tell */, FIT };

static enum fit fit_one(struct str row, char section, struct str digits)
{
	if (is_letter(row))
		return row.p[0] == section ? FIT : FIT_NOT;
	if (digits.n < 2)
		return section_of(row) == section ? FIT_MAYBE : FIT_NOT;
	if (str_has_prefix(digits, row))
		return FIT;
	return str_has_prefix(row, digits) ? FIT_MAYBE : FIT_NOT;
}

/* A row's codes, commas between them. */
static enum fit fit_row(struct str codes, char section, struct str digits)
{
	enum fit best = FIT_NOT;
	while (codes.n) {
		enum fit f = fit_one(str_cut(&codes, ','), section, digits);
		best = f > best ? f : best;
	}
	return best;
}

/* Sections and divisions that the rule of 2017 does not speak of. */
static bool is_outside(char section, struct str digits)
{
	return strchr("JPST", section) || str_has_prefix(digits, STR("53")) || str_has_prefix(digits, STR("84"));
}

/* ---- size ---------------------------------------------------------------------------- */

#define FEN_PER_WAN INT64_C(1000000)

/* 4 large to 1 micro; 0 when the row asks nothing of the dimension. */
static int level(const struct tsv *t, char dimension, int64_t value, int64_t unit)
{
	static const char *const classes[] = {"large", "medium", "small"};
	char column[16];
	int64_t floor;
	for (int i = 0; i < 3; i++) {
		snprintf(column, sizeof(column), "%c_%s", dimension, classes[i]);
		if (!str_i64(tsv_get(t, column), 0, INT64_MAX / unit, &floor))
			return 0;
		if (value >= floor * unit)
			return 4 - i;
	}
	return 1;
}

static void measure(const struct tsv *t, struct size_found *f, int at, char dimension, struct opt_i64 v, int64_t unit)
{
	if (!level(t, dimension, 0, unit))
		return;
	f->asks |= 1u << at;
	if (v.is)
		f->by[at] = (uint32_t)(5 - level(t, dimension, v.v, unit));
	else
		f->missing |= 1u << at;
}

/* A class needs all of its floors; for micro one that is not reached is enough. */
static void conclude(struct size_found *f)
{
	uint32_t lowest = 0;
	for (int i = 0; i < 3; i++)
		lowest = f->by[i] > lowest ? f->by[i] : lowest;
	if (!f->missing || lowest == 4)
		f->size = lowest;
	else
		f->why = "missing";
}

/* The row of an industry; the last is for all that is listed nowhere else. */
static enum fit find_row(struct tsv *t, char section, struct str digits)
{
	enum fit maybe = FIT_NOT;
	while (tsv_next(t)) {
		struct str codes = tsv_get(t, "gbt4754_2017");
		enum fit f = fit_row(codes, section, digits);
		if (f == FIT || (!codes.n && maybe == FIT_NOT))
			return FIT;
		maybe = f > maybe ? f : maybe;
	}
	return maybe;
}

struct size_found employer_size_of(struct arena *a, struct str industry, struct opt_i64 staff, struct opt_fen turnover, struct opt_fen assets)
{
	struct size_found f = {0};
	struct str digits = industry;
	char section = take_section(&digits);
	struct tsv t = tsv_open(employer_resources, "data/enterprise_size.tsv");
	if (!section)
		f.why = "no_industry";
	else if (is_outside(section, digits))
		f.why = "outside";
	else if (find_row(&t, section, digits) != FIT)
		f.why = "industry_too_short";
	if (f.why)
		return f;
	f.row = str_dup(a, tsv_get(&t, "code"));
	f.row_name = str_dup(a, tsv_get(&t, "name"));
	measure(&t, &f, 0, 'x', staff, 1);
	measure(&t, &f, 1, 'y', (struct opt_i64){turnover.is, turnover.v}, FEN_PER_WAN);
	measure(&t, &f, 2, 'z', (struct opt_i64){assets.is, assets.v}, FEN_PER_WAN);
	conclude(&f);
	return f;
}

/* ---- high risk, labour, owner ----------------------------------------------------------- */

static void take_risk(struct risk_found *f, const struct tsv *t, bool core)
{
	if (f->is_high || (f->depends && !core))
		return;
	f->is_high = core;
	f->depends = !core;
	f->industry = tsv_get(t, "industry");
	f->name_zh = tsv_get(t, "industry_zh");
	f->name_en = tsv_get(t, "industry_en");
	f->condition_zh = tsv_get(t, "condition_zh");
}

struct risk_found employer_risk_of(struct str industry)
{
	struct risk_found f = {0};
	char section = take_section(&industry);
	struct tsv t = tsv_open(employer_resources, "data/high_risk_industries.tsv");
	while (section && industry.n && tsv_next(&t))
		if (str_has_prefix(industry, tsv_get(&t, "gbt4754_2017")))
			take_risk(&f, &t, str_is(tsv_get(&t, "use"), "core"));
	if (f.is_high)
		f.depends = false;
	return f;
}

uint32_t employer_labour_of(struct str industry, struct opt_i64 staff)
{
	char section = take_section(&industry);
	struct tsv t = tsv_open(employer_resources, "data/labour_intensive.tsv");
	if (!section || industry.n < 2)
		return 0;
	while (tsv_next(&t))
		if (str_has_prefix(industry, tsv_get(&t, "gbt4754_2017")))
			return !staff.is ? 0 : staff.v >= LABOUR_HEADS ? SAID_YES : SAID_NO;
	return SAID_NO;
}

uint32_t employer_non_public_of(uint32_t ownership)
{
	switch (ownership) {
	case OWNED_PRIVATELY:
	case OWNED_HMT:
	case OWNED_ABROAD:
		return SAID_YES;
	case OWNED_BY_STATE:
	case OWNED_COLLECTIVELY:
		return SAID_NO;
	default:
		return 0;
	}
}

struct opt_i64 employer_staff(const struct employer *p, const struct unit *u)
{
	if (p->own_staff.is)
		return (struct opt_i64){true, p->own_staff.v + (p->dispatched.is ? p->dispatched.v : 0)};
	return (struct opt_i64){u->headcount > 0, u->headcount};
}
