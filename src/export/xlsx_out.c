#include "xlsx_out.h"

#include "day.h"
#include "zip_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ROWS_A_SHEET = 1048575, /* of records and heads; a spreadsheet has one row more */
	SHEETS_MAX = 300,
	COLUMNS_MAX = 200,
	TEXT_MAX = 32000,       /* bytes; a spreadsheet's own limit is 32,767 UTF-16 units */
	ROW_MAX = 4 << 20,      /* bytes of its XML */
	DAY_0 = 25569,          /* 1970-01-01 as spreadsheets count */
	PAGE_WIDTH = 260,       /* characters that can still be read when they are shrunk to one page */
	FIRST_DAY = 61,         /* 1900-03-01: before it spreadsheets have a day too many */
	DAY_MS = 86400000,
};
#define SHEET_BYTES_MAX (UINT64_C(3) << 30)
/* Doubles, which is all that a spreadsheet knows, are exact up to here. */
#define EXACT_MAX (INT64_C(1) << 53)

enum style { STYLE_NONE, STYLE_TEXT, STYLE_DAY, STYLE_INSTANT, STYLE_MONEY, STYLE_COUNT, STYLE_HEAD, STYLE_NAME };

struct xlsx_out {
	const struct shape *columns;
	uint64_t sight;
	struct csv_words words;
	struct str sheet;
	struct zip_out *zip;
	int64_t row;    /* of the sheet in hand, the last that was written */
	unsigned sheets;
	struct sb text; /* of the row in hand, used again for each */
	bool is_over;   /* a row did not fit */
	char names[SHEETS_MAX][40]; /* of the parts */
};

/* ---- text ------------------------------------------------------------------------------------ */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* _x000A_ in a text would be read as the character that it stands for. */
static bool looks_escaped(struct str s, size_t i)
{
	return s.n - i >= 7 && s.p[i + 1] == 'x' && is_hex(s.p[i + 2]) && is_hex(s.p[i + 3]) && is_hex(s.p[i + 4]) && is_hex(s.p[i + 5]) &&
	       s.p[i + 6] == '_';
}

static void put_char(struct sb *b, struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.p[i];
	if (c == '<')
		sb_addz(b, "&lt;");
	else if (c == '&')
		sb_addz(b, "&amp;");
	else if (c == '>')
		sb_addz(b, "&gt;");
	else if (c == '"')
		sb_addz(b, "&quot;");
	else if (c == '_' && looks_escaped(s, i))
		sb_addz(b, "_x005F_");
	else if (c < 0x20 && c != '\n' && c != '\t')
		sb_fmt(b, "_x%04X_", c);
	else
		sb_addc(b, (char)c);
}

/* Two code points that XML has not got. */
static bool is_none(struct str s, size_t i)
{
	return s.n - i >= 3 && memcmp(s.p + i, "\xef\xbf", 2) == 0 && (unsigned char)s.p[i + 2] >= 0xbe;
}

static void put_text(struct sb *b, struct str s)
{
	if (s.n > TEXT_MAX) {
		s.n = TEXT_MAX;
		while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	for (size_t i = 0; i < s.n; i++)
		if (is_none(s, i))
			i += 2;
		else
			put_char(b, s, i);
}

static void text_cell(struct sb *b, const char *at, struct str s, enum style style)
{
	if (s.n == 0)
		return;
	sb_fmt(b, "<c r=\"%s\" s=\"%d\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", at, (int)style);
	put_text(b, s);
	sb_addz(b, "</t></is></c>");
}

/* ---- cells -------------------------------------------------------------------------------------- */

static bool is_shown(const struct xlsx_out *x, const struct shape *s)
{
	return s->type != SHAPE_T_BLOB && s->type != SHAPE_T_IDS && s->type != SHAPE_T_WORDS && (!s->right || (x->sight >> s->right & 1));
}

static void cell_name(char out[static 24], unsigned column, int64_t row)
{
	if (column < 26)
		snprintf(out, 24, "%c%" PRId64, 'A' + column, row);
	else
		snprintf(out, 24, "%c%c%" PRId64, 'A' + (column / 26 - 1) % 26, 'A' + column % 26, row);
}

static void whole(struct sb *b, const char *at, int64_t v)
{
	char text[24];
	if (v > -EXACT_MAX && v < EXACT_MAX) {
		sb_fmt(b, "<c r=\"%s\" s=\"%d\"><v>%" PRId64 "</v></c>", at, STYLE_COUNT, v);
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64, v);
	text_cell(b, at, str_of(text), STYLE_TEXT);
}

static void money(struct sb *b, const char *at, int64_t fen)
{
	uint64_t v = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;
	sb_fmt(b, "<c r=\"%s\" s=\"%d\"><v>%s%" PRIu64 ".%02u</v></c>", at, STYLE_MONEY, fen < 0 ? "-" : "", v / 100, (unsigned)(v % 100));
}

static bool day_cell(struct sb *b, const char *at, struct day d)
{
	int32_t n = d.ymd ? day_number(d) + DAY_0 : 0;
	if (n >= FIRST_DAY)
		sb_fmt(b, "<c r=\"%s\" s=\"%d\"><v>%d</v></c>", at, STYLE_DAY, (int)n);
	return n >= FIRST_DAY;
}

/* Rounded to the eleventh digit behind the point, a millionth of a second: cut, 20:22 would be shown as 20:21. */
static bool instant_cell(struct sb *b, const char *at, struct instant t)
{
	int64_t local = t.ms + (int64_t)CST_OFFSET_S * 1000 + (int64_t)DAY_0 * DAY_MS;
	if (t.ms == 0 || local < (int64_t)FIRST_DAY * DAY_MS)
		return false;
	sb_fmt(b, "<c r=\"%s\" s=\"%d\"><v>%" PRId64 ".%011" PRId64 "</v></c>", at, STYLE_INSTANT, local / DAY_MS,
	       ((local % DAY_MS) * INT64_C(100000000000) + DAY_MS / 2) / DAY_MS);
	return true;
}

static void code_cell(const struct xlsx_out *x, struct sb *b, struct arena *a, const char *at, const struct shape *s, struct str word)
{
	if (word.n && x->words.code)
		word = x->words.code(x->words.ctx, s->codes, str_z(a, word));
	text_cell(b, at, word, STYLE_NONE);
}

static void put_cell(const struct xlsx_out *x, struct sb *b, struct arena *a, const char *at, const struct shape *s, const void *record)
{
	const void *v = (const char *)record + s->off;
	const struct opt_i64 *opt = v;
	const struct opt_fen *fen = v;
	switch (s->type) {
	case SHAPE_T_I64:
		whole(b, at, *(const int64_t *)v);
		return;
	case SHAPE_T_OPT_I64:
		if (opt->is)
			whole(b, at, opt->v);
		return;
	case SHAPE_T_BOOL:
		sb_fmt(b, "<c r=\"%s\" t=\"b\"><v>%d</v></c>", at, *(const bool *)v);
		return;
	case SHAPE_T_FEN:
		money(b, at, ((const struct fen *)v)->v);
		return;
	case SHAPE_T_OPT_FEN:
		if (fen->is)
			money(b, at, fen->v);
		return;
	case SHAPE_T_DAY:
		if (!day_cell(b, at, *(const struct day *)v))
			text_cell(b, at, shape_text(a, s, record), STYLE_TEXT);
		return;
	case SHAPE_T_INSTANT:
		if (!instant_cell(b, at, *(const struct instant *)v))
			text_cell(b, at, shape_text(a, s, record), STYLE_TEXT);
		return;
	case SHAPE_T_CODE:
		code_cell(x, b, a, at, s, shape_text(a, s, record));
		return;
	default:
		text_cell(b, at, shape_text(a, s, record), STYLE_TEXT);
	}
}

/* ---- rows ------------------------------------------------------------------------------------------- */

static void end_row(struct xlsx_out *x, struct sb *out)
{
	sb_addz(&x->text, "</row>");
	x->is_over = x->is_over || x->text.over;
	zip_out_add(x->zip, out, sb_str(&x->text));
}

static void begin_row(struct xlsx_out *x)
{
	x->text.n = 0;
	sb_fmt(&x->text, "<row r=\"%" PRId64 "\">", ++x->row);
}

/* Money is stored in fen and shown in yuan, and its column is named after what it shows. */
static const char *name_of(const struct shape *s, char out[static 64])
{
	struct str name = str_of(s->name);
	bool is_money = s->type == SHAPE_T_FEN || s->type == SHAPE_T_OPT_FEN;
	if (!is_money || !str_has_suffix(name, STR("_fen")))
		return s->name;
	snprintf(out, 64, "%.*s_yuan", (int)(name.n - 4), name.p);
	return out;
}

static struct str label_of(const struct xlsx_out *x, const struct shape *s, const char *name)
{
	struct str label = x->words.head(x->words.ctx, name);
	return label.p || name == s->name ? label : x->words.head(x->words.ctx, s->name);
}

static void put_heads(struct xlsx_out *x, struct sb *out, bool labels)
{
	unsigned column = 0;
	char at[24], renamed[64];
	begin_row(x);
	for (const struct shape *s = x->columns; s->name; s++) {
		if (!is_shown(x, s))
			continue;
		const char *name = name_of(s, renamed);
		struct str label = labels ? label_of(x, s, name) : STR_NONE;
		cell_name(at, column++, x->row);
		text_cell(&x->text, at, label.p ? label : str_of(name), labels || !x->words.head ? STYLE_HEAD : STYLE_NAME);
	}
	end_row(x, out);
}

static int width_of(const struct xlsx_out *x, const struct shape *s)
{
	static const int widths[] = {[SHAPE_T_I64] = 10, [SHAPE_T_OPT_I64] = 10, [SHAPE_T_BOOL] = 9, [SHAPE_T_ID] = 21, [SHAPE_T_DAY] = 12,
				     [SHAPE_T_INSTANT] = 17, [SHAPE_T_FEN] = 14, [SHAPE_T_OPT_FEN] = 14, [SHAPE_T_CODE] = 14, [SHAPE_T_STR] = 24};
	int width = s->type < sizeof(widths) / sizeof(widths[0]) && widths[s->type] ? widths[s->type] : 12;
	struct str label = x->words.head ? x->words.head(x->words.ctx, s->name) : STR_NONE;
	int least = (int)strlen(s->name) + 2, wide = label.p ? (int)str_chars(label) * 2 + 2 : 0;
	width = width < least ? least : width;
	return width < wide ? wide : width;
}

static int width_of_all(const struct xlsx_out *x)
{
	int sum = 0;
	for (const struct shape *s = x->columns; s->name; s++)
		sum += is_shown(x, s) ? width_of(x, s) : 0;
	return sum;
}

static void begin_sheet(struct xlsx_out *x, struct sb *out, struct arena *a)
{
	char *name = x->names[x->sheets++];
	struct sb b = sb_new(a, 65536);
	int heads = x->words.head ? 2 : 1;
	unsigned column = 0;
	bool fits = width_of_all(x) <= PAGE_WIDTH;
	snprintf(name, sizeof(x->names[0]), "xl/worksheets/sheet%u.xml", x->sheets);
	zip_out_part(x->zip, out, name);
	sb_fmt(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
		   "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetPr><pageSetUpPr fitToPage=\"%d\"/></sheetPr><sheetViews>"
		   "<sheetView%s workbookViewId=\"0\"><pane ySplit=\"%d\" topLeftCell=\"A%d\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>"
		   "</sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>", fits, x->sheets == 1 ? " tabSelected=\"1\"" : "", heads, heads + 1);
	for (const struct shape *s = x->columns; s->name; s++)
		if (is_shown(x, s)) {
			column++;
			sb_fmt(&b, "<col min=\"%u\" max=\"%u\" width=\"%d\" customWidth=\"1\"/>", column, column, width_of(x, s));
		}
	sb_addz(&b, "</cols><sheetData>");
	zip_out_add(x->zip, out, sb_str(&b));
	x->row = 0;
	if (heads == 2)
		put_heads(x, out, true);
	put_heads(x, out, false);
}

static void end_sheet(struct xlsx_out *x, struct sb *out)
{
	zip_out_add(x->zip, out, STR("</sheetData><pageMargins left=\"0.4\" right=\"0.4\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>"
				     "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>"));
	zip_out_end_part(x->zip, out);
}

/* ---- the file ------------------------------------------------------------------------------------------ */

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define LINKS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define KIND "application/vnd.openxmlformats-officedocument.spreadsheetml."

/* In the order of enum style. */
static const char styles[] = HEAD
	"<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/><numFmt numFmtId=\"165\" "
	"formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/></numFmts><fonts count=\"3\"><font><sz val=\"11\"/><name val=\"宋体\"/><family val=\"3\"/></font>"
	"<font><b/><sz val=\"11\"/><name val=\"宋体\"/><family val=\"3\"/></font><font><sz val=\"9\"/><color rgb=\"FF606060\"/><name val=\"宋体\"/><family "
	"val=\"3\"/></font></fonts><fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>"
	"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE8EEF4\"/><bgColor indexed=\"64\"/></patternFill></fill></fills><borders count=\"1\"><border>"
	"<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
	"</cellStyleXfs><cellXfs count=\"8\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" "
	"borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/><xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/><xf numFmtId=\"4\" fontId=\"0\" fillId=\"0\" borderId=\"0\" "
	"xfId=\"0\" applyNumberFormat=\"1\"/><xf numFmtId=\"1\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/><xf numFmtId=\"49\" "
	"fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"/><xf numFmtId=\"49\" fontId=\"2\" fillId=\"2\" "
	"borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"/></cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
	"builtinId=\"0\"/></cellStyles></styleSheet>";

static void put_part(struct xlsx_out *x, struct sb *out, const char *name, struct str content)
{
	zip_out_part(x->zip, out, name);
	zip_out_add(x->zip, out, content);
	zip_out_end_part(x->zip, out);
}

static struct str book_text(const struct xlsx_out *x, struct arena *a)
{
	struct sb b = sb_new(a, 1 << 20);
	sb_addz(&b, HEAD "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" LINKS "\"><bookViews><workbookView/></bookViews><sheets>");
	for (unsigned i = 1; i <= x->sheets; i++) {
		sb_addz(&b, "<sheet name=\"");
		put_text(&b, x->sheet);
		sb_fmt(&b, i > 1 ? " %u\" sheetId=\"%u\" r:id=\"rId%u\"/>" : "\" sheetId=\"%u\" r:id=\"rId%u\"/>", i, i, i);
	}
	sb_addz(&b, "</sheets></workbook>");
	return sb_str(&b);
}

static struct str links_text(const struct xlsx_out *x, struct arena *a)
{
	struct sb b = sb_new(a, 1 << 20);
	sb_addz(&b, HEAD "<Relationships xmlns=\"" PACKAGE "relationships\">");
	for (unsigned i = 1; i <= x->sheets; i++)
		sb_fmt(&b, "<Relationship Id=\"rId%u\" Type=\"" LINKS "/worksheet\" Target=\"worksheets/sheet%u.xml\"/>", i, i);
	sb_fmt(&b, "<Relationship Id=\"rId%u\" Type=\"" LINKS "/styles\" Target=\"styles.xml\"/></Relationships>", x->sheets + 1);
	return sb_str(&b);
}

static struct str types_text(const struct xlsx_out *x, struct arena *a)
{
	struct sb b = sb_new(a, 1 << 20);
	sb_addz(&b, HEAD "<Types xmlns=\"" PACKAGE "content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
			 "relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" "
			 "ContentType=\"" KIND "sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"" KIND "styles+xml\"/>");
	for (unsigned i = 1; i <= x->sheets; i++)
		sb_fmt(&b, "<Override PartName=\"/xl/worksheets/sheet%u.xml\" ContentType=\"" KIND "worksheet+xml\"/>", i);
	sb_addz(&b, "</Types>");
	return sb_str(&b);
}

/* At most 31 characters, of which a further sheet's number needs some; seven signs are not allowed. */
static struct str sheet_name(struct arena *a, struct str s)
{
	struct sb b = sb_new(a, 200);
	size_t chars = 0;
	for (size_t i = 0; i < s.n; i++) {
		chars += ((unsigned char)s.p[i] & 0xc0) != 0x80;
		if (chars > 26)
			break;
		if (!s.p[i] || !strchr("[]:*?/\\'", s.p[i]))
			sb_addc(&b, s.p[i]);
	}
	return b.n ? sb_str(&b) : STR("Sheet");
}

struct xlsx_out *xlsx_out_new(struct arena *a, const struct shape *columns, uint64_t sight, const struct csv_words *words, struct str sheet)
{
	struct xlsx_out *x = ARENA_NEW(a, struct xlsx_out);
	x->columns = columns;
	x->sight = sight;
	x->words = *words;
	x->sheet = sheet_name(a, sheet);
	x->zip = zip_out_new(a);
	x->text = sb_new(a, ROW_MAX);
	return x;
}

void xlsx_out_free(struct xlsx_out *x)
{
	zip_out_free(x->zip);
}

void xlsx_out_begin(struct xlsx_out *x, struct sb *out, struct arena *a)
{
	begin_sheet(x, out, a);
}

void xlsx_out_record(struct xlsx_out *x, struct sb *out, struct arena *a, const void *record)
{
	unsigned column = 0;
	char at[24];
	if (x->row >= ROWS_A_SHEET || zip_out_size(x->zip) > SHEET_BYTES_MAX) {
		if (x->sheets == SHEETS_MAX)
			return;
		end_sheet(x, out);
		begin_sheet(x, out, a);
	}
	begin_row(x);
	for (const struct shape *s = x->columns; s->name && column < COLUMNS_MAX; s++) {
		if (!is_shown(x, s))
			continue;
		cell_name(at, column++, x->row);
		put_cell(x, &x->text, a, at, s, record);
	}
	end_row(x, out);
}

void xlsx_out_end(struct xlsx_out *x, struct sb *out)
{
	struct arena *a = out->a;
	end_sheet(x, out);
	put_part(x, out, "xl/styles.xml", str_of(styles));
	put_part(x, out, "xl/workbook.xml", book_text(x, a));
	put_part(x, out, "xl/_rels/workbook.xml.rels", links_text(x, a));
	put_part(x, out, "_rels/.rels", STR(HEAD "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" LINKS
					       "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"));
	put_part(x, out, "[Content_Types].xml", types_text(x, a));
	zip_out_end(x->zip, out);
}

bool xlsx_out_is_over(const struct xlsx_out *x)
{
	return x->is_over || zip_out_is_over(x->zip) || (x->sheets == SHEETS_MAX && x->row >= ROWS_A_SHEET);
}
