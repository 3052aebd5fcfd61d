/* The register on the page of the unit in the tree. */
#include "employer_model.h"

#include "employer_card.h"
#include "employer_contractor.h"
#include "parts.h"

static void put_figure(struct call *c, json_t *list, struct str href, struct str value, const char *label, const char *tone)
{
	call_figure(list, href, value, call_text(c, label), tone);
}

/* How much of the entry is known or known not to apply. */
static int known(const struct employer *p, int *of)
{
	const bool has[] = {p->employer_kind != 0, p->ownership != 0, p->address.n > 0, p->own_staff.is, p->principal_name.n > 0,
			    p->dispatched.is || employer_is_na(p, "dispatched"), p->contracted.is || employer_is_na(p, "contracted"),
			    p->turnover_fen.is || employer_is_na(p, "turnover_fen"), p->assets_fen.is || employer_is_na(p, "assets_fen"),
			    p->chair_name.n || employer_is_na(p, "chair_name"), p->officer_name.n || employer_is_na(p, "officer_name"),
			    p->union_code.n || employer_is_na(p, "union_code")};
	int n = 0;
	*of = sizeof(has) / sizeof(has[0]);
	for (int i = 0; i < *of; i++)
		n += has[i];
	return n;
}

static const struct err *unit_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct employer p;
	const struct unit *u = t->object;
	int64_t twins = 0;
	int of, n;
	bool at_home = str_has_prefix(str_of(c->route->path), STR("/employers"));
	if (u->kind != UNIT_EMPLOYER)
		return NULL;
	if (may(c->actor, &employer_twins, u->path))
		TRY(employer_twins_of(tx, c->city, u->id, &twins));
	if (at_home && !twins)
		return NULL;
	TRY(employer_read(tx, c->city, u->id, &p));
	n = known(&p, &of);
	struct str href = str_fmt(c->a, "/employers/%lld", (long long)u->id.v);
	json_t *figures = doc_sublist(box, "figures");
	doc_str(box, "title", call_text(c, at_home ? "employer_twins_title" : "employer_register"));
	doc_str(box, "all_href", at_home ? STR("/employers/duplicates") : href);
	if (!at_home)
		put_figure(c, figures, href, str_fmt(c->a, "%d/%d", n, of), "employer_known", n == of ? "done" : "ink");
	if (twins)
		put_figure(c, figures, STR("/employers/duplicates"), str_fmt(c->a, "%lld", (long long)twins), "employer_twins_title", "over");
	return NULL;
}

const struct panel employer_panels[] = {
	{"unit", &employer_see, 1, unit_box},
	{"employer", &card_see, 10, card_employer_box},
	{"employer", &employer_see, 11, contractor_box},
	{"home", &PERM_LOGIN, 5, card_home_box},
	{0},
};
