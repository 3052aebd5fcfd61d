/* A workbook: its ZIP as a whole, or one of its parts inside of a sound ZIP, which the first byte chooses. What comes out is
 * whole rows in order within their limits and in UTF-8, or a status. */
#include "book.h"
#include "xlsx.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take(void *ctx, const char *p, size_t n)
{
	sb_add(ctx, (struct str){p, n});
	return !((struct sb *)ctx)->over;
}

static struct str bytes_of(struct str *rest, size_t n)
{
	struct str s = str_sub(*rest, 0, n);
	if (s.n != n)
		abort();
	*rest = str_sub(*rest, n, SIZE_MAX);
	return s;
}

static void check_row(const struct media_row *row, struct str *rest)
{
	uint16_t n = 0;
	if (row->cells == 0 || row->cells > MEDIA_COLUMNS_MAX || row->number > MEDIA_ROW_NUMBER_MAX)
		abort();
	for (uint32_t i = 0; i < row->cells; i++) {
		memcpy(&n, bytes_of(rest, sizeof(n)).p, sizeof(n));
		struct str cell = bytes_of(rest, n);
		if (!str_is_utf8(cell) || str_chars(cell) > MEDIA_CELL_MAX)
			abort();
	}
	if (n == 0)
		abort();
}

static void check(struct str rest)
{
	struct media_row row;
	for (uint32_t last = 0;; last = row.number) {
		memcpy(&row, bytes_of(&rest, sizeof(row)).p, sizeof(row));
		if (row.number == 0)
			break;
		if (row.number <= last)
			abort();
		check_row(&row, &rest);
	}
	if (rest.n)
		abort();
}

static struct str book_with_part(struct arena *a, unsigned which, struct str content)
{
	static const char *const names[] = {"s.xml", "t.xml", "f.xml", "w.xml", "_rels/w.xml.rels"};
	static const char *const sound[] = {"<w><sheetData><row><c t=\"s\"><v>0</v></c><c s=\"1\"><v>42371.5</v></c></row></sheetData></w>", "<sst><si><t>a</t></si></sst>",
		"<s><cellXfs><xf/><xf numFmtId=\"22\"/></cellXfs></s>", "<w xmlns:r=\"r\"><sheet r:id=\"1\"/></w>",
		("<r><Relationship Id=\"1\" Type=\"/worksheet\" Target=\"s.xml\"/><Relationship Id=\"2\" Type=\"/sharedStrings\" Target=\"t.xml\"/>"
		"<Relationship Id=\"3\" Type=\"/styles\" Target=\"f.xml\"/></r>")};
	struct book b = book_new(a);
	book_part(&b, "_rels/.rels", STR("<r><Relationship Type=\"/officeDocument\" Target=\"w.xml\"/></r>"), true);
	for (unsigned i = 0; i < 5; i++)
		book_part(&b, names[i], i == which ? content : str_of(sound[i]), true);
	return book_end(&b, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct str rest = {(const char *)data + 1, size ? size - 1 : 0};
	struct str file = size && data[0] >= '0' && data[0] <= '4' ? book_with_part(a, data[0] - '0', rest) : (struct str){(const char *)data, size};
	struct sb out = sb_new(a, 16 << 20);
	struct xlsx_result r = xlsx_read(file.p, file.n, take, &out);
	if (r.status == MEDIA_OK)
		check(sb_str(&out));
	arena_free(a);
	return 0;
}
