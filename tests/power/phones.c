#include "phones.h"

#include "disk.h"
#include "event.h"
#include "hazard_ground.h"
#include "upload.h"

#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/stat.h>

/* ---- the application ---------------------------------------------------------------- */

struct ground *phones_found(void)
{
	struct ground *g = ground_new(NULL, NULL);
	app_free(g->app);
	g->app = NULL;
	return g;
}

const char *phones_folder(const struct ground *g)
{
	return g->dir;
}

void phones_forget(struct ground *g)
{
	ground_free(g);
}

const char *phones_open(struct ground *g, const char *dir)
{
	static char said[300];
	g->dir = g->o.data_dir = dir;
	g->app = NULL;
	const struct err *e = app_new(g->a, &g->o, &g->app);
	if (!e)
		return NULL;
	snprintf(said, sizeof(said), "%.*s", STR_ARG(e->detail));
	return said;
}

void phones_close(struct ground *g, struct memory *m)
{
	struct db_stats s = {0};
	if (g->app)
		db_stats(app_db(g->app), &s);
	m->commits += s.commits;
	m->batches += s.batches;
	app_free(g->app);
	g->app = NULL;
}

/* ---- pictures ----------------------------------------------------------------------- */

enum { PNG_MAX = 6000 };

static const unsigned char head[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R',
				     0,	   0,	0,   3,	  0,	0,    0,    2,	  8, 0, 0, 0, 0, 0xb8, 0x1f, 0x39, 0xc6};
static const unsigned char tail[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

/* A picture of its own for each tag: a chunk of rubbish between head and end. */
static struct str picture(struct arena *a, uint64_t tag)
{
	size_t n = 900 + tag * 7919 % (PNG_MAX - 1000);
	unsigned char *p = arena_alloc(a, PNG_MAX), seed[32] = {0};
	memcpy(seed, &tag, sizeof(tag));
	memcpy(p, head, sizeof(head));
	unsigned char *at = p + sizeof(head);
	memcpy(at, (const unsigned char[]){0, 0, (unsigned char)(n >> 8), (unsigned char)n, 't', 'e', 'S', 't'}, 8);
	randombytes_buf_deterministic(at + 8, n + 4, seed);
	memcpy(at + 12 + n, tail, sizeof(tail));
	return (struct str){(const char *)p, sizeof(head) + 12 + n + sizeof(tail)};
}

/* ---- one phone ------------------------------------------------------------------------ */

struct phone {
	struct ground *g;
	struct memory *m;
	struct arena *a; /* of one piece of work */
	unsigned rounds, i;
	enum who who;
	size_t mine;     /* the record that it takes on its way */
	bool has_mine;
	pthread_t thread;
};

static uint64_t next_tag(struct memory *m)
{
	pthread_mutex_lock(&m->mutex);
	uint64_t tag = ++m->tags;
	pthread_mutex_unlock(&m->mutex);
	return tag;
}

static void lock(struct phone *p)
{
	pthread_mutex_lock(&p->m->mutex);
}

static void unlock(struct phone *p)
{
	pthread_mutex_unlock(&p->m->mutex);
}

/* False: the disk has failed, or something is wrong. */
static bool taken(struct phone *p, const struct err *e, const char *what)
{
	if (!e)
		return true;
	if (!disk_is_cut()) {
		lock(p);
		snprintf(p->m->wrong, sizeof(p->m->wrong), "%s: %.*s: %.*s", what, STR_ARG(e->code), STR_ARG(e->detail));
		unlock(p);
	}
	return false;
}

struct reporting {
	struct ground *g;
	struct hazard_report report;
	struct hazard_photo photo;
	struct id upload;
	unsigned char code[16];
	struct hazard_made made;
};

static const struct err *try_report(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reporting *r = ctx;
	if (r->upload.v)
		TRY(upload_take(tx, e, r->upload, &r->photo.blob, &r->photo.type));
	return hazard_report(tx, e, &r->report, &r->photo, 1, r->code, &r->made);
}

static const struct err *spool(struct phone *p, uint64_t tag, struct hazard_photo *out)
{
	struct str bytes = picture(p->a, tag);
	struct upload u = {.path = str_fmt(p->a, "%s/uploads/spool-%llu", p->g->dir, (unsigned long long)tag).p, .size = (int64_t)bytes.n};
	u.fd = open(u.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (u.fd < 0)
		return ERR(p->a, ERR_READONLY, NULL, "spool");
	const struct err *e = write(u.fd, bytes.p, bytes.n) == (ssize_t)bytes.n ? NULL : ERR(p->a, ERR_READONLY, NULL, "spool");
	crypto_hash_sha256(u.sha256, (const unsigned char *)bytes.p, bytes.n);
	if (!e)
		e = blob_take_photo(p->g->app, p->a, &u, &out->blob, &out->type);
	close(u.fd);
	unlink(u.path);
	return e;
}

static bool send_report(struct phone *p, uint64_t tag, struct id upload)
{
	struct env e = env_new(p->g->app, p->a, p->g->city, &p->g->actors[p->who]);
	struct reporting r = {.g = p->g, .upload = upload};
	struct record made = {.version = 1};
	snprintf(made.description, sizeof(made.description), "wet floor %llu", (unsigned long long)tag);
	r.report = (struct hazard_report){.description = str_of(made.description), .place_code = p->g->place.code};
	app_random(p->g->app, r.code, sizeof(r.code));
	if (!upload.v && !taken(p, spool(p, tag, &r.photo), "photo"))
		return false;
	const struct err *bad = env_write(&e, try_report, &r);
	lock(p);
	struct memory *m = p->m;
	m->unknown += bad != NULL;
	if (!bad && m->n_records < RECORDS_MAX) {
		made.id = r.made.id;
		snprintf(made.number, sizeof(made.number), "%.*s", STR_ARG(r.made.number));
		p->mine = m->n_records;
		p->has_mine = true;
		m->records[m->n_records++] = made;
		m->acknowledged++;
	}
	unlock(p);
	return taken(p, bad, "report");
}

/* The way of a hidden danger: version n is reached by the n-th act. */
static const struct { const char *act; enum who who; uint32_t state; } way[] = {
	{NULL, WORKER, 0}, {NULL, WORKER, HAZARD_REPORTED}, {"register", OFFICER, HAZARD_REGISTERED}, {"assign", OFFICER, HAZARD_ASSIGNED},
	{"take", LEADER, HAZARD_RECTIFYING}, {"submit", LEADER, HAZARD_SUBMITTED}, {"accept", OFFICER, HAZARD_ACCEPTED},
	{"close_out", UNION, HAZARD_CLOSED_OUT},
};
enum { WAY_END = sizeof(way) / sizeof(way[0]) - 1 };

struct acting {
	struct id id;
	struct str act;
	struct hazard_input in;
	struct hazard_photo photo;
	size_t n_photos;
};

static const struct err *try_act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct acting *k = ctx;
	return hazard_act(tx, e, k->id, k->act, &k->in, &k->photo, k->n_photos);
}

static struct hazard_input words(struct ground *g, int64_t version)
{
	switch (version) {
	case 2:
		return (struct hazard_input){.category = STR("machine_guard"), .handling_level = HAZARD_AT_TEAM};
	case 3:
		return elements(g);
	case 5:
		return (struct hazard_input){.text = STR("guard mounted")};
	default:
		return (struct hazard_input){0};
	}
}

static bool do_one_act(struct phone *p)
{
	lock(p);
	struct record *r = &p->m->records[p->mine];
	int64_t next = r->version + 1;
	r->in_flight = true;
	struct acting k = {.id = r->id, .act = str_of(way[next].act), .in = words(p->g, next)};
	unlock(p);
	struct env e = env_new(p->g->app, p->a, p->g->city, &p->g->actors[way[next].who]);
	if (next == 5) {
		if (!taken(p, spool(p, next_tag(p->m), &k.photo), "photo"))
			return false;
		k.n_photos = 1;
	}
	const struct err *bad = env_write(&e, try_act, &k);
	lock(p);
	if (!bad) {
		p->m->records[p->mine].in_flight = false;
		p->m->records[p->mine].version = next;
		p->m->acknowledged++;
	}
	unlock(p);
	p->has_mine = next < WAY_END;
	return taken(p, bad, k.act.p);
}

static const struct err *send_piece(struct env *e, struct upload_row *row, struct str bytes)
{
	struct upload_writer w;
	TRY(upload_open(e, row, &w));
	TRY(upload_write(&w, bytes));
	return upload_close(&w);
}

/* A photo in two pieces, each acknowledged, and the report that takes it. */
static bool send_pieces(struct phone *p)
{
	uint64_t tag = next_tag(p->m);
	struct str bytes = picture(p->a, tag);
	struct env e = env_new(p->g->app, p->a, p->g->city, &p->g->actors[p->who]);
	struct upload_row row = {.size = (int64_t)bytes.n};
	if (!taken(p, upload_add(&e, &row), "upload"))
		return false;
	lock(p);
	size_t at = p->m->n_pieces++;
	p->m->pieces[at] = (struct piece){.id = row.id, .who = p->who, .tag = tag, .size = row.size};
	unlock(p);
	for (int half = 0; half < 2; half++) {
		size_t from = half ? bytes.n / 3 : 0, to = half ? bytes.n : bytes.n / 3;
		p->m->pieces[at].in_flight = true;
		const struct err *bad = send_piece(&e, &row, str_sub(bytes, from, to - from));
		lock(p);
		if (!bad) {
			p->m->pieces[at].received = (int64_t)to;
			p->m->pieces[at].in_flight = false;
			p->m->acknowledged++;
		}
		unlock(p);
		if (!taken(p, bad, "piece"))
			return false;
	}
	p->m->pieces[at].is_taken = true;
	return send_report(p, tag, row.id);
}

static bool do_something(struct phone *p)
{
	uint64_t what = disk_chance() % 8;
	if (p->has_mine && what < 5)
		return do_one_act(p);
	if (what == 7)
		return send_pieces(p);
	return send_report(p, next_tag(p->m), ID(0));
}

static void *phone_main(void *ctx)
{
	struct phone *p = ctx;
	bool goes_on = true;
	for (unsigned n = 0; goes_on && (!p->rounds || n < p->rounds) && p->m->n_records < RECORDS_MAX - PHONES; n++) {
		p->a = arena_new(0);
		goes_on = do_something(p);
		arena_free(p->a);
	}
	return NULL;
}

void phones_work(struct ground *g, struct memory *m, unsigned rounds)
{
	struct phone phones[PHONES];
	static const enum who whose[PHONES] = {WORKER, LEADER, WORKER, LEADER};
	for (unsigned i = 0; i < PHONES; i++) {
		phones[i] = (struct phone){.g = g, .m = m, .rounds = rounds, .i = i, .who = whose[i]};
		if (pthread_create(&phones[i].thread, NULL, phone_main, &phones[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < PHONES; i++)
		pthread_join(phones[i].thread, NULL);
}

/* ---- looking after ----------------------------------------------------------------------- */

struct looking {
	struct ground *g;
	struct memory *m;
	struct str bad;
	struct arena *a;
};

static const struct err *look_at_record(struct db_tx *tx, struct env *e, struct looking *l, struct record *r)
{
	static const struct sql photos = {.name = "power_photos", .scope = SQL_CITY, .n_args = 2,
					  .text = "SELECT count(*) FROM attachment WHERE city_id = $1 AND object_id = $2"};
	struct hazard h = {0};
	int64_t n = 0;
	const struct err *gone = hazard_get(tx, e->city, r->id, &h);
	if (gone && gone->kind == ERR_MISSING) {
		l->bad = str_fmt(l->a, "lost: the report %s", r->number);
		return NULL;
	}
	TRY(gone);
	TRY(db_i64(tx, &photos, ARGS(ARG(e->city), ARG(r->id)), 0, &n));
	if (!str_is(h.number, r->number) || !str_is(h.description, r->description))
		l->bad = str_fmt(l->a, "wrong: another record under %s", r->number);
	else if (h.version != r->version && !(r->in_flight && h.version == r->version + 1))
		l->bad = str_fmt(l->a, "lost: %s stands at %lld, acknowledged %lld", r->number, (long long)h.version, (long long)r->version);
	else if (h.version > WAY_END || h.state != way[h.version].state)
		l->bad = str_fmt(l->a, "wrong: the state of %s", r->number);
	else if (n != (h.version >= 5 ? 2 : 1))
		l->bad = str_fmt(l->a, "wrong: %s has %lld photos", r->number, (long long)n);
	r->version = h.version;
	r->in_flight = false;
	return NULL;
}

static const struct err *look_at_records(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct sql all = {.name = "power_all", .scope = SQL_CITY, .n_args = 1, .text = "SELECT count(*) FROM hazard WHERE city_id = $1"};
	struct looking *l = ctx;
	struct memory *m = l->m;
	int64_t n = 0;
	for (size_t i = 0; i < m->n_records && !l->bad.n; i++)
		TRY(look_at_record(tx, e, l, &m->records[i]));
	TRY(db_i64(tx, &all, ARGS(ARG(e->city)), 0, &n));
	if (!l->bad.n && (n < (int64_t)m->n_records || n > (int64_t)m->n_records + m->unknown))
		l->bad = str_fmt(l->a, "wrong: %lld records, %zu acknowledged", (long long)n, m->n_records);
	return NULL;
}

/* Empty when the bytes up to `n` are those that were sent. */
static const char *look_at_bytes(struct looking *l, const struct piece *p, int64_t n)
{
	struct str want = picture(l->a, p->tag);
	char *got = arena_alloc(l->a, PNG_MAX);
	int fd = open(str_fmt(l->a, "%s/uploads/%lld-%lld", l->g->dir, (long long)l->g->city, (long long)p->id.v).p, O_RDONLY | O_CLOEXEC);
	ssize_t have = fd < 0 ? -1 : read(fd, got, PNG_MAX);
	if (fd >= 0)
		close(fd);
	return have >= n && memcmp(got, want.p, (size_t)n) == 0 ? "" : "lost: bytes of an upload";
}

static const struct err *look_at_pieces(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	for (size_t i = 0; i < l->m->n_pieces && !l->bad.n; i++) {
		struct piece *p = &l->m->pieces[i];
		struct env maker = env_new(e->app, e->a, e->city, &l->g->actors[p->who]);
		struct upload_row u = {0};
		const struct err *gone = p->is_taken ? NULL : upload_find(tx, &maker, p->id, &u);
		if (p->is_taken)
			continue;
		if (gone && gone->kind == ERR_MISSING) {
			l->bad = STR("lost: an upload");
			continue;
		}
		TRY(gone);
		bool whole = upload_is_whole(&u);
		if (whole ? p->received < p->size && !p->in_flight : u.received < p->received)
			l->bad = str_fmt(l->a, "lost: an upload stands at %lld, acknowledged %lld", (long long)u.received, (long long)p->received);
		else if (!whole && u.received)
			l->bad = str_of(look_at_bytes(l, p, u.received));
		p->received = whole ? p->size : u.received;
		p->in_flight = false;
	}
	return NULL;
}

static void found_fault(void *ctx, const char *text)
{
	struct looking *l = ctx;
	if (!l->bad.n)
		l->bad = str_fmt(l->a, "wrong: %s", text);
}

const char *phones_verify(struct ground *g, struct memory *m)
{
	static char said[300];
	struct arena *a = arena_new((size_t)64 * 1024 * 1024);
	struct looking l = {.g = g, .m = m, .a = a};
	struct env e = env_system(g->app, a, g->city);
	int64_t n;
	const struct err *bad = env_read(&e, look_at_records, &l);
	if (!bad)
		bad = env_read(&e, look_at_pieces, &l);
	if (!bad && !l.bad.n)
		bad = event_verify(&e, found_fault, &l, &n);
	if (!bad && !l.bad.n)
		bad = attachment_verify(&e, found_fault, &l, &n);
	if (bad)
		l.bad = str_fmt(a, "corrupt: %.*s", STR_ARG(bad->detail));
	snprintf(said, sizeof(said), "%.*s", STR_ARG(l.bad));
	arena_free(a);
	return said;
}
