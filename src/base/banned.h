/* Included in front of every source file by the build (-include banned.h).
 *
 * Functions that have a safe counterpart in base do not compile. The heap is
 * the arena's business: a file that must call malloc() or free(), because a
 * library hands out or takes heap memory, says so once at file scope, with its
 * reason on the same line:
 *
 *	ALLOW_MALLOC // sqlite3_serialize() hands out heap memory
 *
 * The headers are those that mention the poisoned names themselves.
 */
#ifndef BANNED_H
#define BANNED_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#define ALLOW_MALLOC _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")

#ifndef ALLOW_MALLOC_IN_TESTS
#define BANNED_HEAP __attribute__((deprecated("use the arena, or ALLOW_MALLOC with a reason")))
void *malloc(size_t) BANNED_HEAP;
void *calloc(size_t, size_t) BANNED_HEAP;
void *realloc(void *, size_t) BANNED_HEAP;
void free(void *) BANNED_HEAP;
#undef BANNED_HEAP
#endif

/* With _FORTIFY_SOURCE some of them are macros under clang. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strncpy
#pragma GCC poison strcpy strcat sprintf vsprintf strtok strncpy gets
#pragma GCC poison gmtime localtime system popen

#endif
