/* Importing on a real database: SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server (ORG-2, NFR-6). */
#include "import_model.h"

#include "app_ground.h"
#include "job.h"

#include <fcntl.h>

extern const struct feature feature_org, feature_account, feature_employer, feature_import;

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	TRY(ground_city_(tx, &g->city));
	return feature_org.init_city(tx, e, STR("371300"));
}

const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_employer, &feature_import, NULL},
					.found = found_city};

/* ---- texts ----------------------------------------------------------------------------- */

static struct str cell(struct ground *g, enum import_type type, const char *raw, const char *wrong)
{
	struct import_field f = {.name = "x", .type = type, .max = type == IMPORT_NUMBER ? 1000 : 20};
	const char *got;
	struct str s = import_cell(g->app, g->a, &f, str_of(raw), &got);
	if (wrong ? !got || strcmp(got, wrong) != 0 : got != NULL)
		fail_msg("%s: %s instead of %s", raw, got ? got : "fine", wrong ? wrong : "fine");
	return s;
}

static void reads(struct ground *g, enum import_type type, const char *raw, const char *value)
{
	struct str s = cell(g, type, raw, NULL);
	if (!str_is(s, value))
		fail_msg("%s is read as %.*s", raw, STR_ARG(s));
}

static void cells_are_made_plain(void **state)
{
	GROUND;
	reads(g, IMPORT_TEXT, " 临沂　沂蒙\t木业 ", "临沂 沂蒙 木业");
	reads(g, IMPORT_TEXT, "Ａ１２３（沂蒙）", "A123(沂蒙)");
	reads(g, IMPORT_TEXT, "\xef\xbb\xbf" "零宽\xe2\x80\x8b字符", "零宽字符");
	reads(g, IMPORT_TEXT, "——", "");
	reads(g, IMPORT_TEXT, "'=1+1", "=1+1");
	reads(g, IMPORT_CODE, "９１３７ １３００", "91371300");
	reads(g, IMPORT_NUMBER, "1,000人", "1000");
	reads(g, IMPORT_NUMBER, "１２０．０", "120");
	cell(g, IMPORT_NUMBER, "约100", "not_a_number");
	cell(g, IMPORT_NUMBER, "1001", "too_large");
	cell(g, IMPORT_NUMBER, "-1", "not_a_number");
	reads(g, IMPORT_YES, "√", "1");
	reads(g, IMPORT_YES, "无", "0");
	reads(g, IMPORT_YES, "", "");
	cell(g, IMPORT_YES, "也许", "not_yes_no");
	reads(g, IMPORT_PHONE, "+86 138-0013-8000", "13800138000");
	cell(g, IMPORT_PHONE, "一三八", "bad_phone");
	cell(g, IMPORT_TEXT, "一二三四五六七八九十一二三四五六七八九十一", "too_long");
}

/* Made numbers with a right and a wrong check digit. */
static void identity_numbers_are_known(void **state)
{
	GROUND;
	assert_true(import_is_identity(STR("11010519491231002X")));
	assert_false(import_is_identity(STR("110105194912310021")));
	assert_false(import_is_identity(STR("91371300100000000U")));
	assert_true(import_is_identity_heading(import_heading(g->a, STR("身份证 号码"))));
	assert_false(import_is_identity_heading(import_heading(g->a, STR("工号"))));
}

/* Else the guess would never find them. */
static void aliases_are_written_plain(void **state)
{
	GROUND;
	struct actor all = {.is_system = true};
	const struct import_kind *const *kinds = import_kinds_of(g->app, g->a, &all);
	assert_non_null(kinds[2]);
	for (size_t k = 0; kinds[k]; k++)
		for (const struct import_field *f = kinds[k]->fields; f->name; f++)
			for (struct str rest = str_of(f->also); rest.n;) {
				struct str one = str_cut(&rest, '|');
				if (!str_eq(import_heading(g->a, one), one))
					fail_msg("%s: %.*s", f->name, STR_ARG(one));
			}
}

/* ---- an import from a text --------------------------------------------------------------- */

static int file_of(struct ground *g, struct str text)
{
	const char *path = str_fmt(g->a, "%s/sheet", g->dir).p;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	unlink(path);
	return fd;
}

static const struct err *open_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import_run run = *(struct import_run *)ctx;
	return import_open(tx, e, &run);
}

static const struct err *read_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import_run *run = ctx;
	return import_run_read(tx, e->city, run->id, run);
}

static const struct err *check_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import_run run = *(struct import_run *)ctx;
	struct columns c;
	TRY(import_run_read(tx, e->city, run.id, &run));
	TRY(import_mapping_read(db_arena(tx), import_kind_find(e->app, run.kind), run.head, run.mapping, &c));
	return import_check(tx, e, &run, &c, 0);
}

static const struct err *apply_it(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import_run run = *(struct import_run *)ctx;
	TRY(import_run_read(tx, e->city, run.id, &run));
	return import_apply(tx, e, &run, 0);
}

static struct env as_program(struct ground *g)
{
	return env_system(g->app, g->a, g->city);
}

/* `actor` NULL: the program itself. */
static const struct err *stage(struct ground *g, const char *kind, const char *source, struct str text, const struct actor *actor, struct import_run *out)
{
	struct env e = as_program(g);
	int fd = file_of(g, text);
	struct import_order o = {.kind = import_kind_find(g->app, str_of(kind)), .source = str_of(source), .fd = fd,
				 .actor = import_actor_text(g->a, actor ? actor : e.actor)};
	const struct err *bad = import_stage(&e, &o, out);
	close(fd);
	return bad ? bad : env_write(&e, open_it, out);
}

static struct import_run checked(struct ground *g, const char *kind, const char *source, struct str text, const struct actor *actor)
{
	struct env e = as_program(g);
	struct import_run run;
	fine(stage(g, kind, source, text, actor, &run));
	fine(env_write(&e, check_it, &run));
	fine(import_work(&e, run.id, 60000, &run));
	assert_int_equal(run.state, STATE_CHECKED);
	return run;
}

static void applied(struct ground *g, struct import_run *run)
{
	struct env e = as_program(g);
	fine(env_write(&e, apply_it, run));
	fine(import_work(&e, run->id, 60000, run));
	assert_int_equal(run->state, STATE_DONE);
}

static void counts(const struct import_run *r, int added, int changed, int same, int refused)
{
	if (r->n_added != added || r->n_changed != changed || r->n_same != same || r->n_refused != refused)
		fail_msg("%d added, %d changed, %d unchanged, %d refused instead of %d, %d, %d, %d", (int)r->n_added, (int)r->n_changed,
			 (int)r->n_same, (int)r->n_refused, added, changed, same, refused);
}

/* Is there a remark with this code about this row? */
static void remarked(struct ground *g, const struct import_run *run, int64_t row, const char *code)
{
	int64_t n = ground_sql(g, str_fmt(g->a, "SELECT COUNT(*) FROM import_row WHERE city_id = $1 AND import_id = $2 AND row_number = $3 AND "
						 "replace(detail, '\"code\":\"%s\"', '') <> detail", code).p, ARGS(ARG(g->city), ARG(run->id), ARG(row)));
	if (n != 1)
		fail_msg("row %d has no %s", (int)row, code);
}

static int64_t events(struct ground *g)
{
	return ground_sql(g, "SELECT COUNT(*) FROM event WHERE city_id = $1", ARGS(ARG(g->city)));
}

static int64_t employers(struct ground *g)
{
	return ground_sql(g, "SELECT COUNT(*) FROM unit WHERE city_id = $1 AND kind = 'employer'", ARGS(ARG(g->city)));
}

/* ---- employers ----------------------------------------------------------------------------- */

#define HEAD "临沂市用人单位登记表,,,,,\r\n填报单位：兰山区,,,,,\r\n序号,企业名称（全称）,统一社会信用代码,所属镇街,企业规模,职工人数,是否高危\r\n"
#define A_CODE "91371300100000000U"
#define B_CODE "91371300100000001Y"

static struct str sheet(struct ground *g, const char *rows)
{
	return str_fmt(g->a, "%s%s", HEAD, rows);
}

static void an_odd_sheet_is_read(void **state)
{
	GROUND;
	struct import_run run = checked(g, "employers", "", sheet(g, "1,沂蒙木业有限公司,９１３７１３００１００００００００Ｕ,兰山街道,大型,３００人,是\r\n\r\n"
								     "2,琅琊机械厂," B_CODE ",371302002,微,,\r\n合计,,,,,300,\r\n"), NULL);
	assert_int_equal(run.head_row, 3);
	assert_true(str_is(run.mapping, "name=2,uscc=3,parent_id=4,size=5,headcount=6,high_risk=7"));
	counts(&run, 2, 0, 0, 0);
	assert_int_equal(run.n_skipped, 1);
	assert_int_equal(employers(g), 0);
	applied(g, &run);
	assert_int_equal(ground_sql(g, "SELECT headcount FROM unit WHERE city_id = $1 AND uscc = '" A_CODE "' AND size = 'large' AND high_risk = 1", ARGS(ARG(g->city))), 300);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM unit u JOIN unit p ON p.city_id = u.city_id AND p.id = u.parent_id WHERE u.city_id = $1 AND u.uscc = '" B_CODE
				       "' AND p.code = '371302002'", ARGS(ARG(g->city))), 1);
	/* Nothing of the cells is kept, and no claim. */
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM import_row WHERE city_id = $1 AND cells <> ''", ARGS(ARG(g->city))), 0);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM claim WHERE city_id = $1", ARGS(ARG(g->city))), 0);
}

static void the_same_again_changes_nothing(void **state)
{
	GROUND;
	struct str text = sheet(g, "1,沂蒙木业有限公司," A_CODE ",兰山街道,大型,300,是\r\n2,无代码小店,,兰山街道,微型,3,否\r\n");
	struct import_run run = checked(g, "employers", "", text, NULL);
	applied(g, &run);
	int64_t before = events(g);
	run = checked(g, "employers", "", text, NULL);
	counts(&run, 0, 0, 2, 0);
	applied(g, &run);
	assert_int_equal(events(g), before);
	assert_int_equal(employers(g), 2);
}

static void only_what_differs_is_changed_and_blank_is_left(void **state)
{
	GROUND;
	struct import_run run = checked(g, "employers", "", sheet(g, "1,沂蒙木业有限公司," A_CODE ",兰山街道,大型,300,是\r\n"), NULL);
	applied(g, &run);
	run = checked(g, "employers", "", sheet(g, "1,沂蒙木业集团有限公司," A_CODE ",,,310,\r\n"), NULL);
	counts(&run, 0, 1, 0, 0);
	applied(g, &run);
	assert_int_equal(ground_sql(g, "SELECT headcount FROM unit WHERE city_id = $1 AND name = '沂蒙木业集团有限公司' AND size = 'large' AND high_risk = 1 AND version = 2",
				    ARGS(ARG(g->city))), 310);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM unit_name WHERE city_id = $1 AND name = '沂蒙木业有限公司'", ARGS(ARG(g->city))), 1);
}

static void one_wrong_row_and_nothing_is_imported(void **state)
{
	GROUND;
	struct env e = as_program(g);
	struct import_run run = checked(g, "employers", "", sheet(g, "1,沂蒙木业有限公司," A_CODE ",兰山街道,,,\r\n2,琅琊机械厂,91371300100000001X,兰山街道,,,\r\n"
								     "3,启阳建材厂,,没有的街道,巨型,很多,\r\n4,沂蒙木业有限公司," A_CODE ",兰山街道,,,\r\n"), NULL);
	counts(&run, 1, 0, 0, 3);
	remarked(g, &run, 5, "uscc_check");
	remarked(g, &run, 6, "unknown_unit");
	remarked(g, &run, 6, "unknown_word");
	remarked(g, &run, 6, "not_a_number");
	remarked(g, &run, 7, "twice_in_file");
	fails(env_write(&e, apply_it, &run), ERR_CONFLICT, "import_refused");
	assert_int_equal(employers(g), 0);
}

static struct actor at_unit(struct ground *g, uint32_t role, const char *code)
{
	struct duty *d = ARENA_NEW(g->a, struct duty);
	d->role = role;
	d->unit_id.v = ground_sql(g, "SELECT id FROM unit WHERE city_id = $1 AND code = $2", ARGS(ARG(g->city), arg_str(str_of(code))));
	struct id parent = ID(ground_sql(g, "SELECT parent_id FROM unit WHERE city_id = $1 AND code = $2", ARGS(ARG(g->city), arg_str(str_of(code)))));
	struct id root = ID(ground_sql(g, "SELECT id FROM unit WHERE city_id = $1 AND parent_id = 0", ARGS(ARG(g->city))));
	struct str path = path_child(g->a, STR("/"), root);
	if (parent.v != root.v)
		path = path_child(g->a, path, parent);
	d->unit_path = path_child(g->a, path, d->unit_id);
	return (struct actor){.person_id = ID(77), .city = g->city, .name = STR("某干部"), .duties = d, .n_duties = 1};
}

/* NFR-2, ORG-5: a county's cadre imports into the county alone, a township's into the township without naming it. */
static void what_is_out_of_reach_is_refused(void **state)
{
	GROUND;
	struct actor county = at_unit(g, ROLE_CADRE_COUNTY, "371302"), town = at_unit(g, ROLE_CADRE_TOWNSHIP, "371302001");
	struct str text = sheet(g, "1,沂蒙木业有限公司," A_CODE ",兰山街道,,,\r\n2,琅琊机械厂," B_CODE ",371311001,,,\r\n");
	struct import_run run = checked(g, "employers", "", text, &county);
	counts(&run, 1, 0, 0, 1);
	remarked(g, &run, 5, "not_yours");
	run = checked(g, "employers", "", sheet(g, "1,沂蒙木业有限公司," A_CODE ",,,,\r\n"), &town);
	counts(&run, 1, 0, 0, 0);
	applied(g, &run);
	run = checked(g, "employers", "", sheet(g, "1,沂蒙木业有限公司," A_CODE ",,,,\r\n"), NULL);
	counts(&run, 0, 0, 1, 0);
	struct actor other = at_unit(g, ROLE_CADRE_COUNTY, "371311");
	run = checked(g, "employers", "", sheet(g, "1,改名," A_CODE ",,,,\r\n"), &other);
	remarked(g, &run, 4, "not_yours");
}

static void another_systems_number_finds_it_again(void **state)
{
	GROUND;
	struct import_run run = checked(g, "employers", "台账", STR("名称,信用代码,上级单位,外部编号\n甲厂," A_CODE ",371302001,X1\n乙厂,,371302001,X2\n"), NULL);
	applied(g, &run);
	int64_t before = events(g);
	run = checked(g, "employers", "台账", STR("名称,信用代码,外部编号\n甲厂二," B_CODE ",X1\n乙厂,,X2\n"), NULL);
	counts(&run, 0, 1, 1, 0);
	applied(g, &run);
	assert_int_equal(employers(g), 2);
	assert_int_equal(events(g), before + 1);
	run = checked(g, "employers", "", STR("名称,上级单位,外部编号\n丙厂,371302001,X1\n"), NULL);
	remarked(g, &run, 2, "source_wanted");
}

/* ---- units and people --------------------------------------------------------------------------- */

static void units_may_stand_below_rows_of_the_same_sheet(void **state)
{
	GROUND;
	struct str text = STR("上级单位,名称,类别,代码\n371302001,甲厂,用人单位,F1\nF1,一车间,车间,\n兰山街道/甲厂/一车间,早班,班组,\nF1,晚班,班组,\nF1,晚班,班组,\n371302001,错班,班组,\n");
	struct import_run run = checked(g, "units", "", text, NULL);
	counts(&run, 4, 0, 0, 2);
	remarked(g, &run, 6, "twice_in_file");
	remarked(g, &run, 7, "not_here");
	text = str_sub(text, 0, text.n - strlen("F1,晚班,班组,\n371302001,错班,班组,\n"));
	run = checked(g, "units", "", text, NULL);
	counts(&run, 4, 0, 0, 0);
	applied(g, &run);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM unit t JOIN unit w ON w.city_id = t.city_id AND w.id = t.parent_id WHERE t.city_id = $1 AND t.name = '早班' AND w.name = '一车间'",
				    ARGS(ARG(g->city))), 1);
	run = checked(g, "units", "", text, NULL);
	counts(&run, 0, 0, 4, 0);
}

static void people_are_known_by_number_or_telephone(void **state)
{
	GROUND;
	struct import_run run = checked(g, "units", "", STR("上级单位,名称,类别,代码\n371302001,甲厂,用人单位,F1\nF1,一班,班组,T1\n"), NULL);
	applied(g, &run);
	struct str text = STR("姓名,工号,手机号,所属单位,职务\n张一,001,１３８００１３８０００,T1,班组长\n李二,002,,F1,职工\n王三,,13900139000,F1,\n");
	run = checked(g, "people", "", text, NULL);
	counts(&run, 3, 0, 0, 0);
	applied(g, &run);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM duty WHERE city_id = $1", ARGS(ARG(g->city))), 2);
	int64_t before = events(g);
	run = checked(g, "people", "", text, NULL);
	counts(&run, 0, 0, 3, 0);
	applied(g, &run);
	assert_int_equal(events(g), before);
	run = checked(g, "people", "", STR("姓名,工号,手机号,所属单位,职务\n张一,001,13800138001,T1,车间主任\n赵四,,,F1,\n钱五,005,,F1,系统管理员\n"), NULL);
	counts(&run, 0, 1, 0, 2);
	remarked(g, &run, 3, "no_identity");
	remarked(g, &run, 4, "role_by_hand");
	/* Telephone numbers stay out of the report. */
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM import_row WHERE city_id = $1 AND replace(detail, '138001', '') <> detail", ARGS(ARG(g->city))), 0);
}

/* ORG, NFR-6: identity is phone or staff number, never an ID-card number. */
static void identity_cards_are_not_taken(void **state)
{
	GROUND;
	struct import_run run;
	fails(stage(g, "people", "", STR("姓名,身份证号,工号,单位\n张一,11010519491231002X,1,371302001\n"), NULL, &run), ERR_INPUT, "identity_column");
	run = checked(g, "people", "", STR("姓名,工号,单位,其他\n张一,11010519491231002X,371302001,11010519491231002X\n"), NULL);
	remarked(g, &run, 2, "identity_number");
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM import_row WHERE city_id = $1 AND replace(cells, '11010519491231002X', '') <> cells", ARGS(ARG(g->city))), 0);
}

/* ---- columns ---------------------------------------------------------------------------------------- */

static void chosen_columns_are_remembered(void **state)
{
	GROUND;
	struct env e = as_program(g);
	struct import_run run;
	fine(stage(g, "employers", "", STR("厂子叫啥,啥码,在哪\n甲厂," A_CODE ",371302001\n"), NULL, &run));
	assert_true(str_is(run.mapping, ""));
	fails(env_write(&e, check_it, &run), ERR_INPUT, "column_wanted");
	fine(env_read(&e, read_it, &run));
	struct columns c;
	fine(import_mapping_read(g->a, import_kind_find(g->app, run.kind), run.head, STR("name=厂子叫啥,uscc=#2,parent_id=在哪"), &c));
	assert_int_equal(c.at[0], 1);
	fails(import_mapping_read(g->a, import_kind_find(g->app, run.kind), run.head, STR("nome=厂子叫啥"), &c), ERR_INPUT, "unknown_field");
	fails(import_mapping_read(g->a, import_kind_find(g->app, run.kind), run.head, STR("name=没有"), &c), ERR_INPUT, "no_column");
	run.mapping = STR("name=1,uscc=2,parent_id=3");
	ground_sql(g, "UPDATE import_run SET mapping = 'name=1,uscc=2,parent_id=3' WHERE city_id = $1", ARGS(ARG(g->city)));
	fine(env_write(&e, check_it, &run));
	fine(stage(g, "employers", "", STR("在哪,厂子叫啥,啥码\n371302001,甲厂," A_CODE "\n"), NULL, &run));
	assert_true(str_is(run.mapping, "name=2,uscc=3,parent_id=1"));
}

static void what_was_exported_is_read_by_itself(void **state)
{
	GROUND;
	struct import_run run;
	fine(stage(g, "employers", "", STR("id,parent_id,name,union_name,code,uscc,industry,size,headcount,high_risk,non_public,is_closed\n1,2,x,,,,,,,0,0,0\n"), NULL, &run));
	assert_true(str_is(run.mapping, "name=3,uscc=6,parent_id=2,union_name=4,code=5,industry=7,size=8,headcount=9,high_risk=10,non_public=11,is_closed=12,id=1"));
}

/* ---- large ones ---------------------------------------------------------------------------------------- */

static struct str large(struct ground *g, int n)
{
	struct sb b = sb_new(g->a, (size_t)8 << 20);
	sb_addz(&b, "名称,代码,上级单位\n");
	for (int i = 0; i < n; i++)
		sb_fmt(&b, "第%d厂,L%d,371302001\n", i, i);
	return sb_str(&b);
}

enum { LARGE = IMPORT_ONE_TRANSACTION + 100 };

/* Works on it until it is in `state`, a short transaction at a time. */
static void work_until(struct ground *g, struct import_run *run, uint32_t state)
{
	for (int i = 0; i < 100000 && run->state != state; i++) {
		struct env e = as_program(g);
		fine(import_work(&e, run->id, 0, run));
	}
	assert_int_equal(run->state, state);
}

static struct import_run small_other(struct ground *g, const char *code)
{
	return checked(g, "units", "", str_fmt(g->a, "名称,类别,代码,上级单位\n别家,用人单位,%s,371302002\n", code), NULL);
}

static void a_large_one_goes_in_stages_and_on_after_an_end(void **state)
{
	GROUND;
	struct import_run run = checked(g, "employers", "", large(g, LARGE), NULL);
	struct env e = as_program(g);
	counts(&run, LARGE, 0, 0, 0);
	fine(env_write(&e, apply_it, &run));
	work_until(g, &run, STATE_APPLYING);
	assert_int_equal(employers(g), 0);
	fine(import_work(&e, run.id, 0, &run));
	assert_true(run.n_done > 0);
	/* As if the program had ended here: another takes it up by the job that was left. */
	int64_t done;
	app_free(g->app);
	ground_open(g);
	fine(jobs_drain(g->app, &done));
	e = as_program(g);
	fine(env_read(&e, read_it, &run));
	assert_int_equal(run.state, STATE_DONE);
	assert_int_equal(employers(g), LARGE);
	assert_int_equal(events(g), ground_sql(g, "SELECT COUNT(*) FROM unit WHERE city_id = $1", ARGS(ARG(g->city))));
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM claim WHERE city_id = $1", ARGS(ARG(g->city))), 0);
}

static void what_others_took_after_the_check_undoes_it(void **state)
{
	GROUND;
	struct import_run run = checked(g, "employers", "", large(g, LARGE), NULL);
	struct env e = as_program(g);
	struct import_run other = small_other(g, "L2099");
	applied(g, &other);
	fine(env_write(&e, apply_it, &run));
	run.state = STATE_NONE;
	work_until(g, &run, STATE_CHECKED);
	assert_true(run.is_again);
	assert_true(run.n_refused == 1 && run.n_added == LARGE - 1);
	remarked(g, &run, LARGE + 1, "no_move");
	assert_int_equal(employers(g), 1);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM claim WHERE city_id = $1", ARGS(ARG(g->city))), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(cells_are_made_plain),
		ON_BOTH(identity_numbers_are_known),
		ON_BOTH(aliases_are_written_plain),
		ON_BOTH(an_odd_sheet_is_read),
		ON_BOTH(the_same_again_changes_nothing),
		ON_BOTH(only_what_differs_is_changed_and_blank_is_left),
		ON_BOTH(one_wrong_row_and_nothing_is_imported),
		ON_BOTH(what_is_out_of_reach_is_refused),
		ON_BOTH(another_systems_number_finds_it_again),
		ON_BOTH(units_may_stand_below_rows_of_the_same_sheet),
		ON_BOTH(people_are_known_by_number_or_telephone),
		ON_BOTH(identity_cards_are_not_taken),
		ON_BOTH(chosen_columns_are_remembered),
		ON_BOTH(what_was_exported_is_read_by_itself),
		ON_BOTH(a_large_one_goes_in_stages_and_on_after_an_end),
		ON_BOTH(what_others_took_after_the_check_undoes_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
