#include "xml.h"

#include <string.h>

#include <expat.h>

enum { NAME_BITS = 65536 };

struct reading {
	XML_Parser p;
	struct xml_sink *sink;
	enum xml_status status;
	unsigned depth, names;
	uint64_t fed, heard; /* bytes given to Expat; how many had been when it last reported something */
	unsigned char seen[NAME_BITS / 8];
};

static const char *local(const char *name)
{
	const char *colon = strchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *xml_attr(const char **attrs, const char *name)
{
	for (; attrs[0]; attrs += 2)
		if (strcmp(local(attrs[0]), name) == 0)
			return attrs[1];
	return NULL;
}

static void refuse(struct reading *r, enum xml_status s)
{
	if (r->status == XML_FINE)
		r->status = s;
	XML_StopParser(r->p, XML_FALSE);
}

/* Expat keeps each name for good. New ones are counted by a table of bits, in which a few are missed. */
static void count_name(struct reading *r, const char *name)
{
	uint32_t h = 2166136261u;
	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	h = (h ^ h >> 16) % NAME_BITS;
	if (r->seen[h / 8] >> h % 8 & 1)
		return;
	r->seen[h / 8] |= (unsigned char)(1u << h % 8);
	if (++r->names > XML_NAMES_MAX)
		refuse(r, XML_TOO_LARGE);
}

static void XMLCALL on_begin(void *ctx, const XML_Char *name, const XML_Char **attrs)
{
	struct reading *r = ctx;
	r->heard = r->fed;
	count_name(r, name);
	for (const char **at = attrs; at[0]; at += 2)
		count_name(r, at[0]);
	if (++r->depth > XML_DEPTH_MAX)
		refuse(r, XML_TOO_LARGE);
	if (!r->status)
		r->sink->begin(r->sink->ctx, local(name), attrs);
	if (r->sink->stop)
		refuse(r, XML_STOPPED);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;
	r->heard = r->fed;
	r->depth--;
	if (!r->status)
		r->sink->end(r->sink->ctx, local(name));
	if (r->sink->stop)
		refuse(r, XML_STOPPED);
}

static void XMLCALL on_text(void *ctx, const XML_Char *p, int n)
{
	struct reading *r = ctx;
	r->heard = r->fed;
	if (!r->status)
		r->sink->text(r->sink->ctx, p, (size_t)n);
}

static void XMLCALL on_other(void *ctx, const XML_Char *p, int n)
{
	struct reading *r = ctx;
	(void)p, (void)n;
	r->heard = r->fed;
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *sys, const XML_Char *pub, int has_subset)
{
	(void)name, (void)sys, (void)pub, (void)has_subset;
	refuse(ctx, XML_BROKEN);
}

static bool feed(struct reading *r, const char *p, size_t n, bool is_last)
{
	r->fed += n;
	if (XML_Parse(r->p, p, (int)n, is_last) != XML_STATUS_OK && !r->status)
		r->status = XML_GetErrorCode(r->p) == XML_ERROR_NO_MEMORY ? XML_TOO_LARGE : XML_BROKEN;
	if (!r->status && r->fed - r->heard > XML_TAG_MAX)
		r->status = XML_TOO_LARGE;
	return r->status == XML_FINE;
}

static bool take(void *ctx, const char *p, size_t n)
{
	return feed(ctx, p, n, false);
}

enum xml_status xml_read(const struct zip_part *part, uint64_t *budget, struct xml_sink *sink, enum zip_status *zip)
{
	struct reading r = {.p = XML_ParserCreate(NULL), .sink = sink};
	if (!r.p)
		return XML_TOO_LARGE;
	XML_SetUserData(r.p, &r);
	XML_SetElementHandler(r.p, on_begin, on_end);
	XML_SetCharacterDataHandler(r.p, on_text);
	XML_SetStartDoctypeDeclHandler(r.p, on_doctype);
	XML_SetDefaultHandler(r.p, on_other);
	*zip = zip_unpack(part, budget, take, &r);
	if (*zip == ZIP_FINE)
		feed(&r, "", 0, true);
	XML_ParserFree(r.p);
	return r.status;
}
