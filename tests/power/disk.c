/* The model: what is written, and what of it is durable. The calls come in through disk_calls.c. */
#include "disk_model.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct disk disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* ---- chance --------------------------------------------------------------------- */

static uint64_t chance(void)
{
	uint64_t z = disk.seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t disk_chance(void)
{
	pthread_mutex_lock(&disk.mutex);
	uint64_t v = chance();
	pthread_mutex_unlock(&disk.mutex);
	return v;
}

static void fatal(const char *what)
{
	fprintf(stderr, "disk: %s: %s\n", what, strerror(errno));
	abort();
}

static void *grown(void *p, size_t n, size_t size, size_t *cap)
{
	if (n < *cap)
		return p;
	*cap = n * 2 + 64;
	p = realloc(p, *cap * size);
	if (!p)
		fatal("realloc");
	return p;
}

/* ---- the switch ------------------------------------------------------------------- */

struct disk *disk_enter(void)
{
	pthread_mutex_lock(&disk.mutex);
	return disk.is_on ? &disk : NULL;
}

void disk_leave(void)
{
	pthread_mutex_unlock(&disk.mutex);
}

static void forget_all(void)
{
	for (size_t i = 0; i < disk.n_files; i++) {
		struct disk_file *f = &disk.files[i];
		for (size_t s = 0; s < f->n_sectors; s++)
			free(f->sectors[s]);
		free(f->sectors);
		syscall(SYS_close, f->fd);
	}
	for (size_t i = 0; i < disk.n_names; i++)
		free(disk.names[i].path);
	disk.n_files = disk.n_names = 0;
}

void disk_on(const char *root, const char *grave, enum disk_lie lie, uint64_t seed)
{
	pthread_mutex_lock(&disk.mutex);
	snprintf(disk.root, sizeof(disk.root), "%s", root);
	snprintf(disk.grave, sizeof(disk.grave), "%s", grave);
	disk.lie = lie;
	disk.seed = seed;
	disk.left = 0;
	disk.is_cut = false;
	disk.is_on = true;
	disk.counts = (struct disk_counts){0};
	pthread_mutex_unlock(&disk.mutex);
}

void disk_off(void)
{
	pthread_mutex_lock(&disk.mutex);
	disk.is_on = disk.is_cut = false;
	forget_all();
	pthread_mutex_unlock(&disk.mutex);
}

void disk_cut_after(int64_t n)
{
	pthread_mutex_lock(&disk.mutex);
	disk.left = n;
	pthread_mutex_unlock(&disk.mutex);
}

bool disk_is_cut(void)
{
	pthread_mutex_lock(&disk.mutex);
	bool cut = disk.is_cut;
	pthread_mutex_unlock(&disk.mutex);
	return cut;
}

void disk_kill_only(void)
{
	pthread_mutex_lock(&disk.mutex);
	disk.is_cut = false;
	disk.left = 0;
	pthread_mutex_unlock(&disk.mutex);
}

struct disk_counts disk_counts(void)
{
	pthread_mutex_lock(&disk.mutex);
	struct disk_counts c = disk.counts;
	pthread_mutex_unlock(&disk.mutex);
	return c;
}

bool disk_step(struct disk *d)
{
	if (d->is_cut)
		return false;
	d->counts.calls++;
	if (d->left > 0 && --d->left == 0) {
		d->is_cut = true;
		return false;
	}
	return true;
}

/* ---- files ------------------------------------------------------------------------ */

struct disk_file *disk_file_of(struct disk *d, const struct stat *st)
{
	for (size_t i = d->n_files; i--;)
		if (d->files[i].ino == st->st_ino)
			return &d->files[i];
	return NULL;
}

/* A descriptor of our own keeps the file and its number for as long as the disk is on. */
struct disk_file *disk_track(struct disk *d, const char *path, bool is_new)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return NULL;
	struct disk_file *f = disk_file_of(d, &st);
	if (f || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return f;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, (S_ISDIR(st.st_mode) ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		fatal(path);
	d->files = grown(d->files, d->n_files, sizeof(*d->files), &d->cap_files);
	f = &d->files[d->n_files++];
	*f = (struct disk_file){.ino = st.st_ino, .fd = fd, .is_folder = S_ISDIR(st.st_mode), .synced_size = is_new ? 0 : st.st_size};
	const char *base = strrchr(path, '/');
	f->is_shm = strlen(path) > 4 && strcmp(path + strlen(path) - 4, "-shm") == 0;
	f->is_database = base && strstr(base, "chabaocu.db");
	return f;
}

/* Keeps what the sector held when it was last synced. */
static void keep_sector(struct disk_file *f, size_t s)
{
	if (s >= f->n_sectors) {
		size_t n = s * 2 + 16;
		f->sectors = realloc(f->sectors, n * sizeof(*f->sectors));
		if (!f->sectors)
			fatal("realloc");
		memset(f->sectors + f->n_sectors, 0, (n - f->n_sectors) * sizeof(*f->sectors));
		f->n_sectors = n;
	}
	if (f->sectors[s])
		return;
	f->sectors[s] = calloc(1, DISK_SECTOR);
	if (!f->sectors[s] || syscall(SYS_pread64, f->fd, f->sectors[s], (size_t)DISK_SECTOR, (off_t)s * DISK_SECTOR) < 0)
		fatal("keep");
}

void disk_will_write(struct disk_file *f, int64_t at, int64_t n)
{
	for (int64_t s = at / DISK_SECTOR; n > 0 && s <= (at + n - 1) / DISK_SECTOR; s++)
		keep_sector(f, (size_t)s);
}

void disk_will_cut_off(struct disk_file *f, int64_t size)
{
	disk_will_write(f, size, f->synced_size - size);
}

void disk_synced(struct disk *d, struct disk_file *f)
{
	struct stat st;
	d->counts.syncs++;
	if (d->lie & DISK_NO_SYNC || (d->lie & DISK_NO_FOLDER_SYNC && f->is_folder) ||
	    (d->lie & DISK_NO_PHOTO_SYNC && !f->is_folder && !f->is_database))
		return;
	if (f->is_folder) {
		size_t kept = 0;
		for (size_t i = 0; i < d->n_names; i++)
			if (d->names[i].folder == f->ino)
				free(d->names[i].path);
			else
				d->names[kept++] = d->names[i];
		d->n_names = kept;
		return;
	}
	for (size_t s = 0; s < f->n_sectors; s++) {
		free(f->sectors[s]);
		f->sectors[s] = NULL;
	}
	f->synced_size = fstat(f->fd, &st) == 0 ? st.st_size : f->synced_size;
}

/* ---- names ------------------------------------------------------------------------ */

static ino_t folder_of(const char *path)
{
	char folder[DISK_PATH];
	struct stat st;
	snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	*slash = '\0';
	return stat(folder, &st) == 0 ? st.st_ino : 0;
}

void disk_will_name(struct disk *d, const char *path, unsigned group)
{
	char kept[DISK_PATH + 32];
	struct stat st;
	struct disk_name n = {.folder = folder_of(path), .group = group};
	for (size_t i = 0; i < d->n_names; i++)
		if (d->names[i].folder == n.folder && strcmp(strrchr(d->names[i].path, '/'), strrchr(path, '/')) == 0)
			return; /* what is durable under it stands there already */
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		n.durable = st.st_ino;
		snprintf(kept, sizeof(kept), "%s/%llu", d->grave, (unsigned long long)st.st_ino);
		if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, kept, 0) != 0 && errno != EEXIST)
			fatal(kept);
	}
	n.path = strdup(path);
	d->names = grown(d->names, d->n_names, sizeof(*d->names), &d->cap_names);
	d->names[d->n_names++] = n;
}

unsigned disk_group(struct disk *d)
{
	return ++d->groups;
}

/* ---- after the cut ------------------------------------------------------------------- */

static void rubbish(unsigned char *p, size_t n)
{
	bool zeros = chance() & 1;
	for (size_t i = 0; i < n; i++)
		p[i] = zeros ? 0 : (unsigned char)chance();
}

static void put(const struct disk_file *f, const unsigned char *p, size_t n, int64_t at)
{
	if (n && syscall(SYS_pwrite64, f->fd, p, n, (off_t)at) < 0)
		fatal("damage");
}

static void damage_sector(struct disk_file *f, size_t s, int64_t size)
{
	unsigned char now[DISK_SECTOR] = {0}, *old = f->sectors[s];
	int64_t at = (int64_t)s * DISK_SECTOR;
	if (at >= size || syscall(SYS_pread64, f->fd, now, sizeof(now), (off_t)at) < 0)
		return;
	if (at >= f->synced_size)
		rubbish(old, DISK_SECTOR);
	size_t n = size - at < DISK_SECTOR ? (size_t)(size - at) : DISK_SECTOR;
	uint64_t what = chance() % 8;
	if (what < 4)
		return;
	if (what == 4) { /* torn: the head is new, the rest is not */
		size_t head = chance() % DISK_SECTOR;
		memcpy(old, now, head);
		disk.counts.torn++;
	} else {
		disk.counts.lost++;
	}
	put(f, old, n, at);
}

static void damage_file(struct disk_file *f)
{
	struct stat st;
	if (f->is_folder || fstat(f->fd, &st) != 0)
		return;
	if (f->is_shm) {
		unsigned char any[4096];
		rubbish(any, sizeof(any));
		if (chance() & 1)
			put(f, any, sizeof(any), 0);
		return;
	}
	int64_t size = st.st_size, synced = f->synced_size;
	uint64_t what = chance() % 3;
	if (what == 0)
		size = synced;
	else if (what == 1 && size > synced)
		size = synced + (int64_t)(chance() % (uint64_t)(size - synced + 1));
	/* Where cutting off is undone, what stood there comes back as the sectors below. */
	if (syscall(SYS_ftruncate, f->fd, (off_t)size) != 0)
		fatal("ftruncate");
	for (size_t s = 0; s < f->n_sectors; s++) {
		if (!f->sectors[s])
			continue;
		if ((int64_t)s * DISK_SECTOR >= st.st_size && (int64_t)s * DISK_SECTOR < synced) {
			int64_t left = size - (int64_t)s * DISK_SECTOR;
			if (left > 0)
				put(f, f->sectors[s], left < DISK_SECTOR ? (size_t)left : DISK_SECTOR, (int64_t)s * DISK_SECTOR);
		} else {
			damage_sector(f, s, size);
		}
	}
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)kind, (void)at;
	return (int)syscall(S_ISDIR(st->st_mode) ? SYS_rmdir : SYS_unlink, path);
}

static void undo_name(const struct disk_name *n)
{
	char kept[DISK_PATH + 32];
	nftw(n->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (n->durable) {
		snprintf(kept, sizeof(kept), "%s/%llu", disk.grave, (unsigned long long)n->durable);
		syscall(SYS_linkat, AT_FDCWD, kept, AT_FDCWD, n->path, 0); /* not where its folder went away too */
	}
	disk.counts.names_undone++;
}

void disk_damage(void)
{
	pthread_mutex_lock(&disk.mutex);
	for (size_t i = 0; i < disk.n_files; i++)
		damage_file(&disk.files[i]);
	const uint64_t coin = chance();
	/* Both names of one renaming share a coin; deeper ones first, since a folder goes with what is in it. */
	for (size_t i = disk.n_names; i--;)
		if (((coin ^ disk.names[i].group * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9)) >> 63)
			undo_name(&disk.names[i]);
	disk.is_on = disk.is_cut = false;
	forget_all();
	pthread_mutex_unlock(&disk.mutex);
	nftw(disk.grave, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	syscall(SYS_mkdir, disk.grave, 0700);
}
