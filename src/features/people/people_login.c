/* Accounts for people at their posts, made by who puts them there (NFR-6). */
#include "people_model.h"

#include "day.h"

#include <string.h>

const struct shape people_login_shape[] = {SHAPE_IN(struct people_login_input, login, ACCOUNT_LOGIN_MAX, SHAPE_REQUIRED), SHAPE_END};

struct entry_act {
	struct call *c;
	struct str hash, password;
	bool lock;
	struct outcome out;
};

/* Only of those whose duties are all the actor's to give: nobody gets hold of an account above the own post. */
static const struct err *begin(struct db_tx *tx, struct env *e, struct entry_act *w)
{
	struct duty_line *v;
	size_t n;
	struct person_at who;
	TRY(people_read(tx, e->city, w->c->target.id, &who));
	if (who.p.has_left)
		return ERR(e->a, ERR_CONFLICT, "has_left", "the person has left");
	TRY(account_duty_lines(tx, e->city, who.p.id, &v, &n));
	if (!people_all_yours(e->actor, instant_day(e->now), v, n))
		return ERR(e->a, ERR_DENIED, "not_yours_to_give", "the person holds a duty that is not yours to give");
	w->out.object = who.p.id;
	return NULL;
}

/* The same under the same key, so that a retry is told the same words. */
static const struct err *make_password(struct entry_act *w)
{
	unsigned char code[16];
	call_code16(w->c, "password", code);
	w->password = str_b32(w->c->a, code, 10);
	return account_hash(w->c->app, w->c->a, w->password, false, &w->hash);
}

static const struct err *show(struct entry_act *w)
{
	struct call *c = w->c;
	if (w->password.n)
		doc_str(c->doc, "password", w->password);
	return people_get_one(c);
}

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct entry_act *w = ctx;
	const struct people_login_input *in = w->c->input;
	TRY(begin(tx, e, w));
	return account_login_add(tx, e, w->out.object, in->login, w->hash, true);
}

const struct err *people_post_login(struct call *c)
{
	struct entry_act w = {.c = c};
	TRY(make_password(&w));
	TRY(call_write(c, add, &w, &w.out));
	c->status = 201;
	return show(&w);
}

static const struct err *reset(struct db_tx *tx, struct env *e, void *ctx)
{
	struct entry_act *w = ctx;
	TRY(begin(tx, e, w));
	return account_password_reset(tx, e, w->out.object, w->hash);
}

const struct err *people_post_password(struct call *c)
{
	struct entry_act w = {.c = c};
	TRY(make_password(&w));
	TRY(call_write(c, reset, &w, &w.out));
	c->status = 201;
	return show(&w);
}

static const struct err *set_lock(struct db_tx *tx, struct env *e, void *ctx)
{
	struct entry_act *w = ctx;
	TRY(begin(tx, e, w));
	return account_lock(tx, e, w->out.object, w->lock);
}

static const struct err *lock(struct call *c, bool is_locked)
{
	struct entry_act w = {.c = c, .lock = is_locked};
	TRY(call_write(c, set_lock, &w, &w.out));
	call_done(c, 200, str_fmt(c->a, "/people/%lld", (long long)c->target.id.v));
	return c->face == FACE_HTML ? NULL : show(&w);
}

const struct err *people_post_lock(struct call *c)
{
	return lock(c, true);
}

const struct err *people_post_unlock(struct call *c)
{
	return lock(c, false);
}
