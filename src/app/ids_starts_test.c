/* Servers that start, are killed and start again: no id twice, and node numbers do not run out (REL-5). */
#include "app_ground.h"
#include "app_parts.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct feature feature_test = {.name = "test", .identify = ground_nobody};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

#ifdef __SANITIZE_THREAD__
enum { RACES = 1 };
#else
enum { RACES = 0 };
#endif
enum { STARTS = 1100, FEW = 40, FOLDERS = 3, SERVERS = 6, STEPS = 220, AT_ONCE = 40, ROOM = STEPS * AT_ONCE };

/* A server in a process of its own: for each byte it is written it draws AT_ONCE ids; at the end of its input it ends in order. */
struct server {
	pid_t pid;
	int ask, told;
	int folder;
	int64_t node;
};

struct run {
	struct ground *g;
	const char *folders[FOLDERS];
	struct server servers[SERVERS];
	int64_t *all;
	size_t n;
	uint64_t chance;
};

static int64_t node_of(int64_t id)
{
	return id >> 12 & 1023;
}

static unsigned any(struct run *r, unsigned below)
{
	r->chance = r->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(r->chance >> 33) % below;
}

static const struct err *keep_first(struct app *app, struct arena *a, int64_t *out)
{
	TRY(ids_keep(app, a));
	for (int i = 0; i < AT_ONCE; i++)
		out[i] = app_id(app).v;
	return NULL;
}

_Noreturn static void serve(struct ground *g, const struct app_options *o, int ask, int told)
{
	struct app *app;
	int64_t ids[AT_ONCE];
	char c;
	/* None of the other servers' pipes: they end when the parent closes theirs. */
	if (dup2(ask, STDIN_FILENO) < 0 || dup2(told, STDOUT_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) != 0)
		_exit(3);
	if (app_new(g->a, o, &app) != NULL)
		_exit(1);
	while (read(STDIN_FILENO, &c, 1) == 1)
		if (keep_first(app, g->a, ids) != NULL || write(STDOUT_FILENO, ids, sizeof(ids)) != (ssize_t)sizeof(ids))
			_exit(2);
	app_free(app);
	_exit(0);
}

static struct server start(struct ground *g, const char *folder, struct instant fixed, struct day today)
{
	struct app_options o = g->o;
	int ask[2], told[2];
	o.data_dir = folder;
	o.fixed_now = fixed;
	o.today = today;
	o.migrate = false;
	assert_int_equal(pipe2(ask, O_CLOEXEC), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	struct server s = {.pid = fork(), .ask = ask[1], .told = told[0]};
	assert_true(s.pid >= 0);
	if (!s.pid)
		serve(g, &o, ask[0], told[1]);
	close(ask[0]);
	close(told[1]);
	return s;
}

static void draw(struct server *s, int64_t *out)
{
	size_t n = 0, want = AT_ONCE * sizeof(*out);
	assert_int_equal(write(s->ask, "d", 1), 1);
	while (n < want) {
		ssize_t got = read(s->told, (char *)out + n, want - n);
		assert_true(got > 0);
		n += (size_t)got;
	}
	s->node = node_of(out[AT_ONCE - 1]);
}

static void end(struct server *s, bool killed)
{
	int status;
	if (killed)
		kill(s->pid, SIGKILL);
	close(s->ask);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	close(s->told);
	assert_true(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	s->pid = 0;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void assert_all_different(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_number);
	assert_true(v[0] > 0);
	for (size_t i = 1; i < n; i++)
		assert_true(v[i - 1] < v[i]);
}

/* The ground's own application is closed: a process is copied only while it has no threads. The SQLite database goes where syncs
 * cost nothing, because a thousand of them are no part of the question. */
static void close_ground(struct ground *g)
{
	char dir[] = "/dev/shm/ids_test.XXXXXX";
	app_free(g->app);
	g->app = NULL;
	if (g->dsn)
		return;
	if (mkdtemp(dir)) {
		nftw(g->dir, ground_remove_, 8, FTW_DEPTH | FTW_PHYS);
		g->dir = str_dup(g->a, str_of(dir)).p;
	}
	g->dsn = g->o.db_dsn = str_fmt(g->a, "sqlite:%s/chabaocu.db", g->dir).p;
	ground_open(g);
	app_free(g->app);
	g->app = NULL;
}

static int64_t rows(struct ground *g)
{
	ground_open(g);
	return ground_sql(g, "SELECT COUNT(*) FROM node_lease", (struct args){0});
}

static void start_and_kill(struct ground *g, int starts)
{
	int64_t *all = calloc((size_t)starts * AT_ONCE, sizeof(*all)), node = 0;
	for (int i = 0; i < starts; i++) {
		struct server s = start(g, g->dir, INSTANT(0), (struct day){0});
		draw(&s, all + (size_t)i * AT_ONCE);
		assert_true(i == 0 || s.node == node);
		node = s.node;
		end(&s, true);
	}
	/* So many kills bring the ids less than a day ahead of the clock. */
	assert_true((all[(size_t)starts * AT_ONCE - 1] - all[0]) >> 22 < 86400000);
	assert_all_different(all, (size_t)starts * AT_ONCE);
	free(all);
}

static void more_kills_than_there_are_numbers(void **state)
{
	struct ground *g = ground_of(state);
	close_ground(g);
	/* On PostgreSQL, where a start waits for the disk, what there is to see shows after a few; so does a race. */
	start_and_kill(g, g->schema || RACES ? FEW : STARTS);
	assert_int_equal(rows(g), 1);
}

static void assert_own_numbers(const struct run *r)
{
	for (int i = 0; i < SERVERS; i++)
		for (int k = 0; k < i; k++)
			assert_true(!r->servers[i].pid || !r->servers[k].pid || r->servers[i].node != r->servers[k].node);
}

static void begin(struct run *r, struct server *s)
{
	static const int days[] = {20160101, 20200229, 20161120, 20300101};
	struct instant fixed = INSTANT(0);
	if (any(r, 3) == 0)
		fixed = INSTANT(INT64_C(1451606400000) + (int64_t)any(r, 1000) * 86400000);
	struct day today = {0};
	if (!fixed.ms && any(r, 2))
		today.ymd = days[any(r, 4)];
	*s = start(r->g, r->folders[any(r, FOLDERS)], fixed, today);
}

static void step(struct run *r)
{
	struct server *s = &r->servers[any(r, SERVERS)];
	if (!s->pid)
		begin(r, s);
	draw(s, r->all + r->n);
	r->n += AT_ONCE;
	assert_own_numbers(r);
	if (any(r, 3) == 0)
		end(s, any(r, 3) != 0);
}

/* Several servers of several folders on one database, whose clocks are years apart, killed or ended at random. */
static void ids_never_repeat(struct ground *g, uint64_t seed)
{
	struct run r = {.g = g, .chance = seed, .all = calloc(ROOM, sizeof(*r.all))};
	for (int i = 0; i < FOLDERS; i++)
		r.folders[i] = str_fmt(g->a, "%s/f%d", g->dir, i).p;
	for (int i = 0; i < STEPS; i++)
		step(&r);
	for (int i = 0; i < SERVERS; i++)
		if (r.servers[i].pid)
			end(&r.servers[i], i % 2);
	assert_all_different(r.all, r.n);
	free(r.all);
}

static void ids_never_repeat_over_kills_and_clocks(void **state)
{
	struct ground *g = ground_of(state);
	close_ground(g);
	for (uint64_t seed = 1; seed <= (g->schema ? 1 : 5); seed++)
		ids_never_repeat(g, seed);
	/* Each of the folders has as many numbers as it had servers at once, at most: not one for each start. */
	assert_true(rows(g) <= 1 + SERVERS * FOLDERS);
}

static void copy_file(struct ground *g, const char *name, const char *folder)
{
	char bytes[64];
	int from = open(str_fmt(g->a, "%s/%s", g->dir, name).p, O_RDONLY | O_CLOEXEC);
	int to = open(str_fmt(g->a, "%s/%s", folder, name).p, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n = read(from, bytes, sizeof(bytes));
	assert_true(n > 0);
	assert_int_equal(write(to, bytes, (size_t)n), n);
	close(from);
	close(to);
}

/* Folders copied with their key, and servers that start in the same moment. */
static void servers_of_other_folders_never_share_a_number(void **state)
{
	struct ground *g = ground_of(state);
	struct server s[SERVERS];
	const char *folders[SERVERS];
	int64_t ids[SERVERS * AT_ONCE];
	close_ground(g);
	for (int i = 0; i < SERVERS; i++) {
		folders[i] = str_fmt(g->a, "%s/copy%d", g->dir, i).p;
		assert_int_equal(mkdir(folders[i], 0700), 0);
		copy_file(g, "node", folders[i]);
		copy_file(g, "secret", folders[i]);
	}
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < SERVERS; i++)
			s[i] = start(g, folders[i], INSTANT(0), (struct day){0});
		for (int i = 0; i < SERVERS; i++)
			draw(&s[i], ids + (size_t)i * AT_ONCE);
		for (int i = 0; i < SERVERS; i++)
			for (int k = 0; k < i; k++)
				assert_int_not_equal(s[i].node, s[k].node);
		assert_all_different(ids, (size_t)SERVERS * AT_ONCE);
		for (int i = 0; i < SERVERS; i++)
			end(&s[i], true);
	}
	/* They took theirs back each time; one more was the ground's. */
	assert_in_range(rows(g), SERVERS, SERVERS + 1);
}

/* Should a lock not hold what it promises (a folder on two machines, a copied machine): both draw with one number, and no id twice. */
static void ids_differ_even_where_two_hold_one_number(void **state)
{
	struct ground *g = ground_of(state);
	struct ground other = *g;
	int64_t ids[3 * AT_ONCE], node;
	fine(keep_first(g->app, g->a, ids));
	node = node_of(ids[0]);
	other.dir = str_fmt(g->a, "%s/twin", g->dir).p;
	other.o.fixed_now = INSTANT(INT64_C(1451606400000));
	if (!other.dsn)
		other.dsn = str_fmt(g->a, "sqlite:%s/chabaocu.db", g->dir).p;
	int lock, own;
	assert_int_equal(mkdir(other.dir, 0700), 0);
	int64_t twin = folder_holder(g->a, other.dir, &lock);
	assert_true(twin && lock >= 0);
	close(lock);
	assert_int_not_equal(twin, folder_holder(g->a, g->dir, &own));
	close(own);
	ground_sql(g, "DELETE FROM node_lease WHERE node <> $1", ARGS(arg_i64(node)));
	ground_sql(g, "UPDATE node_lease SET holder = $1 WHERE node = $2", ARGS(arg_i64(twin), arg_i64(node)));
	ground_open(&other);
	fine(keep_first(other.app, g->a, ids + AT_ONCE));
	fine(keep_first(g->app, g->a, ids + AT_ONCE + AT_ONCE));
	assert_int_equal(node_of(ids[AT_ONCE]), node);
	assert_int_equal(node_of(ids[AT_ONCE + AT_ONCE]), node);
	assert_all_different(ids, sizeof(ids) / sizeof(ids[0]));
	app_free(other.app);
}

static void a_folder_without_a_key_gets_a_number_all_the_same(void **state)
{
	struct ground *g = ground_of(state);
	const char *path = str_fmt(g->a, "%s/node", g->dir).p;
	struct stat st;
	int lock;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	app_free(g->app);
	int64_t before = folder_holder(g->a, g->dir, &lock);
	assert_int_not_equal(before, 0);
	close(lock);
	/* Torn by a power cut: a key of its own again. */
	assert_int_equal(truncate(path, 7), 0);
	int64_t after = folder_holder(g->a, g->dir, &lock);
	assert_int_not_equal(after, 0);
	assert_int_not_equal(after, before);
	close(lock);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(folder_holder(g->a, g->dir, &lock), 0);
	assert_int_equal(lock, -1);
	ground_open(g);
	assert_true(app_id(g->app).v > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(more_kills_than_there_are_numbers),
		ON_BOTH(ids_never_repeat_over_kills_and_clocks),
		ON_BOTH(servers_of_other_folders_never_share_a_number),
		ON_BOTH(ids_differ_even_where_two_hold_one_number),
		ON_BOTH(a_folder_without_a_key_gets_a_number_all_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
