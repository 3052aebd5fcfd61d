/* XML as office programs write it, element by element, from pieces. Expat reads it; what could make it grow is refused: a
 * document type (and with it every entity of one's own), depth, a tag without end, ever new names.
 */
#ifndef XML_H
#define XML_H

#include "zip.h"

enum { XML_DEPTH_MAX = 64, XML_NAMES_MAX = 4000, XML_TAG_MAX = 1 << 20 };

enum xml_status { XML_FINE = 0, XML_BROKEN, XML_TOO_LARGE, XML_STOPPED };

struct xml_sink {
	/* Names are local: what stands before a colon is taken off. attrs: name, value, …, NULL; names with their prefix. */
	void (*begin)(void *ctx, const char *name, const char **attrs);
	void (*end)(void *ctx, const char *name);
	void (*text)(void *ctx, const char *p, size_t n);
	/* Set by the sink: no more is wanted. */
	bool stop;
	void *ctx;
};

/* The value of an attribute by its local name; NULL. */
const char *xml_attr(const char **attrs, const char *name);
/* Reads a part of a ZIP file. Both statuses are told: what the ZIP says wins. */
enum xml_status xml_read(const struct zip_part *part, uint64_t *budget, struct xml_sink *sink, enum zip_status *zip);

#endif
