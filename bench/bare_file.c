/* bare_file FOLDER FILE SECONDS: how often a second a copy of FILE can be made durable under a new name, one after the
 * other: write, fdatasync, rename, fsync of the folder. Prints one line of JSON. */
#include "bench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static bool store(const char *folder, int folder_fd, const struct file *f, unsigned n)
{
	char temp[300], path[300];
	size_t at = 0;
	snprintf(temp, sizeof(temp), "%s/%u.part", folder, n);
	snprintf(path, sizeof(path), "%s/%u.jpg", folder, n);
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	while (fd >= 0 && at < f->n) {
		ssize_t done = write(fd, f->p + at, f->n - at);
		if (done <= 0)
			return false;
		at += (size_t)done;
	}
	return fd >= 0 && fdatasync(fd) == 0 && close(fd) == 0 && rename(temp, path) == 0 && fsync(folder_fd) == 0;
}

int main(int argc, char **argv)
{
	struct file f;
	struct waits w = {0};
	size_t failed = 0;
	unsigned n = 0;
	if (argc < 4 || !file_read(argv[2], &f))
		return 2;
	int folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t begun = now_ns(), last = begun, until = begun + (int64_t)(atof(argv[3]) * 1e9);
	while (last < until) {
		bool ok = store(argv[1], folder, &f, n++);
		int64_t now = now_ns();
		if (ok)
			waits_add(&w, now - last);
		else
			failed++;
		last = now;
	}
	waits_print(&w, last - begun, failed, failed ? "a file could not be made durable" : "");
	return 0;
}
