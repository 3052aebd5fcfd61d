/* Words for searching: what a text is cut into, the same for every engine and
 * for who searches.
 *
 * A Han character is a word of its own, so that any two of them beside each
 * other are found; letters are words as they stand together, digits likewise
 * (DN50 is dn, 50). Large letters become small, full-width ones narrow; all else
 * parts words. What is searched for is cut at blanks: all parts must be there,
 * and the words of a part stand beside each other in one text.
 */
#ifndef WORDS_H
#define WORDS_H

#include "db.h"

struct words {
	struct arena *a;
	struct str *v;     /* words in order; one that nobody can type stands between texts */
	size_t n, cap;
};

enum { WORDS_MAX = 12000 }; /* of one object; more are left out (PostgreSQL counts places up to 16,383) */

struct words words_new(struct arena *a);
void words_add(struct words *w, struct str text);
/* A word for a scope, which no text has: a letter and a number. */
void words_add_scope(struct words *w, char letter, int64_t number);
/* As the engine's index takes them: "x y" for FTS5, "x:1 y:2" as a tsvector. */
struct str words_text(const struct words *w, enum db_engine engine);

/* What is searched for: parts of words. No sign that anybody types means anything but itself. */
struct search {
	struct words *parts;
	size_t n;
};
enum { SEARCH_PARTS = 16, SEARCH_CHARS = 100 };
/* The parts of q, at most SEARCH_PARTS; those without a letter or digit are none. */
struct search search_of(struct arena *a, struct str q);
/* A further part, for a scope. */
void search_add_scope(struct search *s, struct arena *a, char letter, int64_t number);
/* As the engine's query: "x y" AND "z" or (x <-> y) & z. With no part: "". */
struct str search_text(struct arena *a, const struct search *s, enum db_engine engine);
/* Whether words hold all parts: what the engines' indexes answer, by looking. */
bool search_matches(const struct search *s, const struct words *w);

#endif
