#include "account_keep.h"

#include "account_res.h"
#include "account_sql.h"
#include "feature.h"
#include "org.h"

const struct perm account_people_read = {"people.read", (R_EMPLOYER_SIDE & ~R(ROLE_WORKER)) | R_CADRES | R(ROLE_SYSTEM_ADMIN) |
							       R(ROLE_SECURITY_ADMIN)};
const struct perm account_people_write = {"people.write", R_KEEPERS | R_CADRES | R(ROLE_SECURITY_ADMIN)};
static const struct perm *const perms[] = {&account_people_read, &account_people_write, &account_import_people, &account_keep, &account_reset_factor,
					      NULL};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/login", .perm = &PERM_PUBLIC, .input = login_query_shape, .input_size = sizeof(struct login_input),
	 .fn = account_get_login, .view = "account/login", .doc = login_parts, .faces = FACE_HTML, .summary = "The page to log in"},
	{.method = WEB_POST, .path = "/login", .perm = &PERM_PUBLIC, .input = login_input_shape, .input_size = sizeof(struct login_input),
	 .fn = account_post_login, .form = account_get_login, .form_view = "account/login", .form_doc = login_parts,
	 .flags = ROUTE_NO_TOKEN | ROUTE_SELF_AUDIT, .summary = "Log in: sets the session's cookie, answers person, duties and form token"},
	{.method = WEB_GET, .path = "/login/factor", .perm = &PERM_PUBLIC, .input = factor_query_shape, .input_size = sizeof(struct factor_input),
	 .fn = account_get_login_factor, .view = "account/login_factor", .doc = factor_login_parts, .faces = FACE_HTML,
	 .summary = "The page for the second factor"},
	{.method = WEB_POST, .path = "/login/factor", .perm = &PERM_PUBLIC, .input = factor_input_shape, .input_size = sizeof(struct factor_input),
	 .fn = account_post_login_factor, .form = account_get_login_factor, .form_view = "account/login_factor", .form_doc = factor_login_parts,
	 .flags = ROUTE_NO_TOKEN | ROUTE_SELF_AUDIT, .summary = "The second factor after the password: a code of the device, or a recovery code"},
	{.method = WEB_POST, .path = "/logout", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_post_logout,
	 .flags = ROUTE_SELF_AUDIT, .summary = "End this session"},
	{.method = WEB_GET, .path = "/me", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_get_me, .view = "account/me",
	 .doc = me_parts, .flags = ROUTE_LIMITED, .summary = "Who is logged in: person, duties, form token, sessions"},
	{.method = WEB_POST, .path = "/me/password", .perm = &PERM_LOGIN, .input = password_input_shape,
	 .input_size = sizeof(struct password_input), .fn = account_post_password, .form = account_get_me, .form_view = "account/me",
	 .form_doc = me_parts, .summary = "Change one's password; ends all other sessions"},
	{.method = WEB_POST, .path = "/me/sessions/{id}/end", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_post_end_session,
	 .summary = "End one of one's sessions"},
	{.method = WEB_POST, .path = "/me/end-others", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_post_end_others,
	 .summary = "End all of one's other sessions"},
	{.method = WEB_GET, .path = "/me/factor", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_get_factor, .view = "account/factor",
	 .doc = factor_parts, .summary = "One's second factor"},
	{.method = WEB_POST, .path = "/me/factor/new", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_post_factor_new,
	 .summary = "A new secret for a second factor, shown until it is confirmed"},
	{.method = WEB_POST, .path = "/me/factor/confirm", .perm = &PERM_LOGIN, .input = factor_off_shape, .input_size = sizeof(struct factor_input),
	 .fn = account_post_factor_confirm, .view = "account/factor", .doc = factor_parts, .form = account_get_factor, .form_view = "account/factor",
	 .form_doc = factor_parts, .summary = "The first code proves that the device has the secret; answers the recovery codes, this once"},
	{.method = WEB_POST, .path = "/me/factor/codes", .perm = &PERM_LOGIN, .input = factor_off_shape, .input_size = sizeof(struct factor_input),
	 .fn = account_post_factor_codes, .view = "account/factor", .doc = factor_parts, .form = account_get_factor, .form_view = "account/factor",
	 .form_doc = factor_parts, .summary = "New recovery codes in place of the old ones"},
	{.method = WEB_POST, .path = "/me/factor/off", .perm = &PERM_LOGIN, .input = factor_off_shape, .input_size = sizeof(struct factor_input),
	 .fn = account_post_factor_off, .form = account_get_factor, .form_view = "account/factor", .form_doc = factor_parts,
	 .summary = "Give the second factor up; not for administrators"},
	{.method = WEB_GET, .path = "/units/{id}/access", .perm = &account_keep, .locate = org_locate_unit, .input = shape_none, .fn = account_get_access,
	 .view = "account/access", .doc = access_parts, .summary = "People and shared phones of a unit, as its leader keeps them"},
	{.method = WEB_POST, .path = "/units/{id}/phones", .perm = &account_keep, .locate = org_locate_unit, .input = phone_input_shape,
	 .input_size = sizeof(struct phone_input), .fn = account_post_phone, .form = account_get_access, .form_view = "account/access",
	 .form_doc = access_parts, .summary = "Make the browser that asks a shared phone of the unit; logs it out"},
	{.method = WEB_POST, .path = "/phones/{id}/end", .perm = &account_keep, .locate = account_locate_phone, .input = shape_none,
	 .fn = account_post_phone_end, .summary = "A shared phone is one no more"},
	{.method = WEB_GET, .path = "/people/{id}/pin", .perm = &account_keep, .locate = account_locate_person, .input = shape_none, .fn = account_get_pin,
	 .view = "account/pin", .doc = pin_parts, .summary = "A person whose PIN was forgotten"},
	{.method = WEB_POST, .path = "/people/{id}/pin", .perm = &account_keep, .locate = account_locate_person, .input = shape_none,
	 .fn = account_post_pin, .view = "account/pin", .doc = pin_parts, .summary = "A one-time code in place of a worker's PIN, told this once; ends the sessions"},
	{.method = WEB_GET, .path = "/people/{id}/factor", .perm = &account_reset_factor, .locate = account_locate_person, .input = shape_none,
	 .fn = account_get_factor_reset, .view = "account/factor_reset", .doc = factor_reset_parts, .summary = "A person whose second factor was lost"},
	{.method = WEB_POST, .path = "/people/{id}/factor", .perm = &account_reset_factor, .locate = account_locate_person, .input = reason_input_shape,
	 .input_size = sizeof(struct reason_input), .fn = account_post_factor_reset, .form = account_get_factor_reset,
	 .form_view = "account/factor_reset", .form_doc = factor_reset_parts, .summary = "Take the second factor off, with the reason; ends the sessions"},
	{.method = WEB_GET, .path = "/switch", .perm = &PERM_PUBLIC, .input = switch_query_shape, .input_size = sizeof(struct switch_input),
	 .fn = account_get_switch, .view = "account/switch", .doc = switch_parts, .faces = FACE_HTML, .summary = "On a shared phone: who is next"},
	{.method = WEB_POST, .path = "/switch", .perm = &PERM_PUBLIC, .input = switch_input_shape, .input_size = sizeof(struct switch_input),
	 .fn = account_post_switch, .form = account_get_switch, .form_view = "account/switch", .form_doc = switch_parts,
	 .flags = ROUTE_NO_TOKEN | ROUTE_SELF_AUDIT, .summary = "On a shared phone: log in by name and PIN"},
	{.method = WEB_POST, .path = "/me/listed", .perm = &PERM_LOGIN, .input = listed_input_shape, .input_size = sizeof(struct listed_input),
	 .fn = account_post_listed, .summary = "Be listed by name on this shared phone, or not"},
	{.method = WEB_GET, .path = "/tokens", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_get_tokens, .view = "account/tokens",
	 .doc = tokens_parts, .summary = "One's tokens for scripts"},
	{.method = WEB_POST, .path = "/tokens", .perm = &PERM_LOGIN, .input = token_input_shape, .input_size = sizeof(struct token_input),
	 .fn = account_post_token, .view = "account/tokens", .doc = tokens_parts, .form = account_get_tokens,
	 .form_view = "account/tokens", .form_doc = tokens_parts, .summary = "A named token; its text is told this once"},
	{.method = WEB_POST, .path = "/tokens/{id}/revoke", .perm = &PERM_LOGIN, .input = shape_none, .fn = account_post_revoke,
	 .summary = "Revoke one of one's tokens"},
	{.method = WEB_GET, .path = "/people", .perm = &account_people_read, .input = people_query_shape,
	 .input_size = sizeof(struct people_query), .fn = account_get_people, .view = "account/people", .doc = people_parts,
	 .faces = FACES_LIST, .rows = person_line_shape,
	 .summary = "People of a unit and below, by name"},
	{0},
};

static const struct menu_entry menu[] = {
	{"account_people_title", "/people", "users", &account_people_read, 62},
	{"account_me_title", "/me", "user", &PERM_LOGIN, 90},
	{0},
};

static const struct setting settings[] = {
	{"account.lock_minutes", SETTING_I64, "30", 1, 1440, "how long an address is refused for a login after too many failures"},
	{"account.failures_per_address", SETTING_I64, "5", 1, 100, "failures of one login from one address"},
	{"account.address_budget", SETTING_I64, "100", 5, 100000, "failures from one address over all logins in the same time"},
	{"account.failures_per_hour", SETTING_I64, "20", 5, 1000, "failures of one login in an hour from addresses where it never got in"},
	{"account.failures_per_day", SETTING_I64, "30", 5, 1000,
	 "failures of one login in a day: from one address, from all where it never got in, and in one browser"},
	{"account.password_profile", SETTING_STR, "mlps", 0, 8,
	 "mlps: classes of characters and a change period; asvs: neither (length and what is easily guessed count in both)"},
	{"account.password_days", SETTING_I64, "90", 0, 3660, "mlps: from the safety officer upward, days until a password has to be changed; 0: never"},
	{"account.factor_for_administrators", SETTING_BOOL, "1", 0, 1,
	 "system, security and audit administrators set up a second factor before anything else"},
	{"account.code_hours", SETTING_I64, "24", 1, 720, "hours that the one-time code in place of a forgotten PIN is good"},
	{"account.idle_minutes_shared", SETTING_I64, "10", 1, 720, "on a phone that a team shares: minutes without a request until it is logged out"},
	{"account.idle_minutes_admin", SETTING_I64, "15", 1, 1440, "administrators: minutes without a request until they are logged out"},
	{"account.session_hours_admin", SETTING_I64, "12", 1, 72, "administrators: longest session"},
	{"account.idle_minutes_desk", SETTING_I64, "720", 5, 43200, "safety officers, unions and management: minutes without a request"},
	{"account.session_hours_desk", SETTING_I64, "24", 1, 720, "safety officers, unions and management: longest session"},
	{"account.idle_days_floor", SETTING_I64, "90", 1, 400, "workers, team and workshop leaders: days without a request"},
	{"account.session_days_floor", SETTING_I64, "365", 1, 400, "workers, team and workshop leaders: longest session"},
	{0},
};

static const struct err *sweep_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	TRY(db_exec(tx, &account_session_sweep, ARGS(ARG(e->city), ARG(e->now)), NULL));
	return db_exec(tx, &account_attempt_sweep, ARGS(ARG(e->now)), NULL);
}

static const struct err *sweep(struct env *e, struct str payload)
{
	(void)payload;
	return env_write(e, sweep_rows, NULL);
}

static const struct job_kind jobs[] = {{"account.sweep", sweep, (int64_t)3600 * 1000, 0}, {0}};

static const struct shape_of_table tables[] = {{"person", person_row}, {"session", session_line_row}, {"api_token", token_line_row}, {0}};

static const char *const needs[] = {"org", NULL};

const struct feature feature_account = {
	.name = "account",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = account_sql_all,
	.lists = account_lists_all,
	.moved = account_moved_all,
	.goes_along = account_goes_along,
	.resources = account_resources,
	.menu = menu,
	.jobs = jobs,
	.settings = settings,
	.tables = tables,
	.imports = account_imports,
	.identify = account_identify,
};
