/*
 * The walls around the decoders (T9). Three steps in this order, because the later ones forbid what the earlier need:
 * sandbox_limits and sandbox_files while the process still has one thread (Landlock binds a thread and those it
 * starts), then the decoders are warmed up, then sandbox_calls.
 *
 * Each step fills one struct wall for --selftest. A wall that the kernel or the build cannot give is "off: why" and
 * not an error: the others hold, and `chabaocu check` reports it.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

struct wall {
	const char *name;
	bool on;
	char why[64]; /* detail when on, reason when off */
};

/* Memory, file size, descriptors, no core file, no new privileges. Children are forbidden by sandbox_calls. */
void sandbox_limits(struct wall *out);

/* Landlock: no file can be opened or made, no TCP, no signals out. Tried out before it is called on. */
void sandbox_files(struct wall *out);

/* seccomp: the process is killed at the first system call that decoding does not need; opening
 * a file is refused. All threads. */
void sandbox_calls(struct wall *out);

/* For --selftest: a forked child opens a socket behind the filter; true when that killed it. */
bool sandbox_calls_proven(void);

/* Kills the process once it has used that much CPU from now on; 0 takes the limit away. */
void sandbox_cpu(unsigned seconds);

#endif
