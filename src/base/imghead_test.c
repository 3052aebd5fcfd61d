#include "imghead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(s) ((const unsigned char *)(s)), (sizeof(s) - 1)

/* 50,000 x 50,000 pixels, 8-bit RGB. */
#define PNG_BOMB "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xc3\x50\0\0\xc3\x50\x08\x02\0\0\0\xc4\xcd\xaa\x9d"
#define PNG_SMALL "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xde"
#define JPEG_SMALL                                                                                                 \
	"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xff\xc0\0\x11\x08\x01\x90\x02\x58\x03\1\x22\0\2\x11\1\3" \
	"\x11\1"
#define WEBP_LOSSY "RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\1\0\x9d\1\x2a\x2c\x01\xc8\0"
#define WEBP_LOSSLESS "RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x2b\xc1\x31\0\0\0\0\0\0"
#define WEBP_MOVING "RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x2b\1\0\xc7\0\0"
#define HEIC_FTYP "\0\0\0\x18""ftypheic\0\0\0\0mif1heic"
#define ISPE(w, h) "\0\0\0\x14ispe\0\0\0\0" w h
#define HEIC_SMALL                                                                                            \
	HEIC_FTYP "\0\0\0\x44meta\0\0\0\0\0\0\0\x38iprp\0\0\0\x30ipco" ISPE("\0\0\0\x40", "\0\0\0\x40")        \
	ISPE("\0\0\x0f\xc0", "\0\0\x0b\xd0")

struct good {
	const unsigned char *p;
	size_t n;
	enum img_type type;
	uint32_t width, height;
};

static const struct good goods[] = {
	{ BYTES(JPEG_SMALL), IMG_JPEG, 600, 400 },      { BYTES(PNG_SMALL), IMG_PNG, 1, 1 },
	{ BYTES(WEBP_LOSSY), IMG_WEBP, 300, 200 },      { BYTES(WEBP_LOSSLESS), IMG_WEBP, 300, 200 },
	{ BYTES(HEIC_SMALL), IMG_HEIC, 4032, 3024 },
};

static void the_four_types_tell_their_size(void **state)
{
	struct imghead h;

	(void)state;
	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
		assert_int_equal(imghead_sniff(goods[i].p, goods[i].n, &h), goods[i].type);
		assert_int_equal(h.type, goods[i].type);
		assert_int_equal(h.width, goods[i].width);
		assert_int_equal(h.height, goods[i].height);
		assert_false(h.animated);
	}
}

static void each_shorter_start_asks_for_more(void **state)
{
	struct imghead h;

	(void)state;
	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++)
		for (size_t n = 0; n < goods[i].n; n++) {
			assert_int_equal(imghead_sniff(goods[i].p, n, &h), IMG_MORE);
			assert_int_equal(h.width, 0);
		}
}

static void a_bomb_is_known_by_its_header(void **state)
{
	struct imghead h;

	(void)state;
	assert_int_equal(imghead_sniff(BYTES(PNG_BOMB), &h), IMG_PNG);
	assert_false(imghead_fits(h.width, h.height));
	assert_false(imghead_fits(20001, 1));
	assert_false(imghead_fits(10000, 5001));
	assert_true(imghead_fits(10000, 5000));
	assert_false(imghead_fits(UINT32_MAX, UINT32_MAX));
}

static void everything_else_is_refused(void **state)
{
	static const struct {
		const unsigned char *p;
		size_t n;
	} others[] = {
		{ BYTES("GIF89a\1\0\1\0\0\0\0") }, { BYTES("%PDF-1.7\n") },      { BYTES("<svg xmlns=") },
		{ BYTES("BM\x36\0\0\0") },	 { BYTES("II\x2a\0\x08\0\0\0") }, { BYTES("PK\3\4\x14\0\0\0") },
		{ BYTES("\0\0\0\x18""ftypisom\0\0\0\0mp42mp41") },
		{ BYTES("RIFF\x24\0\0\0WAVEfmt ") }, { BYTES("\xff\xd9\xff\xd8") }, { BYTES("hello") },
	};
	struct imghead h;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(imghead_sniff(others[i].p, others[i].n, &h), IMG_OTHER);
}

static void refused_variants_are_bad(void **state)
{
	unsigned char b[64];
	struct imghead h;

	(void)state;
	memcpy(b, JPEG_SMALL, sizeof JPEG_SMALL);
	b[22] = 0xc9; /* arithmetic coding */
	assert_int_equal(imghead_sniff(b, sizeof JPEG_SMALL - 1, &h), IMG_BAD);
	assert_int_equal(h.type, IMG_JPEG);
	memcpy(b, PNG_SMALL, sizeof PNG_SMALL);
	b[19] = 2; /* the check sum no longer fits */
	assert_int_equal(imghead_sniff(b, sizeof PNG_SMALL - 1, &h), IMG_BAD);
	assert_int_equal(imghead_sniff(BYTES(WEBP_MOVING), &h), IMG_WEBP);
	assert_true(h.animated);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_types_tell_their_size), cmocka_unit_test(each_shorter_start_asks_for_more),
		cmocka_unit_test(a_bomb_is_known_by_its_header),  cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(refused_variants_are_bad),
	};

	return cmocka_run_group_tests_name("imghead", tests, NULL, NULL);
}
