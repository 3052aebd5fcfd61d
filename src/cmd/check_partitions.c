/* The proof that every statement of one city can be sent to the machine that holds the city (NFR-5). */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Any city: a plan asks for no rows. */
#define CITY INT64_C(371300)

enum { NAMES_BYTES = 4096 };

struct looking {
	struct app *app;
	struct arena *a;
	struct check_report *report;
	unsigned parts;
	int64_t alone, controls; /* statements that reach one part; that reach all without their city */
};

struct reach {
	struct db_reached *v;
	size_t n;
};

static size_t parts_of(const struct reach *r, const char *table)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += r->v[i].part >= 0 && strcmp(r->v[i].table, table) == 0;
	return n;
}

static const char *names(struct arena *a, const struct reach *r)
{
	struct sb b = sb_new(a, NAMES_BYTES);
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].part >= 0)
			sb_fmt(&b, " %s_%d", r->v[i].table, r->v[i].part);
	return str_z(a, sb_str(&b));
}

/* One part, and the same of every table: rows of one city lie together. */
static bool is_alone(const struct reach *r)
{
	int part = -1;
	for (size_t i = 0; i < r->n; i++) {
		if (part >= 0 && r->v[i].part >= 0 && r->v[i].part != part)
			return false;
		part = r->v[i].part >= 0 ? r->v[i].part : part;
	}
	return r->n > 0;
}

/* The same for a range of cities, which no hash narrows down; NULL when the statement does not look for its city. */
static const char *for_any_city(struct arena *a, const char *text)
{
	static const char one[] = "city_id = $1", any[] = "city_id >= $1";
	struct sb b = sb_new(a, strlen(text) * 2);
	bool found = false;
	while (*text) {
		const char *at = strstr(text, one);
		const char *end = at ? at + sizeof(one) - 1 : NULL;
		if (!at || (*end >= '0' && *end <= '9'))
			break;
		sb_add(&b, (struct str){text, (size_t)(at - text)});
		sb_addz(&b, any);
		text = end;
		found = true;
	}
	sb_addz(&b, text);
	return found ? str_z(a, sb_str(&b)) : NULL;
}

/* Were the look at the plan blind, every statement would seem to reach one part. */
static void check_control(struct looking *l, const struct sql *q)
{
	const char *text = for_any_city(l->a, q->text_pg ? q->text_pg : q->text);
	if (!text)
		return;
	struct sql any = *q;
	struct reach r;
	any.text = any.text_pg = text;
	const struct err *e = db_reach(app_db(l->app), l->a, &any, CITY, &r.v, &r.n);
	if (e) {
		check_found(l->report, "partitions: %s without its city: %.*s", q->name, STR_ARG(e->detail));
		return;
	}
	size_t most = 0;
	bool in_parts = false;
	for (size_t i = 0; i < r.n; i++) {
		size_t n = parts_of(&r, r.v[i].table);
		most = n > most ? n : most;
		in_parts |= r.v[i].part >= 0;
	}
	if (in_parts && most < l->parts)
		check_found(l->report, "partitions: %s reaches %zu of %u parts without its city:%s", q->name, most, l->parts, names(l->a, &r));
	l->controls += in_parts && most == l->parts;
}

static void check_one(struct looking *l, const struct sql *q)
{
	struct arena_mark mark = arena_mark(l->a);
	struct reach r;
	if (q->scope != SQL_CITY)
		return;
	const struct err *e = db_reach(app_db(l->app), l->a, q, CITY, &r.v, &r.n);
	if (e)
		check_found(l->report, "partitions: %s (%s:%d): %.*s", q->name, q->file, q->line, STR_ARG(e->detail));
	else if (!is_alone(&r))
		check_found(l->report, "partitions: %s (%s:%d) reaches more than its city's part:%s", q->name, q->file, q->line,
			    r.n ? names(l->a, &r) : " no table at all in its plan");
	else
		l->alone++;
	if (!e)
		check_control(l, q);
	arena_rewind(l->a, mark);
}

static void check_feature(struct looking *l, const struct feature *f)
{
	for (const struct sql *const *q = f->stmts; q && *q; q++)
		check_one(l, *q);
	for (const struct sql_list *const *list = f->lists; list && *list; list++) {
		unsigned n = (*list)->n_anchors * (*list)->n_sorts * ((*list)->n_filters + 1);
		for (unsigned i = 0; i < n; i++)
			check_one(l, &(*list)->stmts[i]);
	}
}

void check_partitions(struct app *app, struct arena *a, struct check_report *r)
{
	struct looking l = {.app = app, .a = a, .report = r, .parts = db_partitions(app_db(app))};
	if (!l.parts)
		return;
	const struct feature *const *features = app_features(app);
	for (size_t i = 0; features[i]; i++)
		check_feature(&l, features[i]);
	if (!l.controls)
		check_found(r, "partitions: no statement reaches more than one part without its city: the plans say nothing");
	printf("partitions: %u; %" PRId64 " statements of one city reach its part alone, %" PRId64 " of them all parts without it\n",
	       l.parts, l.alone, l.controls);
}
