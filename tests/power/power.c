/* Power cuts on SQLite with photos: what was acknowledged is there afterwards, and nothing is torn (decision "disk under the calls").
 *   power [--cuts N] [--seed N]
 * Then the controls, which must fail: a disk that does not sync, and a database that does not ask for it.
 */
#include "disk.h"
#include "phones.h"

#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REUSED = 6, CONTROL_CUTS = 120 };

struct site {
	struct ground *g;
	const char *founded; /* folder that is copied */
	char dir[64], grave[80];
	struct memory *m;
	unsigned used;
	uint64_t seed;
};

struct tally { int64_t cuts, acknowledged, commits, batches, lost, corrupt, calls, syncs, sectors, torn, names; };

/* ---- SQLite told not to sync --------------------------------------------------------------- */

static int keep_synchronous(void *ctx, int action, const char *what, const char *value, const char *db, const char *by)
{
	(void)ctx, (void)value, (void)db, (void)by;
	return action == SQLITE_PRAGMA && sqlite3_stricmp(what, "synchronous") == 0 ? SQLITE_IGNORE : SQLITE_OK;
}

static int start_without(sqlite3 *db, char **why, const sqlite3_api_routines *api)
{
	(void)why, (void)api;
	sqlite3_exec(db, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
	return sqlite3_set_authorizer(db, keep_synchronous, NULL);
}

static int start_with_normal(sqlite3 *db, char **why, const sqlite3_api_routines *api)
{
	(void)why, (void)api;
	sqlite3_exec(db, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
	return sqlite3_set_authorizer(db, keep_synchronous, NULL);
}

/* ---- folders -------------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
	char buf[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (ssize_t n; in >= 0 && (n = read(in, buf, sizeof(buf))) > 0;)
		if (write(out, buf, (size_t)n) != n)
			abort();
	close(in);
	close(out);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void remove_folder(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void empty_folder(const char *dir)
{
	remove_folder(dir);
	mkdir(dir, 0700);
}

static void fresh(struct site *p)
{
	char from[128], to[128];
	empty_folder(p->dir);
	empty_folder(p->grave);
	snprintf(from, sizeof(from), "%s/chabaocu.db", p->founded);
	snprintf(to, sizeof(to), "%s/chabaocu.db", p->dir);
	copy_file(from, to);
	snprintf(from, sizeof(from), "%s/secret", p->founded);
	snprintf(to, sizeof(to), "%s/secret", p->dir);
	copy_file(from, to);
	memset(p->m, 0, sizeof(*p->m));
	pthread_mutex_init(&p->m->mutex, NULL);
	p->m->tags = p->seed << 20;
	p->used = 0;
}

/* ---- one cut --------------------------------------------------------------------------------- */

static uint64_t between(uint64_t low, uint64_t high)
{
	return low + disk_chance() % (high - low + 1);
}

/* Few calls as often as many: the first ones of a process are special. */
static int64_t some_calls(unsigned bits)
{
	return (int64_t)between(1, UINT64_C(1) << between(1, bits));
}

struct pressing {
	const char *path;
	pthread_t thread;
};

/* Moves the log into the database again and again, as the writer does every few thousand pages. */
static void *keep_moving(void *ctx)
{
	struct pressing *k = ctx;
	sqlite3 *db;
	if (sqlite3_open_v2(k->path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		while (!disk_is_cut())
			sqlite3_wal_checkpoint_v2(db, NULL, disk_chance() & 1 ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	sqlite3_close(db);
	return NULL;
}

static void cut_at_work(struct site *p, bool moving)
{
	char path[128];
	struct pressing k = {.path = path};
	snprintf(path, sizeof(path), "%s/chabaocu.db", p->dir);
	disk_cut_after(some_calls(13));
	if (moving && pthread_create(&k.thread, NULL, keep_moving, &k) != 0)
		abort();
	phones_work(p->g, p->m, 0);
	if (moving)
		pthread_join(k.thread, NULL);
}

enum way_of_cutting { AT_WORK, WHILE_MOVING, AT_CLOSE, AT_OPEN, AFTER_KILL, WAYS };

/* Ends with nothing open and the power gone. */
static void lose_power(struct site *p, enum way_of_cutting how, enum disk_lie lie)
{
	disk_on(p->dir, p->grave, lie, p->seed);
	if (how != AT_OPEN && phones_open(p->g, p->dir))
		return; /* the verification says it */
	switch (how) {
	case AT_OPEN:
		disk_cut_after(some_calls(6));
		if (!phones_open(p->g, p->dir))
			cut_at_work(p, false);
		break;
	case AT_CLOSE:
		phones_work(p->g, p->m, 4);
		disk_cut_after(some_calls(8));
		break;
	case AFTER_KILL:
		cut_at_work(p, false);
		phones_close(p->g, p->m);
		disk_kill_only();
		disk_cut_after(some_calls(9));
		if (!phones_open(p->g, p->dir))
			phones_work(p->g, p->m, 0);
		break;
	default:
		cut_at_work(p, how == WHILE_MOVING);
		break;
	}
	phones_close(p->g, p->m);
}

static int first_column(void *ctx, int n, char **values, char **names)
{
	(void)n, (void)names;
	snprintf(ctx, 200, "%s", values[0] ? values[0] : "");
	return 0;
}

static const char *integrity(const struct site *p)
{
	static char said[200];
	char path[128];
	sqlite3 *db;
	snprintf(path, sizeof(path), "%s/chabaocu.db", p->dir);
	said[0] = '\0';
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA integrity_check(1)", first_column, said, NULL);
	sqlite3_close(db);
	if (rc != SQLITE_OK)
		snprintf(said, sizeof(said), "%s", sqlite3_errstr(rc));
	return strcmp(said, "ok") == 0 ? "" : said;
}

static const char *look_after(struct site *p)
{
	static char said[400];
	const char *torn = integrity(p);
	if (*torn) {
		snprintf(said, sizeof(said), "corrupt: %s", torn);
		return said;
	}
	const char *e = phones_open(p->g, p->dir);
	if (e) {
		snprintf(said, sizeof(said), "corrupt: it does not start: %s", e);
		return said;
	}
	const char *bad = phones_verify(p->g, p->m);
	phones_close(p->g, p->m);
	return *bad ? bad : p->m->wrong;
}

static const char *one_cut(struct site *p, enum way_of_cutting how, enum disk_lie lie, struct tally *t)
{
	if (p->used++ >= REUSED)
		fresh(p);
	const int64_t before = p->m->acknowledged, commits = p->m->commits, batches = p->m->batches;
	lose_power(p, how, lie);
	struct disk_counts c = disk_counts();
	disk_damage();
	struct disk_counts after = disk_counts();
	t->commits += p->m->commits - commits;
	t->batches += p->m->batches - batches;
	const char *bad = look_after(p);
	t->cuts++;
	t->acknowledged += p->m->acknowledged - before;
	t->calls += c.calls;
	t->syncs += c.syncs;
	t->sectors += after.lost;
	t->torn += after.torn;
	t->names += after.names_undone;
	t->lost += strncmp(bad, "lost", 4) == 0;
	t->corrupt += *bad && strncmp(bad, "lost", 4) != 0;
	if (*bad)
		p->used = REUSED; /* begin anew */
	p->seed++;
	return bad;
}

/* ---- runs ------------------------------------------------------------------------------------- */

static const char *const ways[WAYS] = {"at work", "while the log is moved", "at the end", "at the start", "after a kill"};

static void say(const struct tally *t)
{
	printf("     %lld cuts: %lld acknowledged (%lld commits in %lld groups), %lld cuts with a loss, %lld corrupt; %lld calls, %lld syncs; "
	       "%lld sectors lost, %lld torn, %lld names undone\n", (long long)t->cuts, (long long)t->acknowledged,
	       (long long)t->commits, (long long)t->batches, (long long)t->lost, (long long)t->corrupt,
	       (long long)t->calls, (long long)t->syncs, (long long)t->sectors, (long long)t->torn, (long long)t->names);
}

static int honest(struct site *p, int64_t cuts)
{
	struct tally t = {0};
	int failed = 0;
	p->used = REUSED;
	for (int64_t i = 0; i < cuts; i++) {
		enum way_of_cutting how = (enum way_of_cutting)(i % WAYS);
		const char *bad = one_cut(p, how, DISK_HONEST, &t);
		if (*bad) {
			failed++;
			printf("FAIL cut %lld %s (seed %llu): %s\n", (long long)i + 1, ways[how], (unsigned long long)p->seed - 1, bad);
		}
	}
	printf("%s an honest disk\n", failed ? "FAIL" : "ok  ");
	say(&t);
	return failed;
}

/* It must be seen, soon. */
static int control(struct site *p, const char *name, enum disk_lie lie)
{
	struct tally t = {0};
	const char *bad = "";
	p->used = REUSED;
	for (int i = 0; i < CONTROL_CUTS && !*bad; i++)
		bad = one_cut(p, AT_WORK, lie, &t);
	printf("%s control: %s: %.70s\n", *bad ? "ok  " : "FAIL", name, *bad ? bad : "nothing was seen");
	say(&t);
	return !*bad;
}

static int controls(struct site *p)
{
	int failed = control(p, "a disk that does not sync", DISK_NO_SYNC);
	failed += control(p, "a disk that does not sync folders", DISK_NO_FOLDER_SYNC);
	failed += control(p, "photos that are not synced", DISK_NO_PHOTO_SYNC);
	sqlite3_auto_extension((void (*)(void))start_without);
	failed += control(p, "a database with synchronous=OFF", DISK_HONEST);
	sqlite3_cancel_auto_extension((void (*)(void))start_without);
	sqlite3_auto_extension((void (*)(void))start_with_normal);
	failed += control(p, "a database with synchronous=NORMAL", DISK_HONEST);
	sqlite3_cancel_auto_extension((void (*)(void))start_with_normal);
	return failed;
}

static int64_t option(int argc, char **argv, const char *name, int64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtoll(argv[i + 1], NULL, 10);
	return otherwise;
}

int main(int argc, char **argv)
{
	const int64_t cuts = option(argc, argv, "--cuts", 200), seed = option(argc, argv, "--seed", 1);
	struct rlimit many = {.rlim_cur = 8192, .rlim_max = 8192};
	setrlimit(RLIMIT_NOFILE, &many);
	setvbuf(stdout, NULL, _IOLBF, 0);
	struct site p = {.g = phones_found(), .seed = (uint64_t)seed, .m = calloc(1, sizeof(*p.m))};
	p.founded = strdup(phones_folder(p.g));
	snprintf(p.dir, sizeof(p.dir), "%s.cut", p.founded);
	snprintf(p.grave, sizeof(p.grave), "%s.grave", p.founded);
	printf("seed %lld\n", (long long)seed);
	int failed = honest(&p, cuts), missed = controls(&p);
	remove_folder(p.dir);
	remove_folder(p.grave);
	remove_folder(p.founded);
	free(p.m);
	phones_forget(p.g);
	printf("%lld passed, %d failed\n", (long long)cuts - failed + 5 - missed, failed + missed);
	return failed || missed;
}
