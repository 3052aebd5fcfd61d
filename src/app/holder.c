/* The identity of a data folder towards node_lease. */
#include "app_parts.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BYTES = 16, PLACES = 32 };

/* A copy of the file has other values here, so a copied folder is another holder. */
struct identity {
	unsigned char key[KEY_BYTES];
	uint64_t inode, born_s, born_ns, place;
};

/* A lock of the open file, not of the process: two applications in one process exclude each other too. */
static bool lock_place(int fd, int place)
{
	struct flock one = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
	return fcntl(fd, F_OFD_SETLK, &one) == 0;
}

static bool whole_key(int fd, unsigned char *key)
{
	return pread(fd, key, KEY_BYTES, 0) == KEY_BYTES;
}

/* A key that was torn or lost is another one from then on. Two that make it at once may each keep its own until they start again. */
static bool read_key(int fd, unsigned char *key)
{
	unsigned char fresh[KEY_BYTES];
	if (whole_key(fd, key))
		return true;
	return getrandom(fresh, sizeof(fresh), 0) == KEY_BYTES && pwrite(fd, fresh, sizeof(fresh), 0) == KEY_BYTES && whole_key(fd, key);
}

static bool identify(int fd, struct identity *who)
{
	struct statx st;
	if (!read_key(fd, who->key) || statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &st) != 0)
		return false;
	who->inode = st.stx_ino;
	who->born_s = (uint64_t)st.stx_btime.tv_sec;
	who->born_ns = st.stx_btime.tv_nsec;
	return true;
}

static int64_t number_of(const struct identity *who)
{
	uint64_t n = 0;
	crypto_generichash((unsigned char *)&n, sizeof(n), (const unsigned char *)who, sizeof(*who), NULL, 0);
	return (int64_t)(n >> 1);
}

int64_t folder_holder(struct arena *a, const char *data_dir, int *lock)
{
	const char *path = str_fmt(a, "%s/node", data_dir).p;
	struct identity who;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	memset(&who, 0, sizeof(who));
	*lock = -1;
	if (fd < 0)
		return 0;
	while (who.place < PLACES && !lock_place(fd, (int)who.place))
		who.place++;
	if (who.place < PLACES && identify(fd, &who)) {
		*lock = fd;
		return number_of(&who);
	}
	log_line(LOG_LEVEL_WARN, "node_key", "path", path, NULL);
	close(fd);
	return 0;
}
