/* Private to the Mustache engine: a parsed template as a tree of nodes. */
#ifndef MUSTACHE_NODE_H
#define MUSTACHE_NODE_H

#include "mustache.h"

enum { MUSTACHE_DEPTH = 64 };

/* Beside enum mustache_tag, whose values are the kinds of tags. */
enum node_kind { NODE_TEXT = 100, NODE_LINE, NODE_COMMENT };

struct node {
	int kind;
	int line, end_line;
	size_t start, end;   /* bytes of the tag in the template text */
	struct str text;     /* name of a tag, or literal text */
	struct str ws;       /* white space in front: of a LINE, or of a tag that took its line's */
	bool alone;          /* the tag's line holds nothing else: line break and margin are not output */
	bool first;          /* a block that is first on a line which it shares with other things */
	struct node *child, *next;
};

struct mustache {
	struct str name;
	const struct node *nodes;
};

/* All tags and texts of a template in order, matched, not yet a tree. */
const struct err *mustache_lex(struct arena *a, struct str name, struct str text, struct node **out);

#endif
