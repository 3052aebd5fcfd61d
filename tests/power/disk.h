/* A disk that loses power, under the file calls of this very program: SQLite's and our own, photos and folders alike. What is
 * written goes to the real files at once, as into a page cache; beside it stands what the disk would still have had. A cut stops
 * everything, and disk_damage() makes of the files what could be found after it:
 *  - a file keeps what was synced; of what was written since, 512 bytes by 512 bytes, each piece is there, is not, or is torn;
 *  - its length is the synced one, the last one or, where it grew, between; bytes that never came are zeros or rubbish. Cutting a
 *    file off happens whole or not at all: SQLite relies on it, and file systems with a journal hold it;
 *  - a name made, replaced or taken away is so only once its folder was synced; else by chance.
 * Stricter than ext4, where a file's sync brings its name along. Shared memory (-shm) may hold anything.
 */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>
#include <stdint.h>

/* What a disk may lie about. */
enum disk_lie {
	DISK_HONEST = 0,
	DISK_NO_SYNC = 1,         /* no sync at all */
	DISK_NO_FOLDER_SYNC = 2,  /* of folders */
	DISK_NO_PHOTO_SYNC = 4,   /* of the files that are no part of the database */
};

struct disk_counts { int64_t calls, syncs, lost, torn, names_undone; };

/* From now on the files below `root` lie on the disk, all of them synced. `grave`: a folder for what has no name any more. */
void disk_on(const char *root, const char *grave, enum disk_lie lie, uint64_t seed);
/* The power goes with the n-th changing call from now on; 0: never. */
void disk_cut_after(int64_t n);
bool disk_is_cut(void);
/* The process ended, but the power did not: calls work again, and what was not synced is still not. */
void disk_kill_only(void);
/* After a cut, when nothing is open any more: makes the files what was left, and goes off. */
void disk_damage(void);
/* Goes off without damage. */
void disk_off(void);
struct disk_counts disk_counts(void);
/* Chance that can be repeated. */
uint64_t disk_chance(void);

#endif
