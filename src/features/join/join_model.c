#include "join.h"

#include "day.h"
#include "event.h"
#include "join_sql.h"
#include "setting.h"

#include <ctype.h>
#include <string.h>

static const char *const state_words[] = {"", "waiting", "confirmed", "refused", "entered", NULL};
const struct codes join_states = {"join_state", state_words};

const struct shape join_code_row[] = {
	SHAPE(struct join_code, id, 0), SHAPE(struct join_code, unit_id, 0), SHAPE(struct join_code, code, 0), SHAPE(struct join_code, made_at, 0),
	SHAPE(struct join_code, ended_at, 0), SHAPE(struct join_code, scans, 0), SHAPE_END};
const struct shape join_request_row[] = {
	SHAPE(struct join_request, id, 0), SHAPE(struct join_request, unit_id, 0), SHAPE(struct join_request, account_id, 0),
	SHAPE(struct join_request, name, 0), SHAPE(struct join_request, phone, 0), SHAPE(struct join_request, staff_number, 0),
	SHAPE(struct join_request, pin, 0), SHAPE(struct join_request, reason, 0), SHAPE_CODE(struct join_request, state, &join_states),
	SHAPE(struct join_request, made_at, 0), SHAPE(struct join_request, ends_at, 0),
	SHAPE(struct join_request, account_version, 0), SHAPE_END};
static const struct shape waiting_row[] = {
	SHAPE(struct join_request, id, 0), SHAPE(struct join_request, unit_id, 0), SHAPE(struct join_request, name, 0),
	SHAPE(struct join_request, phone, 0), SHAPE(struct join_request, staff_number, 0), SHAPE(struct join_request, made_at, 0),
	SHAPE(struct join_request, ends_at, 0), SHAPE(struct join_request, unit_name, 0), SHAPE(struct join_request, unit_path, 0), SHAPE_END};

enum { DAY_MS = 24 * 3600 * 1000 };

/* ---- codes --------------------------------------------------------------------------- */

const struct err *join_code_of(struct db_tx *tx, int64_t city, struct id unit, struct join_code *out, bool *found)
{
	return db_find(tx, &join_code_active, ARGS(ARG(city), ARG(unit)), join_code_row, out, found);
}

/* Capitals, without blanks and hyphens; letters that look like digits are the digits. */
static struct str plain_code(struct arena *a, struct str typed)
{
	struct sb b = sb_new(a, 64);
	for (size_t i = 0; i < typed.n && i < 40; i++) {
		char ch = (char)toupper((unsigned char)typed.p[i]);
		if (ch != ' ' && ch != '-')
			sb_addc(&b, ch == 'O' ? '0' : ch == 'I' || ch == 'L' ? '1' : ch);
	}
	return sb_str(&b);
}

const struct err *join_code_named(struct db_tx *tx, struct arena *a, struct str typed, int64_t *city, struct join_code *out, bool *found)
{
	struct str code = plain_code(a, typed);
	TRY(db_i64(tx, &join_code_where, ARGS(ARG(code)), 0, city));
	return db_find(tx, &join_code_find, ARGS(ARG(*city), ARG(code)), join_code_row, out, found);
}

const struct err *join_code_renew(struct db_tx *tx, struct env *e, const struct unit *u, struct str code)
{
	int64_t ended;
	if (u->kind != UNIT_EMPLOYER && u->kind != UNIT_WORKSHOP && u->kind != UNIT_TEAM)
		return ERR(db_arena(tx), ERR_INPUT, "join_not_here", "only employers, workshops and teams are joined");
	TRY(db_exec(tx, &join_code_end, ARGS(ARG(e->city), ARG(u->id), ARG(e->now)), &ended));
	struct event ev = {.object_kind = "join_code", .object_id = env_id(e), .act = code.n ? "make" : "end", .unit_id = u->id};
	if (code.n) {
		TRY(db_exec(tx, &join_code_take, ARGS(ARG(code), ARG(e->city)), NULL));
		TRY(db_exec(tx, &join_code_insert, ARGS(ARG(e->city), ARG(ev.object_id), ARG(u->id), ARG(code), ARG(e->now)), NULL));
	}
	event_plain(&ev, "ended", str_fmt(db_arena(tx), "%lld", (long long)ended));
	return event_append(tx, e, &ev);
}

/* ---- applying ------------------------------------------------------------------------ */

/* A mobile number as people write it: with blanks, hyphens, +86. */
static struct str plain_phone(struct arena *a, struct str s)
{
	struct sb b = sb_new(a, 64);
	for (size_t i = 0; i < s.n && i < 40; i++)
		if (s.p[i] != ' ' && s.p[i] != '-')
			sb_addc(&b, s.p[i]);
	struct str t = sb_str(&b);
	if (str_has_prefix(t, STR("+86")))
		t = str_sub(t, 3, SIZE_MAX);
	return t;
}

const struct err *join_check(struct arena *a, struct join_request *r)
{
	r->name = str_trim(r->name);
	r->phone = plain_phone(a, r->phone);
	r->staff_number = str_trim(r->staff_number);
	if (account_is_card_number(r->name))
		return err_on_field(a, "name", "identity_here", "never an ID-card number");
	if (account_is_card_number(r->phone))
		return err_on_field(a, "phone", "identity_here", "never an ID-card number");
	if (account_is_card_number(r->staff_number))
		return err_on_field(a, "staff_number", "identity_here", "never an ID-card number");
	if (r->name.n == 0)
		return err_on_field(a, "name", "required", "a name");
	if (r->phone.n == 0 && r->staff_number.n == 0)
		return err_on_field(a, "phone", "no_identity", "a telephone or a staff number");
	if (r->phone.n && !account_is_mobile(r->phone))
		return err_on_field(a, "phone", "mobile_number", "a mobile number has eleven digits");
	if (str_find(r->staff_number, ' ') >= 0)
		return err_on_field(a, "staff_number", "number_blanks", "no blanks inside");
	return NULL;
}

const struct err *join_apply(struct db_tx *tx, struct env *e, const unsigned char secret[32], struct join_request *r)
{
	int64_t waiting;
	TRY(db_i64(tx, &join_waiting_count, ARGS(ARG(e->city), ARG(r->unit_id)), 0, &waiting));
	if (waiting >= setting_i64(e->app, e->city, "join.waiting_max"))
		return ERR(db_arena(tx), ERR_RATE, "join_full", "%lld wait already", (long long)waiting);
	r->id = env_id(e);
	TRY(db_exec(tx, &join_request_insert,
		    ARGS(ARG(e->city), ARG(r->id), ARG(r->unit_id), ARG(r->name), ARG(r->phone), ARG(r->staff_number), ARG(r->pin),
			 arg_blob((struct str){(const char *)secret, 32}), ARG(e->now), ARG(r->ends_at)), NULL));
	struct event ev = {.object_kind = "join", .object_id = r->id, .act = "apply", .unit_id = r->unit_id};
	event_person(&ev, "name", r->name, SEE_ALL);
	return event_append(tx, e, &ev);
}

const struct err *join_request(struct db_tx *tx, int64_t city, struct id id, struct join_request *out)
{
	return db_one(tx, &join_request_by_id, ARGS(ARG(city), ARG(id)), join_request_row, out);
}

const struct err *join_mine(struct db_tx *tx, struct env *e, const unsigned char secret[32], struct join_request *out, bool *found)
{
	return db_find(tx, &join_request_mine, ARGS(ARG(e->city), arg_blob((struct str){(const char *)secret, 32}), ARG(e->now)), join_request_row, out,
		       found);
}

const struct err *join_waiting_at(struct db_tx *tx, struct env *e, const struct unit *u, struct id after, int64_t limit, struct join_request **out,
				  size_t *n)
{
	void *rows;
	TRY(db_all(tx, &join_waiting,
		   ARGS(ARG(e->city), ARG(u->enterprise_id), ARG(u->path), ARG(path_end(db_arena(tx), u->path)), ARG(e->now), ARG(after),
			ARG(limit)), waiting_row,
		   sizeof(struct join_request), &rows, n));
	*out = rows;
	return NULL;
}

/* ---- deciding ------------------------------------------------------------------------ */

/* r: account_id and account_version as they are to be. */
static const struct err *decide(struct db_tx *tx, struct env *e, const struct join_request *r, uint32_t state, struct str reason)
{
	int64_t changed, ends = e->now.ms + setting_i64(e->app, e->city, "join.days") * DAY_MS;
	TRY(db_exec(tx, &join_request_decide,
		    ARGS(ARG(e->city), ARG(r->id), ARG_CODE(join_states, state), ARG(reason), ARG(r->account_id), arg_i64(ends),
			 ARG(r->account_version)), &changed));
	if (!changed)
		return ERR(db_arena(tx), ERR_CONFLICT, "join_decided", "somebody has decided meanwhile");
	struct event ev = {.object_kind = "join", .object_id = r->id, .act = state == JOIN_CONFIRMED ? "confirm" : "refuse", .unit_id = r->unit_id};
	if (reason.n)
		event_text(&ev, "reason", reason);
	return event_append(tx, e, &ev);
}

/* What the register lacks comes from the application; what it says stays. */
static const struct err *settle_person(struct db_tx *tx, struct env *e, const struct join_request *r, const struct unit *u, struct person *p)
{
	struct unit at;
	bool lacks_phone = p->phone.n == 0 && r->phone.n, lacks_number = p->staff_number.n == 0 && r->staff_number.n;
	if (!str_eq(p->name, r->name))
		return err_on_field(db_arena(tx), "name", "name_differs", "the register has another name for this number");
	if (p->unit_id.v == r->unit_id.v && !p->has_left && !lacks_phone && !lacks_number)
		return NULL;
	/* Who stands in the register above the team comes down to it; from another team only who reaches that one takes anybody. */
	TRY(org_unit(tx, e->city, p->unit_id, &at));
	if (!str_has_prefix(u->path, at.path) && !may(e->actor, &join_manage, at.path))
		return err_on_field(db_arena(tx), "staff_number", "person_elsewhere", "this person belongs to another team");
	bool had_left = p->has_left;
	p->unit_id = r->unit_id;
	p->has_left = false;
	p->phone = lacks_phone ? r->phone : p->phone;
	if (lacks_phone || had_left)
		TRY(account_phone_check(tx, e, p->id, p->phone));
	p->staff_number = lacks_number ? r->staff_number : p->staff_number;
	return account_person_change(tx, e, p);
}

static const struct err *find_person(struct db_tx *tx, struct env *e, const struct join_request *r, const struct unit *u, struct person *p)
{
	bool found;
	TRY(account_person_matching(tx, e->city, u->enterprise_id, r->phone, r->staff_number, p, &found));
	if (found)
		return settle_person(tx, e, r, u, p);
	TRY(account_phone_check(tx, e, ID(0), r->phone));
	*p = (struct person){.name = r->name, .phone = r->phone, .staff_number = r->staff_number, .unit_id = r->unit_id};
	return account_person_add(tx, e, p);
}

const struct err *join_confirm(struct db_tx *tx, struct env *e, struct id id)
{
	struct join_request r;
	struct person p;
	struct unit u;
	const struct err *bad;
	TRY(join_request(tx, e->city, id, &r));
	if (r.state != JOIN_WAITING || e->now.ms >= r.ends_at.ms)
		return ERR(db_arena(tx), ERR_CONFLICT, "join_decided", "it does not wait any more");
	TRY(org_unit(tx, e->city, r.unit_id, &u));
	TRY(find_person(tx, e, &r, &u, &p));
	bool holds = account_holds_duty(tx, e, p.id, ROLE_WORKER, r.unit_id, &bad);
	TRY(bad);
	TRY(account_worker_login(tx, e, &p, u.enterprise_id, r.pin, &r.account_id, &r.account_version));
	if (!holds)
		TRY(account_duty_add(tx, e, p.id, ROLE_WORKER, r.unit_id));
	return decide(tx, e, &r, JOIN_CONFIRMED, STR(""));
}

const struct err *join_refuse(struct db_tx *tx, struct env *e, struct id id, struct str reason)
{
	struct join_request r;
	TRY(join_request(tx, e->city, id, &r));
	return decide(tx, e, &r, JOIN_REFUSED, reason);
}

const struct err *join_enter(struct db_tx *tx, struct env *e, struct id id, bool *entered)
{
	int64_t changed;
	TRY(db_exec(tx, &join_request_enter, ARGS(ARG(e->city), ARG(id)), &changed));
	*entered = changed == 1;
	return NULL;
}
