/* Lets the stories happen, act by act in the order of time, through the same model functions as the server. */
#include "demo.h"

#include <unistd.h>

/* Acts in one transaction: few enough that the ids drawn in advance suffice for a second try. */
enum { ACTS_PER_WRITE = 8, ACTS_PER_LINE = 200 };

struct cue {
	struct demo_story *story;
	size_t step;
};

struct batch {
	struct demo *d;
	const struct cue *cues;
	size_t n;
};

static int by_time(const void *x, const void *y)
{
	const struct cue *a = x, *b = y;
	int64_t at = a->story->steps[a->step].at.ms, bt = b->story->steps[b->step].at.ms;
	if (at != bt)
		return at < bt ? -1 : 1;
	if (a->story != b->story)
		return a->story < b->story ? -1 : 1;
	return a->step < b->step ? -1 : a->step > b->step;
}

static const struct err *play_one(struct db_tx *tx, struct env *e, struct demo *d, const struct cue *c)
{
	struct demo_story *s = c->story;
	const struct demo_step *step = &s->steps[c->step];
	const struct hazard_photo *photo = step->photo ? &d->photos[step->photo - 1] : NULL;
	unsigned char code[16];
	if (c->step > 0)
		return hazard_act(tx, e, s->id, str_of(step->act), &step->in, photo, photo ? 1 : 0);
	env_random(e, code, sizeof(code));
	TRY(hazard_report(tx, e, &s->report, photo, photo ? 1 : 0, code, &s->made));
	s->id = s->made.id;
	return NULL;
}

static const struct err *play_some(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct batch *b = ctx;
	for (size_t i = 0; i < b->n; i++) {
		const struct demo_step *step = &b->cues[i].story->steps[b->cues[i].step];
		app_set_now(b->d->app, step->at);
		e->now = step->at;
		e->actor = step->by;
		TRY(play_one(tx, e, b->d, &b->cues[i]));
	}
	return NULL;
}

static const struct err *write_batch(struct demo *d, const struct cue *cues, size_t n)
{
	struct arena *a = arena_new(0);
	struct batch b = {d, cues, n};
	app_set_now(d->app, cues[0].story->steps[cues[0].step].at);
	struct env e = env_system(d->app, a, d->city);
	const struct err *bad = env_write(&e, play_some, &b);
	if (bad)
		bad = err_make(d->a, bad->kind, str_z(d->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

static void show_progress(size_t done, size_t all)
{
	if (done == all || done % ACTS_PER_LINE < ACTS_PER_WRITE)
		fprintf(stderr, "%sdemo: %zu of %zu acts%s", isatty(STDERR_FILENO) ? "\r" : "", done, all,
			isatty(STDERR_FILENO) && done != all ? "" : "\n");
}

const struct err *demo_play(struct demo *d)
{
	struct demo_story *stories = d->stories;
	size_t n = 0;
	struct cue *cues = ARENA_ARRAY(d->a, struct cue, d->n_hazards * DEMO_STEPS_MAX);
	for (size_t i = 0; i < d->n_hazards; i++)
		for (size_t k = 0; k < stories[i].n_steps; k++)
			cues[n++] = (struct cue){&stories[i], k};
	qsort(cues, n, sizeof(*cues), by_time);
	for (size_t i = 0; i < n; i += ACTS_PER_WRITE) {
		size_t part = n - i < ACTS_PER_WRITE ? n - i : ACTS_PER_WRITE;
		TRY(write_batch(d, cues + i, part));
		show_progress(i + part, n);
	}
	return NULL;
}
