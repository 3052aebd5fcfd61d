/* How somebody wants to be reached. */
#include "notice_mail.h"

#include "account.h"
#include "day.h"
#include "notice_sql.h"
#include "parts.h"
#include "setting.h"

#include <sodium.h>

enum { CODE_TRIES = 5, CODE_MINUTES = 30, CODES_AN_HOUR = 5, NONCE_BYTES = 16 };
#define MINUTE_MS INT64_C(60000)

#define T struct profile
const struct shape profile_row[] = {
	SHAPE(T, email, 0), SHAPE(T, verified_at, 0), SHAPE_BLOB(T, code_hash), SHAPE(T, code_until, 0), SHAPE(T, code_tries, 0),
	SHAPE(T, digest_hour, 0), SHAPE(T, lang, 0), SHAPE(T, by_mail, 0), SHAPE(T, has_digest, 0), SHAPE(T, version, 0), SHAPE_END};
#undef T

static const char *const lang_words[] = {"", "zh-CN", "en", NULL};
static const struct codes mail_langs = {"mail_lang", lang_words};

#define T struct profile_input
const struct shape profile_input_shape[] = {
	SHAPE(T, topics, 0), SHAPE(T, digest_hour, 23), SHAPE_CODE(T, lang, &mail_langs), SHAPE(T, has_digest, 0), SHAPE_END};
#undef T
const struct shape profile_email_shape[] = {SHAPE(struct profile_email, email, MAIL_ADDRESS_MAX), SHAPE_END};
const struct shape profile_confirm_shape[] = {SHAPE_IN(struct profile_confirm, code, 12, SHAPE_REQUIRED | SHAPE_SECRET), SHAPE_END};
#define T struct mail_row
const struct shape profile_mail_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, channel, 0), SHAPE_CODE(T, purpose, &mail_purposes), SHAPE_CODE(T, state, &mail_states), SHAPE(T, n, 0),
	SHAPE(T, made_at, 0), SHAPE(T, sent_at, 0), SHAPE_END};
#undef T

static const struct doc_part topic_parts[] = {DOC_NAME("value"), DOC_NAME("label"), DOC_NAME("checked"), DOC_NAME("fixed"), DOC_END};
const struct doc_part profile_doc[] = {
	DOC_NAME("email"), DOC_NAME("is_verified"), DOC_NAME("is_waiting"), DOC_NAME("digest_hour"), DOC_NAME("lang"), DOC_NAME("has_digest"),
	DOC_ROWS("topics", topic_parts), DOC_NAME("is_ready"), DOC_NAME("has_mails"), DOC_NAME("usual_hour"),
	DOC_ROWS_OF("mails", profile_mail_shape, NULL), DOC_ROWS("email_fields", field_parts), DOC_ROWS("code_fields", field_parts),
	DOC_ROWS("fields", field_parts), DOC_END};

/* ---- rows ---------------------------------------------------------------------------- */

const struct err *profile_read(struct db_tx *tx, int64_t city, struct id person, struct profile *out)
{
	bool found;
	*out = (struct profile){.by_mail = STR("task due late risen answer"), .lang = STR("zh-CN"), .digest_hour = -1, .has_digest = true};
	return db_find(tx, &notice_profile_of, ARGS(ARG(city), ARG(person)), profile_row, out, &found);
}

const struct err *profile_write(struct db_tx *tx, struct env *e, struct id person, const struct profile *p)
{
	if (!p->version)
		return db_exec(tx, &notice_profile_insert,
			       ARGS(ARG(e->city), ARG(person), ARG(p->email), ARG(p->verified_at), arg_blob(p->code_hash), ARG(p->code_until),
				    ARG(p->code_tries), ARG(p->digest_hour), ARG(p->lang), ARG(p->by_mail), ARG(p->has_digest)),
			       NULL);
	return db_change(tx, &notice_profile_update,
			 ARGS(ARG(e->city), ARG(person), ARG(p->version), ARG(p->email), ARG(p->verified_at), arg_blob(p->code_hash), ARG(p->code_until),
			      ARG(p->code_tries), ARG(p->digest_hour), ARG(p->lang), ARG(p->by_mail), ARG(p->has_digest)));
}

bool profile_wants(const struct profile *p, uint32_t topic)
{
	struct str rest = p->by_mail;
	if (topic == NOTICE_DANGER)
		return true;
	while (rest.n)
		if (str_is(str_cut(&rest, ' '), codes_word(&notice_topics, topic)))
			return true;
	return false;
}

struct str profile_code(struct app *app, struct arena *a, int64_t city, struct id person, const struct profile *p)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct str of = str_fmt(a, "mail code %lld %lld %.*s %.*s", (long long)city, (long long)person.v, STR_ARG(p->email),
				STR_ARG(str_hex(a, p->code_hash.p, p->code_hash.n)));
	crypto_auth_hmacsha256(mac, (const unsigned char *)of.p, of.n, app_secret(app));
	uint32_t n = (uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 | mac[3];
	return str_fmt(a, "%06u", n % 1000000u);
}

/* ---- the page -------------------------------------------------------------------------- */

struct look {
	struct profile p;
	struct mail_row *mails;
	size_t n;
};

static const struct err *read_look(struct db_tx *tx, struct env *e, void *ctx)
{
	struct look *l = ctx;
	void *rows;
	TRY(profile_read(tx, e->city, e->actor->person_id, &l->p));
	TRY(db_all(tx, &notice_mails_of, ARGS(ARG(e->city), ARG(e->actor->person_id)), mail_row, sizeof(struct mail_row), &rows, &l->n));
	l->mails = rows;
	return NULL;
}

static void put_topics(struct call *c, const struct profile *p)
{
	json_t *list = doc_sublist(c->doc, "topics");
	for (uint32_t t = NOTICE_DANGER; t <= NOTICE_OTHER; t++) {
		json_t *j = doc_append(list);
		doc_z(j, "value", codes_word(&notice_topics, t));
		doc_str(j, "label", call_label(c, &notice_topics, codes_word(&notice_topics, t)));
		doc_bool(j, "checked", profile_wants(p, t));
		doc_bool(j, "fixed", t == NOTICE_DANGER);
	}
}

static void put_fields(struct call *c, const struct look *l)
{
	struct choice hours[25];
	size_t n_langs;
	struct str usual = str_fmt(c->a, "%lld", (long long)setting_i64(c->app, c->city, "notice.digest_hour"));
	hours[0] = (struct choice){.value = STR(""), .label = call_text_with(c, "notice_hour_usual", "hour", usual)};
	for (int h = 0; h < 24; h++)
		hours[h + 1] = (struct choice){.value = str_fmt(c->a, "%d", h), .label = str_fmt(c->a, "%02d:00", h)};
	const struct choice *langs = call_choices(c, &mail_langs, &n_langs);
	struct field email = {.name = "email", .kind = "text", .label = "notice_email", .hint = "notice_email_hint", .value = l->p.email,
			      .max = MAIL_ADDRESS_MAX, .autocomplete = "email"};
	struct field code = {.name = "code", .kind = "text", .label = "notice_code", .hint = "notice_code_hint", .required = true, .max = 12,
			     .autocomplete = "one-time-code"};
	struct field digest = {.name = "has_digest", .kind = "switch", .label = "notice_has_digest", .value = l->p.has_digest ? STR("1") : STR("")};
	struct field hour = {.name = "digest_hour", .kind = "select", .label = "notice_hour", .choices = hours, .n_choices = 25,
			     .value = l->p.digest_hour < 0 ? STR("") : str_fmt(c->a, "%lld", (long long)l->p.digest_hour)};
	struct field lang = {.name = "lang", .kind = "select", .label = "notice_lang", .choices = langs, .n_choices = n_langs, .value = l->p.lang};
	call_field(c, doc_sublist(c->page, "email_fields"), "email", &email);
	call_field(c, doc_sublist(c->page, "code_fields"), "confirm", &code);
	json_t *fields = doc_sublist(c->page, "fields");
	call_field(c, fields, "wishes", &digest);
	call_field(c, fields, "wishes", &hour);
	call_field(c, fields, "wishes", &lang);
}

static void put_mails(struct call *c, const struct look *l)
{
	struct doc_style style = call_style(c, STR_NONE);
	json_t *list = doc_sublist(c->doc, "mails");
	for (size_t i = 0; i < l->n; i++)
		doc_put(doc_append(list), profile_mail_shape, &l->mails[i], &style);
	doc_bool(c->page, "has_mails", l->n > 0);
}

const struct err *profile_get(struct call *c)
{
	struct look l = {0};
	TRY(call_read(c, read_look, &l));
	doc_str(c->doc, "email", l.p.email);
	doc_bool(c->doc, "is_verified", l.p.verified_at.ms != 0);
	doc_bool(c->doc, "is_waiting", l.p.email.n && !l.p.verified_at.ms);
	doc_bool(c->doc, "has_digest", l.p.has_digest);
	doc_bool(c->doc, "is_ready", mail_is_ready(c->app, c->city));
	if (l.p.digest_hour >= 0)
		doc_i64(c->doc, "digest_hour", l.p.digest_hour);
	else
		doc_set(c->doc, "digest_hour", json_null());
	doc_i64(c->doc, "usual_hour", setting_i64(c->app, c->city, "notice.digest_hour"));
	doc_str(c->doc, "lang", l.p.lang);
	put_topics(c, &l.p);
	put_mails(c, &l);
	if (c->face == FACE_HTML)
		put_fields(c, &l);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "notice_wishes_title"));
	return NULL;
}

/* ---- changes ----------------------------------------------------------------------------- */

struct changing {
	struct call *c;
	struct profile p;
	struct str bucket;
	unsigned char nonce[NONCE_BYTES];
	bool is_right;
};

static struct str topic_words(struct call *c, const struct str_list *topics)
{
	struct sb b = sb_new(c->a, 200);
	for (uint32_t t = NOTICE_TASK; t <= NOTICE_OTHER; t++)
		for (size_t i = 0; i < topics->n; i++)
			if (str_is(topics->v[i], codes_word(&notice_topics, t))) {
				sb_fmt(&b, "%s%s", b.n ? " " : "", codes_word(&notice_topics, t));
				break;
			}
	return sb_str(&b);
}

static const struct err *write_wishes(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changing *k = ctx;
	const struct profile_input *in = k->c->input;
	TRY(profile_read(tx, e->city, e->actor->person_id, &k->p));
	k->p.by_mail = topic_words(k->c, &in->topics);
	k->p.has_digest = in->has_digest;
	k->p.digest_hour = in->digest_hour.is ? in->digest_hour.v : -1;
	k->p.lang = in->lang ? str_of(codes_word(&mail_langs, in->lang)) : k->p.lang;
	return profile_write(tx, e, e->actor->person_id, &k->p);
}

static const struct err *answer(struct call *c)
{
	call_done(c, 200, STR("/me/notices"));
	return c->face == FACE_HTML ? NULL : profile_get(c);
}

const struct err *profile_post(struct call *c)
{
	struct changing k = {.c = c};
	const struct profile_input *in = c->input;
	for (size_t i = 0; i < in->topics.n; i++)
		if (!codes_find(&notice_topics, in->topics.v[i]))
			return err_on_field(c->a, "topics", "unknown_word", "no such topic");
	TRY(env_write(&c->env, write_wishes, &k));
	return answer(c);
}

static const struct err *write_email(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changing *k = ctx;
	const struct profile_email *in = k->c->input;
	bool made;
	TRY(profile_read(tx, e->city, e->actor->person_id, &k->p));
	k->p.email = in->email;
	k->p.verified_at = k->p.code_until = INSTANT(0);
	k->p.code_tries = 0;
	k->p.code_hash = (struct str){(const char *)k->nonce, in->email.n ? NONCE_BYTES : 0};
	if (!in->email.n)
		return profile_write(tx, e, e->actor->person_id, &k->p);
	/* Nobody's letter box is filled with codes. */
	TRY(attempt_spend(tx, e, k->bucket, 60, CODES_AN_HOUR));
	k->p.code_until = INSTANT(e->now.ms + CODE_MINUTES * MINUTE_MS);
	TRY(profile_write(tx, e, e->actor->person_id, &k->p));
	struct mail_row m = {.person_id = e->actor->person_id, .channel = STR("email"), .purpose = MAIL_VERIFY, .on_day = instant_day(e->now),
			     .state = MAIL_PENDING, .try_at = e->now};
	return mail_add(tx, e, &m, &made);
}

const struct err *profile_post_email(struct call *c)
{
	struct changing k = {.c = c};
	struct profile_email *in = c->input;
	in->email = str_trim(in->email);
	if (in->email.n && !mail_is_address(in->email))
		return err_on_field(c->a, "email", "not_an_address", "not an e-mail address");
	if (in->email.n && !mail_is_ready(c->app, c->city))
		return ERR(c->a, ERR_CONFLICT, "mail_not_set_up", "no mail server is set up");
	k.bucket = attempt_bucket(c->app, c->a, "mail code", str_fmt(c->a, "%lld %lld", (long long)c->city, (long long)c->actor->person_id.v));
	app_random(c->app, k.nonce, sizeof(k.nonce));
	TRY(env_write(&c->env, write_email, &k));
	return answer(c);
}

/* A wrong one is counted, so that a million cannot be tried. */
static const struct err *write_confirm(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changing *k = ctx;
	const struct profile_confirm *in = k->c->input;
	TRY(profile_read(tx, e->city, e->actor->person_id, &k->p));
	bool waits = k->p.email.n && k->p.code_until.ms > e->now.ms && k->p.code_tries < CODE_TRIES && k->p.code_hash.n;
	if (!waits)
		return ERR(k->c->a, ERR_CONFLICT, "code_over", "no code is good any more");
	struct str right = profile_code(e->app, e->a, e->city, e->actor->person_id, &k->p);
	k->is_right = str_eq(right, str_trim(in->code));
	k->p.code_tries++;
	if (k->is_right) {
		k->p.verified_at = e->now;
		k->p.code_until = INSTANT(0);
	}
	return profile_write(tx, e, e->actor->person_id, &k->p);
}

const struct err *profile_post_confirm(struct call *c)
{
	struct changing k = {.c = c};
	TRY(env_write(&c->env, write_confirm, &k));
	return k.is_right ? answer(c) : err_on_field(c->a, "code", "wrong_code", "not the code of the mail");
}
