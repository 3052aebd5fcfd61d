/* Between xlsx.c, xlsx_book.c and xlsx_sheet.c. */
#ifndef XLSX_PRIVATE_H
#define XLSX_PRIVATE_H

#include "xlsx.h"
#include "xml.h"

#include "arena.h"

enum {
	XLSX_UNPACKED_MAX = 256 << 20, /* bytes of XML in all */
	XLSX_SHEETS_MAX = 1000,
	XLSX_LINKS_MAX = 4000,
	XLSX_FORMATS_MAX = 10000,
	XLSX_STYLES_MAX = 70000,        /* Excel itself: 65,490 */
	XLSX_STRINGS_MAX = 1 << 21,
	XLSX_BLOCK = 1 << 20, XLSX_BLOCKS_MAX = 40, /* bytes of shared strings */
	XLSX_TEXT_MAX = MEDIA_CELL_MAX * 4 + 64, /* bytes kept of a text; longer than a cell may be */
};

struct xlsx_link { const char *id, *type, *target; };
struct xlsx_sheet { const char *link; bool hidden; };
struct xlsx_format { int64_t id; unsigned kind; };

struct xlsx {
	struct arena *a;
	struct zip zip;
	uint64_t budget;
	struct xlsx_result res;
	bool is_1904;

	struct xlsx_link *links; /* of the part in hand */
	size_t n_links;
	struct xlsx_sheet *sheets;
	size_t n_sheets;
	struct xlsx_format *formats;
	size_t n_formats;
	unsigned char *styles;   /* number kinds by style */
	size_t n_styles;
	uint32_t *strings;       /* where each stands: block and offset, there its length and bytes */
	size_t n_strings;
	char *blocks[XLSX_BLOCKS_MAX];
	size_t n_blocks, block_used;

	xlsx_take_fn *take;
	void *ctx;
};

bool xlsx_fail(struct xlsx *x, enum media_status status, enum media_sheet_limit what);
/* Reads a part by its name; false and x->res when it is missing or wrong. */
bool xlsx_part(struct xlsx *x, struct str name, struct xml_sink *sink);
/* Room for one more in an array that grows: to the double, up to `max`. NULL: over. */
void *xlsx_more(struct arena *a, void *v, size_t n, size_t size, size_t max);
/* Local names, and the end of a relationship's type, which differs in front between the two forms of the standard. */
bool xlsx_is(const char *name, const char *word);
bool xlsx_is_type(const char *type, const char *word);

/* xlsx_book.c: finds the parts and reads those that are small. Names are "" where a workbook has no such part. */
struct xlsx_parts { struct str sheet, strings, styles; };
bool xlsx_book(struct xlsx *x, struct xlsx_parts *out);
bool xlsx_styles(struct xlsx *x, struct str name);

/* xlsx_strings.c: a text is what <t> elements hold, phonetic ones left out. */
struct xlsx_text {
	char *p; /* XLSX_TEXT_MAX bytes */
	size_t n;
	bool open, in_phonetic;
};
void xlsx_text_add(struct xlsx_text *t, const char *p, size_t n);
/* The text with _x000A_ and the like made characters, trimmed. */
struct str xlsx_text_end(struct xlsx_text *t);
bool xlsx_strings(struct xlsx *x, struct str name);
struct str xlsx_string(const struct xlsx *x, size_t at);

/* xlsx_sheet.c */
bool xlsx_rows(struct xlsx *x, struct str name);

#endif
