/* The words of a mail: plain text, each line with its link; no names, no free words (security: mail is no safe place). */
#include "notice_mail.h"

#include "day.h"
#include "notice_sql.h"
#include "setting.h"

enum { LETTER_BYTES = 64 * 1024 };

struct letter {
	struct env *e;
	struct notice_reader r;
	struct str site;
	struct sb out;
	int64_t lines, more, hidden;
};

static const struct shape line_row[] = {
	SHAPE(struct notice_row, id, 0), SHAPE(struct notice_row, kind, 0), SHAPE_CODE(struct notice_row, topic, &notice_topics),
	SHAPE_CODE(struct notice_row, urgency, &notice_urgencies), SHAPE(struct notice_row, object_id, 0), SHAPE(struct notice_row, args, 0),
	SHAPE(struct notice_row, is_discreet, 0), SHAPE(struct notice_row, made_at, 0), SHAPE_END};

/* A paragraph of the catalogue. */
static void say(struct letter *l, const char *key, const json_t *args)
{
	sb_add(&l->out, notice_text(&l->r, key, args));
	sb_addz(&l->out, "\n");
}

static json_t *number_arg(struct letter *l, const char *name, int64_t n)
{
	json_t *args = doc_new(l->r.a);
	doc_str(args, name, str_fmt(l->r.a, "%lld", (long long)n));
	return args;
}

/* A line with the address it leads to; without a known address of the site the line alone. */
static void put_line(struct letter *l, struct str text, struct str path)
{
	sb_fmt(&l->out, "· %.*s\n", STR_ARG(text));
	if (l->site.n)
		sb_fmt(&l->out, "  %.*s%.*s\n", STR_ARG(l->site), STR_ARG(path));
}

/* What became of a thing is told by the last word on it. */
static bool is_outdated(const struct notice_row *v, size_t n, size_t at)
{
	for (size_t i = at + 1; i < n && v[at].topic == NOTICE_ANSWER && v[at].object_id.v; i++)
		if (v[i].topic == NOTICE_ANSWER && v[i].object_id.v == v[at].object_id.v && v[i].is_discreet == v[at].is_discreet)
			return true;
	return false;
}

static void drop_outdated(struct notice_row *v, size_t *n)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++)
		if (!is_outdated(v, *n, i))
			v[kept++] = v[i];
	*n = kept;
}

static void put_topic(struct letter *l, uint32_t topic, struct notice_row *v, size_t n, int64_t max)
{
	int64_t all = 0;
	for (size_t i = 0; i < n; i++)
		all += v[i].topic == topic && !v[i].is_discreet;
	if (!all)
		return;
	struct str head = texts_find(l->r.texts, l->r.lang, str_fmt(l->r.a, "code_notice_topic_%s", codes_word(&notice_topics, topic)));
	sb_fmt(&l->out, "\n%.*s (%lld)\n", STR_ARG(head), (long long)all);
	for (size_t i = 0; i < n; i++) {
		if (v[i].topic != topic || v[i].is_discreet)
			continue;
		if (l->lines >= max) {
			l->more++;
			continue;
		}
		notice_words(&l->r, &v[i]);
		put_line(l, v[i].title, str_fmt(l->r.a, "/inbox/%lld", (long long)v[i].id.v));
		l->lines++;
	}
}

static const struct err *put_standing(struct db_tx *tx, struct letter *l, struct id person, int64_t *all)
{
	for (const struct feature *const *f = app_features(l->e->app); *f; f++) {
		struct notice_standing v[NOTICE_STANDING_MAX];
		size_t n = 0;
		if (!(*f)->standing)
			continue;
		TRY((*f)->standing(tx, l->e, person, v, &n));
		for (size_t i = 0; i < n; i++) {
			if (!v[i].n)
				continue;
			if (!*all)
				sb_fmt(&l->out, "\n%.*s\n", STR_ARG(notice_text(&l->r, "notice_mail_standing", NULL)));
			put_line(l, notice_text(&l->r, v[i].key, number_arg(l, "n", v[i].n)), str_of(v[i].href));
			*all += v[i].n;
		}
	}
	return NULL;
}

static const struct err *read_lines(struct db_tx *tx, struct env *e, struct id mail, struct notice_row **v, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &notice_in_mail, ARGS(ARG(e->city), ARG(mail)), line_row, sizeof(struct notice_row), &rows, n));
	*v = rows;
	drop_outdated(rows, n);
	return NULL;
}

static void put_lines(struct letter *l, struct notice_row *v, size_t n)
{
	int64_t max = setting_i64(l->e->app, l->e->city, "notice.mail_lines");
	for (uint32_t topic = NOTICE_DANGER; topic <= NOTICE_OTHER; topic++)
		put_topic(l, topic, v, n, max);
	for (size_t i = 0; i < n; i++)
		l->hidden += v[i].is_discreet;
	/* What may not be named, and what is above the cap, are one number: it tells of neither. */
	l->more += l->hidden;
	if (l->more) {
		sb_addz(&l->out, "\n");
		put_line(l, notice_text(&l->r, l->lines ? "notice_mail_more" : "notice_mail_some", number_arg(l, "n", l->more)),
			 STR("/inbox?state=unread"));
	}
}

static void put_foot(struct letter *l, const char *key)
{
	sb_addz(&l->out, "\n");
	say(l, key, NULL);
	if (l->site.n) {
		sb_addz(&l->out, "\n");
		say(l, "notice_mail_wishes", NULL);
		sb_fmt(&l->out, "  %.*s/me/notices\n", STR_ARG(l->site));
	}
	sb_addz(&l->out, "\n");
	say(l, "app_name", NULL);
}

static const struct err *make_digest(struct db_tx *tx, struct letter *l, const struct mail_row *m, struct notice_message *out, bool *found)
{
	struct notice_row *v;
	size_t n;
	int64_t standing = 0;
	json_t *args = doc_new(l->r.a);
	TRY(read_lines(tx, l->e, m->id, &v, &n));
	doc_i64(args, "day", m->on_day.ymd);
	if (n)
		doc_str(args, "n", str_fmt(l->r.a, "%lld", (long long)n));
	out->subject = notice_text(&l->r, "notice_mail_digest_subject", args);
	say(l, "notice_mail_digest_head", args);
	put_lines(l, v, n);
	TRY(put_standing(tx, l, m->person_id, &standing));
	put_foot(l, "notice_mail_digest_foot");
	*found = n > 0 || standing > 0;
	return NULL;
}

static const struct err *make_alarm(struct db_tx *tx, struct letter *l, const struct mail_row *m, struct notice_message *out, bool *found)
{
	struct notice_row *v;
	size_t n;
	TRY(read_lines(tx, l->e, m->id, &v, &n));
	out->subject = notice_text(&l->r, "notice_mail_alarm_subject", NULL);
	say(l, "notice_mail_alarm_head", NULL);
	put_lines(l, v, n);
	put_foot(l, "notice_mail_alarm_foot");
	*found = n > 0;
	return NULL;
}

static void make_verify(struct letter *l, const struct mail_row *m, const struct profile *p, struct notice_message *out, bool *found)
{
	json_t *args = doc_new(l->r.a);
	doc_str(args, "code", profile_code(l->e->app, l->r.a, l->e->city, m->person_id, p));
	out->subject = notice_text(&l->r, "notice_mail_verify_subject", args);
	say(l, "notice_mail_verify_text", args);
	sb_addz(&l->out, "\n");
	say(l, "app_name", NULL);
	*found = p->code_until.ms > l->e->now.ms;
}

const struct err *letter_make(struct db_tx *tx, struct env *e, const struct mail_row *m, struct notice_message *out, bool *found)
{
	struct profile p;
	TRY(profile_read(tx, e->city, m->person_id, &p));
	struct letter l = {.e = e, .r = notice_reader_of(e->app, e->a, lang_of(p.lang)), .out = sb_new(e->a, LETTER_BYTES)};
	l.site = setting_str(e->app, e->a, e->city, "notice.site");
	while (l.site.n && l.site.p[l.site.n - 1] == '/')
		l.site.n--;
	*out = (struct notice_message){.id = m->id, .to = p.email, .lang = l.r.lang, .at = m->made_at};
	*found = false;
	if (!p.email.n || (m->purpose != MAIL_VERIFY && !p.verified_at.ms))
		return NULL;
	if (m->purpose == MAIL_DIGEST)
		TRY(make_digest(tx, &l, m, out, found));
	else if (m->purpose == MAIL_ALARM)
		TRY(make_alarm(tx, &l, m, out, found));
	else
		make_verify(&l, m, &p, out, found);
	out->text = sb_str(&l.out);
	return NULL;
}
