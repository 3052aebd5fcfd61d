/* Between disk.c, the model, and disk_calls.c, through which the calls come in. */
#ifndef DISK_MODEL_H
#define DISK_MODEL_H

#include "disk.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/stat.h>

enum { DISK_SECTOR = 512, DISK_PATH = 512 };

struct disk_file {
	ino_t ino;
	int fd;
	bool is_folder, is_shm, is_database;
	int64_t synced_size;
	unsigned char **sectors; /* what was synced, where it was written over since; NULL elsewhere */
	size_t n_sectors;
};

/* A name that is not what its folder's last sync left. */
struct disk_name {
	char *path;
	ino_t folder, durable; /* durable 0: no such name */
	unsigned group;        /* what happens together */
};

struct disk {
	pthread_mutex_t mutex;
	bool is_on, is_cut;
	enum disk_lie lie;
	int64_t left;
	uint64_t seed;
	unsigned groups;
	char root[DISK_PATH], grave[DISK_PATH];
	struct disk_file *files;
	struct disk_name *names;
	size_t n_files, cap_files, n_names, cap_names;
	struct disk_counts counts;
};

/* Takes the mutex, which disk_leave() gives back; NULL while the disk is off. */
struct disk *disk_enter(void);
void disk_leave(void);
/* Counts a changing call; false: the power is gone, with this one. */
bool disk_step(struct disk *d);
struct disk_file *disk_file_of(struct disk *d, const struct stat *st);
struct disk_file *disk_track(struct disk *d, const char *path, bool is_new);
/* To be called before the bytes change, the length shrinks, the name is made, replaced or taken away. */
void disk_will_write(struct disk_file *f, int64_t at, int64_t n);
void disk_will_cut_off(struct disk_file *f, int64_t size);
void disk_will_name(struct disk *d, const char *path, unsigned group);
unsigned disk_group(struct disk *d);
void disk_synced(struct disk *d, struct disk_file *f);

#endif
