#include "exif.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Little endian: orientation 8, an EXIF directory with the time, a GPS directory south and west. */
static const unsigned char block[] = "II\x2a\0\x08\0\0\0"
				     "\x03\0" "\x12\1\3\0\1\0\0\0\x08\0\0\0" "\x69\x87\4\0\1\0\0\0\x32\0\0\0"
				     "\x25\x88\4\0\1\0\0\0\x50\0\0\0" "\0\0\0\0"
				     "\x02\0" "\x03\x90\2\0\x14\0\0\0\xb8\0\0\0" "\x11\x90\2\0\7\0\0\0\xcc\0\0\0" "\0\0\0\0"
				     "\x04\0" "\1\0\2\0\2\0\0\0S\0\0\0" "\2\0\5\0\3\0\0\0\x88\0\0\0"
				     "\3\0\2\0\2\0\0\0W\0\0\0" "\4\0\5\0\3\0\0\0\xa0\0\0\0" "\0\0\0\0\0\0"
				     "\x0a\0\0\0\1\0\0\0\x1e\0\0\0\1\0\0\0\x24\0\0\0\1\0\0\0"
				     "\x14\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0"
				     "2026:02:03 04:05:06\0" "-03:30\0";

static void facts_are_read(void **state)
{
	struct exif_facts f;

	(void)state;
	exif_read(block, sizeof block - 1, &f);
	assert_int_equal(f.orientation, 8);
	assert_true(f.hint.has_taken && f.hint.has_offset && f.hint.has_place);
	assert_int_equal(f.hint.year, 2026);
	assert_int_equal(f.hint.second, 6);
	assert_int_equal(f.hint.offset_min, -210);
	assert_int_equal(f.hint.lat_e7, -105100000);
	assert_int_equal(f.hint.lon_e7, -200000000);
}

/* Each cut is a copy of its own size, so that a read behind its end is seen by the sanitizers. */
static void a_cut_block_loses_facts_only(void **state)
{
	struct exif_facts f;

	(void)state;
	for (size_t n = 0; n < sizeof block - 1; n++) {
		unsigned char *cut = test_malloc(n + 1);
		memcpy(cut, block, n);
		exif_read(cut, n, &f);
		assert_in_range(f.orientation, 1, 8);
		test_free(cut);
	}
}

static void nonsense_values_are_left_out(void **state)
{
	unsigned char b[sizeof block];
	struct exif_facts f;

	(void)state;
	memcpy(b, block, sizeof block);
	b[18] = 9;    /* orientation */
	b[0x88] = 91; /* degrees of latitude */
	b[0xb8 + 5] = '9'; /* month 92 */
	exif_read(b, sizeof b - 1, &f);
	assert_int_equal(f.orientation, 1);
	assert_false(f.hint.has_taken || f.hint.has_offset || f.hint.has_place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_read),
		cmocka_unit_test(a_cut_block_loses_facts_only),
		cmocka_unit_test(nonsense_values_are_left_out),
	};

	return cmocka_run_group_tests_name("exif", tests, NULL, NULL);
}
