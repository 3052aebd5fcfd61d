/* For the planted features: a program whose only feature is the one in the file,
 * so that `check --static` must find what is wrong with it. */
#ifndef PLANTED_H
#define PLANTED_H

#include "feature.h"

#define PLANTED_FILE(name_, text_) {.name = (name_), .data = (const unsigned char *)(text_), .size = sizeof(text_) - 1}

static const struct err *planted_nothing(struct call *c)
{
	(void)c;
	return NULL;
}

static const struct perm planted_perm = {"planted.read", R_ADMINS};

struct planted_row {
	int64_t number;
};

static const struct shape planted_shape[] = {SHAPE(struct planted_row, number, 0), SHAPE_END};
static const struct doc_part planted_doc[] = {{"", DOC_ONE, planted_shape, NULL}, {NULL, 0, NULL, NULL}};

/* One page at /planted that shows VIEW, allowed to whom PERM says. */
#define PLANTED(perm_, view_)                                                                                            \
	static const struct route routes[] = {                                                                            \
		{.method = WEB_GET, .path = "/planted", .perm = (perm_), .fn = planted_nothing, .view = "planted/page", .doc = planted_doc}, \
		{0},                                                                                                      \
	};                                                                                                                \
	static const struct resource files[] = {                                                                          \
		PLANTED_FILE("catalogue.tsv", "planted_head\t标题\tHead\n"),                                           \
		PLANTED_FILE("views/page.html", view_),                                                                   \
		{0},                                                                                                      \
	};                                                                                                                \
	static const struct feature planted = {.name = "planted", .routes = routes, .resources = files};                  \
	const struct feature *const features_all[] = {&planted, NULL}

#endif
