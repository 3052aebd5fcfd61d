#include "number.h"
#include "xlsx_private.h"

#include <string.h>

static const char *kept(struct xlsx *x, const char *z)
{
	return z ? str_z(x->a, str_of(z)) : "";
}

static void ignore_end(void *ctx, const char *name)
{
	(void)ctx, (void)name;
}

static void ignore_text(void *ctx, const char *p, size_t n)
{
	(void)ctx, (void)p, (void)n;
}

/* A sink that also knows how to stop itself. */
struct reader {
	struct xlsx *x;
	struct xml_sink sink;
	bool in_styles;
};

static void stop(struct reader *r, enum media_status status, enum media_sheet_limit what)
{
	xlsx_fail(r->x, status, what);
	r->sink.stop = true;
}

static bool read_part(struct xlsx *x, struct str name, void (*begin)(void *ctx, const char *name, const char **attrs),
		      void (*end)(void *ctx, const char *name))
{
	struct reader r = {.x = x, .sink = {.begin = begin, .end = end, .text = ignore_text}};
	r.sink.ctx = &r;
	return xlsx_part(x, name, &r.sink);
}

/* ---- links ------------------------------------------------------------------------------ */

static void link_begin(void *ctx, const char *name, const char **attrs)
{
	struct reader *r = ctx;
	struct xlsx *x = r->x;
	const char *mode = xml_attr(attrs, "TargetMode");
	if (!xlsx_is(name, "Relationship") || (mode && xlsx_is(mode, "External")))
		return;
	struct xlsx_link *v = xlsx_more(x->a, x->links, x->n_links, sizeof(*v), XLSX_LINKS_MAX);
	if (!v) {
		stop(r, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
		return;
	}
	x->links = v;
	v[x->n_links++] = (struct xlsx_link){kept(x, xml_attr(attrs, "Id")), kept(x, xml_attr(attrs, "Type")),
					     kept(x, xml_attr(attrs, "Target"))};
}

static struct str folder_of(struct str name)
{
	while (name.n && name.p[name.n - 1] != '/')
		name.n--;
	return name;
}

/* "xl/_rels/workbook.xml.rels" for "xl/workbook.xml". */
static bool read_links(struct xlsx *x, struct str of)
{
	struct str folder = folder_of(of);
	x->n_links = 0;
	return read_part(x, str_fmt(x->a, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(str_sub(of, folder.n, SIZE_MAX))), link_begin,
			 ignore_end);
}

static struct str without_dots(struct xlsx *x, struct str path)
{
	struct sb b = sb_new(x->a, 4096);
	for (struct str rest = path; rest.n;) {
		struct str step = str_cut(&rest, '/');
		if (str_is(step, "..")) {
			b.n = b.n ? folder_of(str_sub(sb_str(&b), 0, b.n - 1)).n : 0;
			continue;
		}
		if (step.n && !str_is(step, "."))
			sb_fmt(&b, "%.*s%s", STR_ARG(step), rest.n ? "/" : "");
	}
	return str_dup(x->a, sb_str(&b));
}

/* A target is taken from the folder of the part that names it, unless it begins with a slash. */
static struct str resolved(struct xlsx *x, struct str from, const char *target)
{
	struct str t = str_fmt(x->a, "%s", target);
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] == '\\')
			((char *)(uintptr_t)t.p)[i] = '/';
	if (t.n > 1000)
		return STR_NONE;
	if (t.n && t.p[0] == '/')
		return without_dots(x, t);
	struct str folder = folder_of(from);
	return without_dots(x, str_fmt(x->a, "%.*s%.*s", STR_ARG(folder), STR_ARG(t)));
}

static struct str linked(struct xlsx *x, struct str from, const char *type)
{
	for (size_t i = 0; i < x->n_links; i++)
		if (xlsx_is_type(x->links[i].type, type))
			return resolved(x, from, x->links[i].target);
	return STR_NONE;
}

/* ---- workbook ----------------------------------------------------------------------------- */

static bool is_true(const char *v)
{
	return v && (xlsx_is(v, "1") || xlsx_is(v, "true") || xlsx_is(v, "on"));
}

/* The attribute that links is named id too, with a prefix. */
static const char *link_of(const char **attrs)
{
	for (; attrs[0]; attrs += 2)
		if (strchr(attrs[0], ':') && str_has_suffix(str_of(attrs[0]), STR(":id")))
			return attrs[1];
	return NULL;
}

static void book_begin(void *ctx, const char *name, const char **attrs)
{
	struct reader *r = ctx;
	struct xlsx *x = r->x;
	if (xlsx_is(name, "workbookPr"))
		x->is_1904 = is_true(xml_attr(attrs, "date1904"));
	if (!xlsx_is(name, "sheet") || !link_of(attrs))
		return;
	struct xlsx_sheet *v = xlsx_more(x->a, x->sheets, x->n_sheets, sizeof(*v), XLSX_SHEETS_MAX);
	if (!v) {
		stop(r, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
		return;
	}
	const char *state = xml_attr(attrs, "state");
	x->sheets = v;
	v[x->n_sheets++] = (struct xlsx_sheet){kept(x, link_of(attrs)), state && !xlsx_is(state, "visible")};
}

/* A sheet of cells, not of a chart; "" when the link leads elsewhere. */
static struct str sheet_target(struct xlsx *x, struct str book, const struct xlsx_sheet *sheet)
{
	for (size_t i = 0; i < x->n_links; i++)
		if (xlsx_is(x->links[i].id, sheet->link) && xlsx_is_type(x->links[i].type, "worksheet"))
			return resolved(x, book, x->links[i].target);
	return STR_NONE;
}

/* Somebody who hid them all still means the first. */
static struct str choose_sheet(struct xlsx *x, struct str book)
{
	for (int hidden_too = 0; hidden_too < 2; hidden_too++)
		for (size_t i = 0; i < x->n_sheets; i++) {
			struct str t = x->sheets[i].hidden && !hidden_too ? STR_NONE : sheet_target(x, book, &x->sheets[i]);
			if (t.n)
				return t;
		}
	return STR_NONE;
}

static struct str find_book(struct xlsx *x)
{
	struct zip_part part;
	if (zip_find(&x->zip, STR("_rels/.rels"), &part) == ZIP_MISSING)
		return STR_NONE;
	x->n_links = 0;
	return read_part(x, STR("_rels/.rels"), link_begin, ignore_end) ? linked(x, STR(""), "officeDocument") : STR_NONE;
}

/* A document of another kind: a text, a presentation, a table of OpenDocument, a ZIP of anything. */
static bool is_book(struct xlsx *x, struct str name)
{
	struct zip_part part;
	return str_has_suffix(name, STR(".xml")) && !str_has_suffix(name, STR("document.xml")) &&
	       !str_has_suffix(name, STR("presentation.xml")) && zip_find(&x->zip, name, &part) != ZIP_MISSING;
}

bool xlsx_book(struct xlsx *x, struct xlsx_parts *out)
{
	struct str book = find_book(x);
	if (x->res.status)
		return false;
	if (!is_book(x, book))
		return xlsx_fail(x, MEDIA_TYPE, MEDIA_LIMIT_NONE);
	if (!read_part(x, book, book_begin, ignore_end) || !read_links(x, book))
		return false;
	out->sheet = choose_sheet(x, book);
	out->strings = linked(x, book, "sharedStrings");
	out->styles = linked(x, book, "styles");
	return out->sheet.n || xlsx_fail(x, MEDIA_BROKEN, MEDIA_LIMIT_NONE);
}

/* ---- styles -------------------------------------------------------------------------------- */

static int64_t number_of(const char *v)
{
	int64_t n;
	return v && str_i64(str_of(v), 0, INT32_MAX, &n) ? n : 0;
}

static void add_format(struct reader *r, const char **attrs)
{
	struct xlsx *x = r->x;
	const char *code = xml_attr(attrs, "formatCode");
	struct xlsx_format *v = xlsx_more(x->a, x->formats, x->n_formats, sizeof(*v), XLSX_FORMATS_MAX);
	if (!v) {
		stop(r, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
		return;
	}
	x->formats = v;
	v[x->n_formats++] = (struct xlsx_format){number_of(xml_attr(attrs, "numFmtId")), number_kind_of_code(str_of(code ? code : ""))};
}

static unsigned kind_of(const struct xlsx *x, int64_t id)
{
	for (size_t i = 0; i < x->n_formats; i++)
		if (x->formats[i].id == id)
			return x->formats[i].kind;
	return number_kind_of_id(id);
}

static void add_style(struct reader *r, const char **attrs)
{
	struct xlsx *x = r->x;
	unsigned char *v = xlsx_more(x->a, x->styles, x->n_styles, 1, XLSX_STYLES_MAX);
	if (!v) {
		stop(r, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
		return;
	}
	x->styles = v;
	v[x->n_styles++] = (unsigned char)kind_of(x, number_of(xml_attr(attrs, "numFmtId")));
}

static void style_begin(void *ctx, const char *name, const char **attrs)
{
	struct reader *r = ctx;
	if (xlsx_is(name, "numFmt"))
		add_format(r, attrs);
	else if (xlsx_is(name, "cellXfs"))
		r->in_styles = true;
	else if (xlsx_is(name, "xf") && r->in_styles)
		add_style(r, attrs);
}

static void style_end(void *ctx, const char *name)
{
	struct reader *r = ctx;
	if (xlsx_is(name, "cellXfs"))
		r->in_styles = false;
}

bool xlsx_styles(struct xlsx *x, struct str name)
{
	return read_part(x, name, style_begin, style_end);
}
