#include "command.h"

#include "csv.h"
#include "import_cmd.h"
#include "org.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, SHOWN_LINES = 50, LINE_BYTES = 64 * 1024 };

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	{"dry-run", NULL, "say what would change and write nothing", NULL},
	{"unit", "UNIT", "id or division code: rows outside its subtree are refused; also the unit above where a row names none", NULL},
	{"source", "TEXT", "the system the file comes from, for the column external_id", NULL},
	{"mapping", "LIST", "columns that are not recognised: FIELD=HEADING or FIELD=#NUMBER, commas between", NULL},
	{"report", "FILE", "write the whole row-by-row report there as CSV (row, column, code, message)", NULL},
	{"lang", "zh|en", "language of the report (default: by LANG)", NULL},
	{0},
};

static const struct shape line_shape[] = {
	SHAPE(struct import_line, row, 0), SHAPE(struct import_line, column, 0), SHAPE(struct import_line, code, 0),
	SHAPE(struct import_line, message, 0), SHAPE_END,
};

struct telling {
	struct arena *a;
	FILE *report;
	bool is_terminal, progress_shown;
	int64_t shown, hidden, last_ms;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One line that is written over and over; into a file, one every five seconds. */
static void on_progress(void *ctx, const struct import_progress *p)
{
	struct telling *t = ctx;
	int64_t every = t->is_terminal ? 300 : 5000, now = now_ms();
	if (now - t->last_ms < every)
		return;
	t->last_ms = now;
	t->progress_shown = t->is_terminal;
	fprintf(stderr, t->is_terminal ? "\r\033[K%s %" PRId64 "/%" PRId64 : "%s %" PRId64 "/%" PRId64 "\n", p->state, p->done, p->rows);
	fflush(stderr);
}

static const struct err *write_report(struct telling *t, const struct import_line *l)
{
	struct arena_mark mark = arena_mark(t->a);
	struct sb b = sb_new(t->a, LINE_BYTES);
	csv_record(&b, t->a, line_shape, l, UINT64_MAX, NULL);
	struct str text = sb_str(&b);
	bool good = fwrite(text.p, 1, text.n, t->report) == text.n;
	arena_rewind(t->a, mark);
	return good ? NULL : ERR(t->a, ERR_READONLY, "report", "the report cannot be written: %s", strerror(errno));
}

static bool is_plain(const struct import_line *l)
{
	return l->column.n == 0 && (str_is(l->code, "added") || str_is(l->code, "unchanged") || str_is(l->code, "skipped"));
}

static const struct err *on_line(void *ctx, const struct import_line *l)
{
	struct telling *t = ctx;
	if (t->report)
		TRY(write_report(t, l));
	if (is_plain(l))
		return NULL;
	if (t->shown == SHOWN_LINES) {
		t->hidden++;
		return NULL;
	}
	if (t->shown++ == 0)
		printf("%6s  %-20s  %s\n", "row", "code", "column: message");
	printf("%6" PRId64 "  %-20.*s  %.*s%s%.*s\n", l->row, STR_ARG(l->code), STR_ARG(l->column), l->column.n ? ": " : "", STR_ARG(l->message));
	return NULL;
}

static void print_result(const struct import_result *r, bool dry_run, const struct telling *t)
{
	if (t->progress_shown)
		fputs("\r\033[K", stderr);
	if (t->hidden)
		printf("… and %" PRId64 " more; --report FILE writes all of them\n", t->hidden);
	printf("columns: %.*s\n", STR_ARG(r->mapping));
	printf("%" PRId64 " rows: %" PRId64 " %s, %" PRId64 " %s, %" PRId64 " unchanged, %" PRId64 " refused, %" PRId64 " skipped\n", r->rows, r->added,
	       r->is_done ? "added" : "to add", r->changed, r->is_done ? "changed" : "to change", r->unchanged, r->refused, r->skipped);
	if (r->refused)
		puts("nothing was imported");
	else if (dry_run)
		puts("dry run: nothing was written");
}

struct finding {
	struct str unit;
	struct actor *actor;
};

static const struct err *find_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct finding *f = ctx;
	struct unit u;
	struct duty *d = ARENA_NEW(e->a, struct duty);
	TRY(org_unit_named(tx, e->city, f->unit, &u));
	*d = (struct duty){.unit_id = u.id, .role = ROLE_SYSTEM_ADMIN, .unit_path = u.path, .unit_name = u.name};
	*f->actor = (struct actor){.city = e->city, .duties = d, .n_duties = 1};
	return NULL;
}

static bool is_english(const char *lang)
{
	const char *by = lang ? lang : getenv("LC_ALL");
	if (!by || !*by)
		by = getenv("LANG");
	return !by || strncmp(by, "zh", 2) != 0;
}

static const struct err *import_file(struct command_call *c, struct app *app, struct telling *t, int fd, struct import_result *out)
{
	struct env e = env_system(app, c->a, app_home_city_of(app));
	struct actor *actor = ARENA_NEW(c->a, struct actor);
	const char *slash = strrchr(c->words[1], '/'), *unit = command_option(c, "unit");
	struct finding f = {str_of(unit), actor};
	*actor = *e.actor;
	if (e.city == 0)
		return ERR(c->a, ERR_INPUT, "no_city", "there is no city yet: chabaocu init --city CODE");
	if (unit)
		TRY(env_read(&e, find_unit, &f));
	struct import_command k = {
		.kind = str_of(c->words[0]), .source = str_of(command_option(c, "source")), .file_name = str_of(slash ? slash + 1 : c->words[1]),
		.mapping = str_of(command_option(c, "mapping")), .fd = fd, .actor = actor, .dry_run = command_option(c, "dry-run"),
		.english = is_english(command_option(c, "lang")), .progress = on_progress, .line = on_line, .ctx = t,
	};
	return import_command(&e, &k, out);
}

static const struct err *with_files(struct command_call *c, struct app *app, int *status)
{
	struct telling t = {.a = c->a, .is_terminal = isatty(STDERR_FILENO), .last_ms = now_ms()};
	struct import_result r = {0};
	const char *report = command_option(c, "report");
	int fd = open(c->words[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR(c->a, ERR_INPUT, "file", "%s: %s", c->words[1], strerror(errno));
	t.report = report ? fopen(report, "we") : NULL;
	const struct err *e = report && !t.report ? ERR(c->a, ERR_INPUT, "report", "%s: %s", report, strerror(errno)) : NULL;
	if (t.report)
		fputs("row,column,code,message\r\n", t.report);
	if (!e)
		e = import_file(c, app, &t, fd, &r);
	if (t.report && fclose(t.report) != 0 && !e)
		e = ERR(c->a, ERR_READONLY, "report", "%s: %s", report, strerror(errno));
	close(fd);
	if (r.rows)
		print_result(&r, command_option(c, "dry-run"), &t);
	*status = r.refused || (!r.is_done && !command_option(c, "dry-run"));
	return e;
}

static bool is_kind(struct app *app, struct arena *a, const char *word)
{
	struct str names = import_kind_names(app, a);
	while (names.n)
		if (str_is(str_cut(&names, ' '), word))
			return true;
	return false;
}

static const struct err *run(struct command_call *c, int *status)
{
	struct app *app;
	struct app_options o = {.migrate = true};
	TRY(command_app(c, &o, &app));
	const struct err *e = NULL;
	if (is_kind(app, c->a, c->words[0])) {
		e = with_files(c, app, status);
	} else {
		fprintf(stderr, "chabaocu import: no kind \"%s\"; kinds are: %.*s\n", c->words[0], STR_ARG(import_kind_names(app, c->a)));
		*status = EXIT_USAGE;
	}
	app_free(app);
	return e;
}

const struct command cmd_import = {"import", "KIND FILE [--dry-run] [OPTIONS]", "Employers, people or units from a spreadsheet (XLSX or CSV): all rows or none",
				   options, 2, 2, run, false};
