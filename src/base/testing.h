/* For *_test.c only: cmocka with what it needs, and an arena for each test. */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka must come after these */
#include <cmocka.h>

#include "err.h"

static inline int arena_setup(void **state)
{
	*state = arena_new(0);
	return 0;
}

static inline int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, arena_setup, arena_teardown)

#define assert_fine(e)                                                         \
	do {                                                                   \
		const struct err *fine_err_ = (e);                             \
		if (fine_err_)                                                 \
			fail_msg("%.*s: %.*s (%s:%d)", STR_ARG(fine_err_->code), STR_ARG(fine_err_->detail), fine_err_->file, fine_err_->line); \
	} while (0)
#define assert_code(e, word)                                                   \
	do {                                                                   \
		const struct err *code_err_ = (e);                             \
		if (!code_err_)                                                \
			fail_msg("no error, expected %s", (word));             \
		else if (!str_is(code_err_->code, (word)))                     \
			fail_msg("error %.*s, expected %s (%.*s)", STR_ARG(code_err_->code), (word), STR_ARG(code_err_->detail)); \
	} while (0)
#define assert_str(s, z)                                                       \
	do {                                                                   \
		struct str str_is_ = (s);                                      \
		if (!str_is(str_is_, (z)))                                     \
			fail_msg("\"%.*s\", expected \"%s\"", STR_ARG(str_is_), (z)); \
	} while (0)

#endif
