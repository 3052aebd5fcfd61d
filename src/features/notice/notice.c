#include "notice_mail.h"

#include "notice_res.h"
#include "notice_sql.h"

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/inbox", .perm = &PERM_LOGIN, .input = inbox_query_shape, .input_size = sizeof(struct inbox_query), .fn = inbox_get,
	 .view = "notice/inbox", .doc = inbox_doc, .rows = inbox_item_shape, .faces = FACES_LIST, .summary = "What one was told, newest first"},
	{.method = WEB_GET, .path = "/inbox/{id}", .perm = &PERM_LOGIN, .fn = inbox_open, .rows = NULL, .faces = FACE_HTML | FACE_JSON,
	 .summary = "One notice of one's own; a page goes to what it is about, and it has been read"},
	{.method = WEB_POST, .path = "/inbox/{id}/read", .perm = &PERM_LOGIN, .input = shape_none, .fn = inbox_post_read, .summary = "Marks one as read"},
	{.method = WEB_POST, .path = "/inbox/read", .perm = &PERM_LOGIN, .input = inbox_read_shape, .input_size = sizeof(struct inbox_read_input),
	 .fn = inbox_post_read_all, .summary = "Marks all as read that came until a moment"},
	{.method = WEB_GET, .path = "/me/notices", .perm = &PERM_LOGIN, .fn = profile_get, .view = "notice/wishes", .doc = profile_doc,
	 .summary = "How one wants to be reached, and the last mails"},
	{.method = WEB_POST, .path = "/me/notices", .perm = &PERM_LOGIN, .input = profile_input_shape, .input_size = sizeof(struct profile_input),
	 .fn = profile_post, .form = profile_get, .form_view = "notice/wishes", .form_doc = profile_doc, .summary = "Topics, hour and language of the mails"},
	{.method = WEB_POST, .path = "/me/notices/email", .perm = &PERM_LOGIN, .input = profile_email_shape, .input_size = sizeof(struct profile_email),
	 .fn = profile_post_email, .form = profile_get, .form_view = "notice/wishes", .form_doc = profile_doc,
	 .summary = "Another address: a code goes there; empty: no mail any more"},
	{.method = WEB_POST, .path = "/me/notices/confirm", .perm = &PERM_LOGIN, .input = profile_confirm_shape, .input_size = sizeof(struct profile_confirm),
	 .fn = profile_post_confirm, .form = profile_get, .form_view = "notice/wishes", .form_doc = profile_doc, .summary = "The code proves the address"},
	{0},
};

static const struct job_kind jobs[] = {
	{.name = "notice.digest", .run = digest_work, .every_ms = 300000},
	{.name = "notice.alarm", .run = alarm_work},
	{.name = "notice.mail", .run = mail_work, .every_ms = 30000},
	{.name = "notice.purge", .run = purge_work, .every_ms = 86400000},
	{0},
};

static const struct setting settings[] = {
	{"notice.smtp_url", SETTING_STR, "", 0, 200,
	 "mail server, smtp://host:587 (with STARTTLS) or smtps://host:465; in the clear only to this machine; empty: no mail"},
	{"notice.smtp_user", SETTING_STR, "", 0, 100,
	 "name for the mail server; its password stands in CHABAOCU_SMTP_PASSWORD or the file smtp-password of the data folder"},
	{"notice.smtp_ca_file", SETTING_STR, "", 0, 300, "certificates that the mail server's is checked against; empty: the system's"},
	{"notice.mail_from", SETTING_STR, "", 0, 254, "address that mails come from"},
	{"notice.site", SETTING_STR, "", 0, 100, "address of this site in mails, https://…; empty: mails have no links"},
	{"notice.digest_hour", SETTING_I64, "7", 0, 23, "hour of the digest, where a person has chosen none"},
	{"notice.mail_lines", SETTING_I64, "20", 1, 200, "notices that a mail lists; the others become one line with their number"},
	{"notice.alarm_gap_minutes", SETTING_I64, "5", 0, 120, "between two alarms to one person; what comes meanwhile goes into the next"},
	{"notice.kept_days", SETTING_I64, "400", 30, 3660, "days that a notice is kept"},
	{0},
};

static const struct menu_entry menu[] = {{"notice_menu", "/inbox", "bell", &PERM_LOGIN, 5}, {0}};
static const struct panel panels[] = {{"home", &PERM_LOGIN, 5, inbox_box}, {0}};
static const struct shape_of_table tables[] = {{"notice", notice_table_row}, {"notice_mail", mail_row}, {"notice_profile", profile_row}, {0}};
static const char *const needs[] = {"account", "org", NULL};

const struct feature feature_notice = {
	.name = "notice",
	.needs = needs,
	.routes = routes,
	.menu = menu,
	.menu_count = inbox_unread,
	.panels = panels,
	.stmts = notice_sql_all,
	.lists = notice_lists_all,
	.resources = notice_resources,
	.jobs = jobs,
	.settings = settings,
	.tables = tables,
};
