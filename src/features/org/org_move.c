/* Moving subtrees, and the job by which rows follow them. */
#include "org_change.h"

#include "claim.h"
#include "event.h"
#include "feature.h"
#include "job.h"
#include "org_sql.h"
#include "org_words.h"

#include <string.h>

/* A chunk holds the one writer of SQLite for some 20 ms. A straggler that began before the move ends within a request's deadline. */
enum { CHUNK_ROWS = 300, CHUNK_EMPLOYERS = 40, CHUNKS_A_RUN = 2000 };
#define SETTLE_MS INT64_C(120000)

/* ---- the tree ------------------------------------------------------------------------ */

static const struct err *pass(struct db_tx *tx, struct env *e, struct id unit)
{
	return claim_pass(tx, e, "unit", str_fmt(db_arena(tx), "%lld", (long long)unit.v));
}

/* Rows below the root keep those of their ancestors that stand below it. */
static struct moving moving_of(const struct org_change *ch, const struct unit *was, const struct unit *now)
{
	const char *level = org_anchor(now).word;
	struct moving m = {
		.change_id = ch->id, .from_path = was->path, .to_path = now->path, .from_top = was->top_id, .from_mid = was->mid_id,
		.from_enterprise = was->enterprise_id, .to_top = now->top_id.v, .to_mid = now->mid_id.v, .to_enterprise = now->enterprise_id.v,
		.since = ch->backdated ? ch->effective_on : DAY(0),
	};
	if (strcmp(level, "top") == 0)
		m.to_mid = -1;
	if (!now->enterprise_id.v)
		m.to_enterprise = -1;
	return m;
}

static const struct err *rewrite_below(struct db_tx *tx, struct env *e, const struct moving *m)
{
	return db_exec(tx, &org_subtree_rewrite,
		       ARGS(ARG(e->city), ARG(m->to_path), arg_i64((int64_t)m->from_path.n + 1), ARG(m->to_top), ARG(m->to_mid),
			    ARG(m->to_enterprise), ARG(m->from_path), ARG(path_end(db_arena(tx), m->from_path))),
		       NULL);
}

static const struct err *follow_by_job(struct db_tx *tx, struct env *e, struct moving *m)
{
	TRY(moving_begin(tx, e, m));
	TRY(org_words_below_later(tx, e, m->to_path));
	return job_add(tx, e, "org.move", STR("move"), STR_NONE, INSTANT(0));
}

static const struct err *say(struct db_tx *tx, struct env *e, const struct org_change *ch, struct id unit, const char *act, const char *field,
			     struct id other)
{
	struct event ev = {.object_kind = "unit", .object_id = unit, .act = act, .unit_id = unit};
	event_plain(&ev, field, str_fmt(db_arena(tx), "%lld", (long long)other.v));
	event_plain(&ev, "change", str_fmt(db_arena(tx), "%lld", (long long)ch->id.v));
	return event_append(tx, e, &ev);
}

const struct err *org_move(struct db_tx *tx, struct env *e, const struct org_change *ch, struct unit *u, const struct unit *to)
{
	struct unit was = *u;
	TRY(pass(tx, e, u->id));
	TRY(pass(tx, e, to->id));
	org_derive(db_arena(tx), to, u);
	TRY(db_change(tx, &org_unit_replace,
		      ARGS(ARG(e->city), ARG(u->id), ARG(u->version), ARG(u->parent_id), ARG(u->path), ARG(u->top_id), ARG(u->mid_id),
			   ARG(u->enterprise_id))));
	u->version++;
	struct moving m = moving_of(ch, &was, u);
	TRY(rewrite_below(tx, e, &m));
	TRY(follow_by_job(tx, e, &m));
	return say(tx, e, ch, u->id, "move", "parent_id", to->id);
}

const struct err *org_merge(struct db_tx *tx, struct env *e, const struct org_change *ch, struct unit *u, const struct unit *to)
{
	struct moving m = moving_of(ch, u, to);
	m.from_unit = u->id;
	m.to_unit = to->id;
	TRY(pass(tx, e, u->id));
	TRY(pass(tx, e, to->id));
	TRY(rewrite_below(tx, e, &m));
	TRY(db_exec(tx, &org_children_rehang, ARGS(ARG(e->city), ARG(u->id), ARG(to->id)), NULL));
	TRY(db_change(tx, &org_unit_merge, ARGS(ARG(e->city), ARG(u->id), ARG(u->version), ARG(to->id))));
	TRY(db_exec(tx, &org_merged_before, ARGS(ARG(e->city), ARG(u->id), ARG(to->id)), NULL));
	u->version++;
	u->is_closed = true;
	u->merged_into = to->id;
	TRY(follow_by_job(tx, e, &m));
	TRY(say(tx, e, ch, u->id, "merge", "merged_into", to->id));
	return say(tx, e, ch, to->id, "take_over", "from", u->id);
}

/* ---- rows follow ------------------------------------------------------------------------ */

struct walk {
	struct movings all;
	struct moving m;
	struct str now;  /* where the subtree stands by all later moves */
	int64_t rows;    /* of a chunk */
	bool more;
};

struct employer_at {
	struct id id;
	struct str path;
};
static const struct shape employer_at_row[] = {SHAPE(struct employer_at, id, 0), SHAPE(struct employer_at, path, 0), SHAPE_END};

/* Employer by employer, so that the rows of a chunk are found at once however many there are in all. */
static const struct err *by_employers(struct db_tx *tx, struct env *e, struct walk *w, int64_t *left)
{
	struct arena *a = db_arena(tx);
	struct str after = w->m.at_path.n ? w->m.at_path : w->now;
	void *rows;
	size_t n;
	TRY(db_all(tx, &org_employers_on, ARGS(ARG(e->city), ARG(after), ARG(path_end(a, w->now)), arg_i64(CHUNK_EMPLOYERS)), employer_at_row,
		   sizeof(struct employer_at), &rows, &n));
	const struct employer_at *v = rows;
	for (size_t i = 0; i < n; i++) {
		int64_t done;
		TRY(moving_rewrite(tx, e, &w->m, "enterprise", v[i].id, *left, &done));
		*left -= done;
		if (*left <= 0)
			return NULL;
		w->m.at_path = v[i].path;
	}
	if (n < CHUNK_EMPLOYERS)
		w->m.at_path = path_end(a, w->now);
	return NULL;
}

/* Whatever is left of the subtree: rows of offices, and of employers that have moved on since. */
static const struct err *by_root(struct db_tx *tx, struct env *e, struct walk *w, int64_t left, int64_t *done)
{
	if (w->m.from_enterprise.v)
		return moving_rewrite(tx, e, &w->m, "enterprise", w->m.from_enterprise, left, done);
	if (w->m.from_mid.v)
		return moving_rewrite(tx, e, &w->m, "mid", w->m.from_mid, left, done);
	return moving_rewrite(tx, e, &w->m, "top", w->m.from_top, left, done);
}

static bool are_employers_done(const struct walk *w)
{
	return w->m.from_enterprise.v || (w->m.at_path.n && w->m.at_path.p[w->m.at_path.n - 1] == '~');
}

static bool is_last_of(const struct walk *w)
{
	for (size_t i = 0; i < w->all.n; i++) {
		const struct moving *m = &w->all.v[i];
		if (m->id.v != w->m.id.v && m->change_id.v == w->m.change_id.v && m->phase != MOVING_SETTLES)
			return false;
	}
	return true;
}

static const struct err *change_done(struct db_tx *tx, struct env *e, struct id change)
{
	struct org_change ch = {0};
	TRY(org_change_get(tx, e->city, change, &ch));
	return db_change(tx, &org_change_reach,
			 ARGS(ARG(e->city), ARG(ch.id), ARG(ch.version), ARG_CODE(org_change_states, ORG_DONE), ARG(ch.new_id), ARG(ch.refusal),
			      ARG(ch.begun_at), ARG(e->now), ARG(ch.ended_by)));
}

/* Once through: it settles, and is looked at a last time. */
static const struct err *next_phase(struct db_tx *tx, struct env *e, struct walk *w)
{
	if (w->m.phase == MOVING_SETTLES)
		return moving_end(tx, e, &w->m);
	if (w->m.phase == MOVING_ROWS && w->m.since.ymd) {
		w->m.phase = MOVING_FIGURES;
		return moving_reached(tx, e, &w->m);
	}
	w->m.phase = MOVING_SETTLES;
	w->m.at_path = STR_NONE;
	w->m.settle_at = INSTANT(e->now.ms + SETTLE_MS);
	TRY(moving_reached(tx, e, &w->m));
	return is_last_of(w) ? change_done(tx, e, w->m.change_id) : NULL;
}

static const struct err *count_anew(struct db_tx *tx, struct env *e, struct walk *w)
{
	bool more;
	TRY(moving_recount(tx, e, &w->m, &more));
	return more ? moving_reached(tx, e, &w->m) : next_phase(tx, e, w);
}

/* In the order in which they took effect: what has moved twice goes both ways. */
static bool choose(struct walk *w, struct instant now)
{
	for (size_t i = 0; i < w->all.n; i++) {
		w->m = w->all.v[i];
		if (w->m.phase != MOVING_SETTLES)
			return true;
	}
	for (size_t i = 0; i < w->all.n; i++) {
		w->m = w->all.v[i];
		if (w->m.settle_at.ms <= now.ms)
			return true;
	}
	return false;
}

static struct str where_now(struct arena *a, const struct walk *w)
{
	char buf[MOVING_PATH_MAX];
	size_t i = 0;
	while (i < w->all.n && w->all.v[i].id.v != w->m.id.v)
		i++;
	return str_dup(a, moving_path(&(struct movings){w->all.v + i, w->all.n - i}, w->m.from_path, buf));
}

static const struct err *step(struct db_tx *tx, struct env *e, void *ctx)
{
	struct walk *w = ctx;
	int64_t left = w->rows, done = 0;
	*w = (struct walk){.rows = w->rows};
	TRY(moving_load(tx, e->city, &w->all));
	if (!choose(w, e->now))
		return NULL;
	w->more = true;
	if (w->m.phase == MOVING_FIGURES)
		return count_anew(tx, e, w);
	w->now = where_now(db_arena(tx), w);
	if (!are_employers_done(w))
		TRY(by_employers(tx, e, w, &left));
	if (left > 0 && are_employers_done(w))
		TRY(by_root(tx, e, w, left, &done));
	else
		return moving_reached(tx, e, &w->m);
	return done ? moving_reached(tx, e, &w->m) : next_phase(tx, e, w);
}

const struct err *org_move_step(struct env *e, int64_t rows, bool *more)
{
	struct walk w = {.rows = rows};
	TRY(env_write_apart(e, step, &w));
	*more = w.more;
	return NULL;
}

static const struct err *again(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return job_add(tx, e, "org.move", STR("move"), STR_NONE, INSTANT(0));
}

const struct err *org_move_job(struct env *e, struct str payload)
{
	bool more = true;
	(void)payload;
	for (int i = 0; i < CHUNKS_A_RUN && more; i++)
		TRY(org_move_step(e, CHUNK_ROWS, &more));
	return more ? env_write(e, again, NULL) : NULL;
}

/* ---- check --------------------------------------------------------------------------------- */

enum { TOLD_MAX = 20 };

struct astray {
	struct employer_at *v;
	size_t n;
};

static const struct err *find_astray(struct db_tx *tx, struct env *e, void *ctx)
{
	struct astray *w = ctx;
	void *rows;
	TRY(db_all(tx, &org_tree_wrong, ARGS(ARG(e->city), arg_i64(0), arg_i64(TOLD_MAX)), employer_at_row, sizeof(struct employer_at), &rows,
		   &w->n));
	w->v = rows;
	return NULL;
}

const struct err *org_check(struct env *e, struct check_report *r)
{
	struct astray w = {0};
	TRY(env_read(e, find_astray, &w));
	for (size_t i = 0; i < w.n; i++)
		check_found(r, "unit %lld does not stand below its parent, or is open below a closed one", (long long)w.v[i].id.v);
	return NULL;
}
