/* Whose turn it is, on the page of one. */
#include "day.h"
#include "hazard_clock_model.h"
#include "hazard_pages.h"
#include "setting.h"

const struct setting hazard_settings[] = {
	{.name = "danger.duty_phones", .type = SETTING_STR, .otherwise = "", .max = 500,
	 .help = "Who is called when somebody is in danger: a number for all, or 371302:0539-1234567 for a county, separated by blanks"},
	{0},
};

static const struct doc_part holder_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("is_substitute"), DOC_END};
const struct doc_part hazard_wait_parts[] = {
	DOC_NAME("post"), DOC_NAME("post_label"), DOC_NAME("names"), DOC_NAME("since"), DOC_NAME("since_label"), DOC_NAME("next_at"),
	DOC_NAME("next_label"), DOC_NAME("steps"), DOC_NAME("informed"), DOC_NAME("oversight"), DOC_NAME("oversight_label"),
	DOC_NAME("is_nobody"), DOC_NAME("is_alarm"), DOC_NAME("phone"), DOC_ROWS("holders", holder_parts), DOC_END};

/* "371302:0539-1 371311:0539-2 0539-3": the county's, else the one without a county. */
struct str hazard_duty_phone(struct str all, struct str county)
{
	struct str found = STR("");
	for (size_t i = 0; i < all.n;) {
		size_t end = i;
		while (end < all.n && all.p[end] != ' ')
			end++;
		struct str one = str_sub(all, i, end - i);
		size_t colon = 0;
		while (colon < one.n && one.p[colon] != ':')
			colon++;
		if (colon == one.n && one.n && !found.n)
			found = one;
		if (colon < one.n && county.n && str_eq(str_sub(one, 0, colon), county))
			return str_sub(one, colon + 1, one.n - colon - 1);
		i = end + 1;
	}
	return found;
}

static const struct err *put_phone(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *j)
{
	struct unit top = {0};
	const struct err *none = h->top_id.v ? org_unit(tx, c->city, h->top_id, &top) : NULL;
	if (none && none->kind != ERR_MISSING)
		return none;
	doc_str(j, "phone", hazard_duty_phone(setting_str(c->app, c->a, c->city, "danger.duty_phones"), top.code));
	return NULL;
}

static void put_holders(struct call *c, json_t *j, const struct hazard_wait *w)
{
	struct sb names = sb_new(c->a, 8192);
	json_t *list = doc_sublist(j, "holders");
	for (size_t i = 0; i < w->n; i++) {
		json_t *one = doc_append(list);
		doc_id(one, "id", w->holders[i].id);
		doc_str(one, "name", w->holders[i].name);
		doc_bool(one, "is_substitute", w->holders[i].for_person_id.v != 0);
		sb_fmt(&names, "%s%.*s", i ? "、" : "", STR_ARG(w->holders[i].name));
	}
	doc_str(j, "names", sb_str(&names));
}

/* To the minute for who may see the minute of finding, which a receipt's and an alarm's time tell; else the day. */
static void put_time(struct call *c, json_t *j, const char *name, const char *label, struct instant at, bool minute)
{
	struct str day = at.ms ? day_text(c->a, instant_day(INSTANT(at.ms - 1))) : STR("");
	doc_str(j, name, minute ? instant_text(c->a, at) : day);
	doc_str(j, label, minute && at.ms ? instant_short(c->a, at) : day);
}

static void put_clock(struct call *c, json_t *j, const struct hazard *h, const struct hazard_wait *w)
{
	bool tells = h->state == HAZARD_REPORTED || hazard_alarm_runs(h);
	bool minute = !tells || (sight_at(c->actor, h->unit_path) >> SEE_FOUND_AT & 1);
	const char *oversight = codes_word(&hazard_posts, w->clock.oversight);
	put_time(c, j, "since", "since_label", w->clock.from_at, minute);
	put_time(c, j, "next_at", "next_label", w->clock.steps < 0 ? INSTANT(0) : w->clock.at, minute);
	doc_i64(j, "steps", w->clock.steps < 0 ? 0 : w->clock.steps);
	doc_i64(j, "informed", w->clock.informed);
	doc_z(j, "oversight", oversight);
	doc_str(j, "oversight_label", w->clock.oversight ? call_label(c, &hazard_posts, oversight) : STR(""));
	doc_bool(j, "is_alarm", hazard_alarm_runs(h));
}

const struct err *hazard_put_wait(struct db_tx *tx, struct call *c, const struct hazard *h)
{
	struct hazard_wait w;
	TRY(hazard_wait_of(tx, c->city, h, instant_day(c->env.now), &w));
	doc_str(c->doc, "solved_level", w.solved_level);
	doc_str(c->doc, "solved_level_label", w.solved_level.n ? call_label(c, &hazard_solved_levels, str_z(c->a, w.solved_level)) : STR(""));
	if (!hazard_clock_runs(h))
		return NULL;
	json_t *j = doc_sub(c->doc, "waiting_for");
	const char *post = codes_word(&hazard_posts, w.post);
	doc_z(j, "post", post);
	doc_str(j, "post_label", w.post ? call_label(c, &hazard_posts, post) : STR(""));
	doc_bool(j, "is_nobody", !w.post);
	put_holders(c, j, &w);
	put_clock(c, j, h, &w);
	return put_phone(tx, c, h, j);
}
