/* A whole city: its offices, and the order in which everything is made. */
#include "demo_city.h"

#include "account_load.h"
#include "assignment_load.h"
#include "coverage_load.h"
#include "day.h"
#include "hazard_load.h"
#include "org_load.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { ACCOUNT_BYTES = 512 * 1024, FIRMS_PER_1000 = 60, FIRMS_MIN = 24, OFFICE_PEOPLE_MAX = 2000 };
static const size_t CITY_MEMORY = (size_t)1024 * 1024 * 1024;

const struct layout layouts[FIRM_SIZES] = {
	[FIRM_BIG] = {.workshops = 2, .teams_each = 2, .places_each = 3, .workers = 3},
	[FIRM_MEDIUM] = {.workshops = 2, .teams_each = 1, .places_each = 2, .workers = 2},
	[FIRM_SMALL] = {.direct_teams = 1, .places_each = 2, .workers = 2},
	[FIRM_MICRO] = {.places_each = 1, .workers = 1},
};

size_t city_pick(struct demo_rng *r, const uint64_t *sums, size_t n)
{
	uint64_t at = demo_random(r) % sums[n - 1];
	size_t low = 0, high = n - 1;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sums[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* ---- parts ------------------------------------------------------------------------ */

enum { IDS = 16 };

void city_ids(struct env *e, struct instant of, uint32_t at)
{
	for (uint32_t k = 0; k < IDS; k++)
		e->ids[k] = app_id_at(of, at * IDS + k);
	e->n_ids = IDS;
	e->at_id = 0;
}

struct env city_env(const struct city *c, struct db_tx *tx, const char *kind, size_t n, struct demo_rng *rng)
{
	static const struct actor program = {.is_system = true};
	struct arena *a = db_arena(tx);
	struct env e = {.app = c->d->app, .a = a, .city = c->d->city, .actor = &program, .now = c->d->start};
	struct str what = str_fmt(a, "%llu %s %zu", (unsigned long long)c->d->seed, kind, n);
	unsigned char bytes[sizeof(e.seed) + sizeof(*rng)];
	crypto_generichash(bytes, sizeof(bytes), (const unsigned char *)what.p, what.n, NULL, 0);
	memcpy(e.seed, bytes, sizeof(e.seed));
	memcpy(rng, bytes + sizeof(e.seed), sizeof(*rng));
	return e;
}

struct part {
	struct city *c;
	city_part_fn *fn;
	void *ctx;
};

static const struct err *write_part(struct db_tx *tx, struct env *e, void *ctx)
{
	struct part *p = ctx;
	(void)e;
	return p->fn(p->c, tx, p->ctx);
}

const struct err *city_part(struct city *c, city_part_fn *fn, void *ctx)
{
	struct part p = {c, fn, ctx};
	if (!c->by_model) {
		TRY(fn(c, loader_tx(c->loader), ctx));
		return loader_step(c->loader);
	}
	struct arena *a = arena_new(0);
	struct env e = env_system(c->d->app, a, c->d->city);
	const struct err *bad = env_write(&e, write_part, &p);
	if (bad)
		bad = err_make(c->a, bad->kind, str_z(c->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

/* ---- offices ---------------------------------------------------------------------- */

struct offices {
	struct unit *units;
	size_t n;
};

static const struct err *read_offices(struct db_tx *tx, struct env *e, void *ctx)
{
	struct offices *o = ctx;
	return org_load_offices(tx, e->city, &o->units, &o->n);
}

static bool is_top(const struct unit *u)
{
	return u->top_id.v == u->id.v && u->mid_id.v == 0;
}

static size_t top_of(const struct city *c, const struct unit *u)
{
	for (size_t i = 0; i < c->n_offices; i++)
		if (c->offices[i].unit->id.v == u->top_id.v)
			return i;
	return 0;
}

static bool has_below(const struct city *c, const struct unit *u)
{
	for (size_t i = 0; i < c->n_offices; i++)
		if (c->offices[i].unit->parent_id.v == u->id.v)
			return true;
	return false;
}

/* Townships differ by a factor of twenty: a few are crowded, most are not. */
static uint64_t weight_of(struct demo_rng *r, const struct unit *u)
{
	uint64_t w = (uint64_t)demo_between(r, 10, 60);
	if (u->kind != UNIT_TOWNSHIP)
		return w / 2 + 5;
	return demo_between(r, 1, 8) == 1 ? w * 4 : w;
}

static void choose_homes(struct city *c)
{
	uint64_t sum = 0;
	c->homes = ARENA_ARRAY(c->a, uint32_t, c->n_offices);
	c->home_sums = ARENA_ARRAY(c->a, uint64_t, c->n_offices);
	for (size_t i = 1; i < c->n_offices; i++) {
		const struct unit *u = c->offices[i].unit;
		if (u->kind != UNIT_TOWNSHIP && has_below(c, u))
			continue;
		sum += weight_of(&c->d->rng, u);
		c->homes[c->n_homes] = (uint32_t)i;
		c->home_sums[c->n_homes++] = sum;
	}
}

struct post {
	uint32_t role;
	const char *login;
	const struct unit *unit;
	struct demo_person **out;
};

struct posts {
	struct demo *d;
	struct post v[8];
	size_t n;
};

static const struct err *fill_posts(struct db_tx *tx, struct env *e, void *ctx)
{
	struct posts *p = ctx;
	for (size_t i = 0; i < p->n; i++) {
		struct demo_person *unused;
		struct demo_person_spec s = {p->v[i].role, p->v[i].unit, str_of(p->v[i].login)};
		TRY(demo_person_add(tx, e, p->d, &s, p->v[i].out ? p->v[i].out : &unused));
	}
	return NULL;
}

static const struct err *staff(struct city *c, const struct post *posts, size_t n)
{
	struct arena *a = arena_new(0);
	struct env e = env_system(c->d->app, a, c->d->city);
	struct posts p = {.d = c->d, .n = n};
	memcpy(p.v, posts, n * sizeof(*posts));
	const struct err *bad = env_write(&e, fill_posts, &p);
	if (bad)
		bad = err_make(c->a, bad->kind, str_z(c->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

static const struct err *staff_office(struct city *c, size_t i, const char *word, size_t number)
{
	struct city_office *o = &c->offices[i];
	uint32_t role = o->unit->kind == UNIT_TOWNSHIP ? ROLE_CADRE_TOWNSHIP : ROLE_CADRE_COUNTY;
	const char *login = str_fmt(c->a, "%s%zu", word, number).p;
	return staff(c, &(struct post){role, login, o->unit, &o->cadre}, 1);
}

/* The offices of the two employers with short logins have the first numbers, as in the small demonstration. */
static const char *const first_codes[] = {"371302", "371311", "371302105", "371311001"};

static size_t number_of(const struct unit *u, size_t next)
{
	for (size_t i = 0; i < sizeof(first_codes) / sizeof(first_codes[0]); i++)
		if (str_is(u->code, first_codes[i]))
			return i % 2 + 1;
	return next;
}

static const struct err *staff_all(struct city *c)
{
	const struct unit *root = c->offices[0].unit;
	size_t towns = 2, counties = 2;
	const struct post posts[] = {
		{ROLE_CADRE_CITY, "city1", root, &c->offices[0].cadre}, {ROLE_PRODUCTION_PROTECTION, "production1", root, NULL},
		{ROLE_SYSTEM_ADMIN, "system1", root, NULL}, {ROLE_SECURITY_ADMIN, "security1", root, NULL},
		{ROLE_AUDIT_ADMIN, "audit1", root, NULL},
	};
	TRY(staff(c, posts, sizeof(posts) / sizeof(posts[0])));
	for (size_t i = 1; i < c->n_offices; i++) {
		const struct unit *u = c->offices[i].unit;
		bool town = u->kind == UNIT_TOWNSHIP;
		size_t *last = town ? &towns : &counties, number = number_of(u, *last + 1);
		*last += number > 2;
		TRY(staff_office(c, i, town ? "town" : "county", number));
	}
	return NULL;
}

const struct err *city_make_offices(struct city *c)
{
	struct offices o = {0};
	struct env e = env_system(c->d->app, c->a, c->d->city);
	TRY(env_read(&e, read_offices, &o));
	c->offices = ARENA_ARRAY(c->a, struct city_office, o.n);
	for (size_t i = 0; i < o.n; i++)
		if (o.units[i].kind == UNIT_CITY || is_top(&o.units[i]) || o.units[i].kind == UNIT_TOWNSHIP)
			c->offices[c->n_offices++].unit = &o.units[i];
	for (size_t i = 0; i < c->n_offices; i++)
		c->offices[i].top = top_of(c, c->offices[i].unit);
	choose_homes(c);
	return staff_all(c);
}

/* ---- loading ----------------------------------------------------------------------------- */

static void size_up(struct city *c)
{
	struct demo *d = c->d;
	c->n_firms = d->n_hazards * FIRMS_PER_1000 / 1000;
	c->n_firms = c->n_firms < FIRMS_MIN ? FIRMS_MIN : c->n_firms;
	d->max_people = OFFICE_PEOPLE_MAX;
	d->people = ARENA_ARRAY(c->a, struct demo_person, d->max_people);
	c->firms = ARENA_ARRAY(c->a, struct firm, c->n_firms);
	c->firm_sums = ARENA_ARRAY(c->a, uint64_t, c->n_firms);
}

static void tell_index(void *ctx, size_t at, size_t n)
{
	struct progress_line *p = ctx;
	p->all = n;
	progress_show(p, at);
}

static const struct err *make_all(struct city *c)
{
	TRY(city_make_firms(c));
	TRY(city_make_tales(c));
	return city_make_contacts(c);
}

static const struct err *load_all(struct city *c)
{
	TRY(loader_new(c->d, &c->loader));
	loader_order(c->loader, org_load_order);
	loader_order(c->loader, account_load_order);
	loader_order(c->loader, hazard_load_order);
	loader_order(c->loader, assignment_load_order);
	loader_order(c->loader, coverage_load_order);
	const struct err *bad = make_all(c);
	if (!bad)
		bad = loader_end(c->loader);
	if (bad)
		bad = err_make(c->a, bad->kind, str_z(c->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	loader_free(c->loader);
	return bad;
}

/* Without secondary indexes and references while rows come in; what happens to them in failure is worse than what failed. */
static const struct err *load(struct city *c)
{
	struct db_bulk_saved saved;
	struct progress_line indexes = {.what = "indexes and references"};
	TRY(db_bulk_begin(app_db(c->d->app), c->a, &saved));
	const struct err *bad = load_all(c);
	const struct err *worse = db_bulk_end(app_db(c->d->app), c->a, &saved, tell_index, &indexes);
	return bad ? bad : worse;
}

/* ---- accounts ------------------------------------------------------------------------ */

static const struct err *flush_accounts(struct city *c)
{
	bool good = write(c->accounts, c->lines.p, c->lines.n) == (ssize_t)c->lines.n;
	c->lines.n = 0;
	return good ? NULL : ERR(c->a, ERR_READONLY, NULL, "demo-accounts.tsv cannot be written");
}

const struct err *city_account(struct city *c, const struct demo_person *p)
{
	demo_account_line(&c->lines, p);
	c->n_accounts++;
	return c->lines.n < ACCOUNT_BYTES ? NULL : flush_accounts(c);
}

static const struct err *open_accounts(struct city *c)
{
	const char *path = str_fmt(c->a, "%s/demo-accounts.tsv", app_data_dir(c->d->app)).p;
	c->lines = sb_new(c->a, 2 * ACCOUNT_BYTES);
	demo_account_head(&c->lines);
	c->accounts = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return c->accounts >= 0 ? NULL : ERR(c->a, ERR_READONLY, NULL, "%s cannot be written", path);
}

/* ---- the whole ---------------------------------------------------------------------- */

static const struct err *make(struct city *c)
{
	struct demo *d = c->d;
	TRY(open_accounts(c));
	TRY(city_make_offices(c));
	for (size_t i = 0; i < d->n_people; i++)
		TRY(city_account(c, &d->people[i]));
	TRY(c->by_model ? make_all(c) : load(c));
	return flush_accounts(c);
}

const struct err *demo_make_city(struct demo *d, bool by_model)
{
	struct arena *a = arena_new(CITY_MEMORY);
	struct city *c = ARENA_NEW(a, struct city);
	*c = (struct city){.d = d, .a = a, .accounts = -1, .by_model = by_model};
	size_up(c);
	const struct err *bad = make(c);
	if (bad)
		bad = err_make(d->a, bad->kind, str_z(d->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	if (c->accounts >= 0)
		close(c->accounts);
	d->n_employers = c->n_firms;
	if (!bad) {
		demo_print_first(d);
		printf("%zu units and places, %zu accounts\n", c->n_offices + c->n_firms + c->n_units + c->n_places, c->n_accounts);
		d->n_people += c->n_people;
	}
	d->people = NULL;
	arena_free(a);
	return bad;
}
