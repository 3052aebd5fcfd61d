/* Catalogues: texts by key in zh-CN and en, from the catalogue.tsv of app and of each feature. */
#ifndef TEXT_H
#define TEXT_H

#include "feature.h"

enum lang { LANG_ZH = 0, LANG_EN, LANG_COUNT };
const struct err *texts_new(struct arena *a, const struct feature *const *features, struct texts **out); /* ERR_BUG for a doubled key or a missing language */
/* The text; an empty str with p NULL when the key is unknown. */
struct str texts_find(const struct texts *t, enum lang lang, struct str key);
enum lang lang_of(struct str word); /* "en…" is English, all else Chinese */
const char *lang_word(enum lang lang);

/* Views: all templates of app and features, compiled once per language. Raw output, delimiter changes, unknown partials and
 * missing catalogue keys are ERR_BUG. */
const struct err *views_new(struct arena *a, const struct feature *const *features, const struct texts *t, const char *disk_dir,
			    struct views **out);
const struct err *views_render(struct views *v, enum lang lang, const char *view, json_t *doc, struct sb *out);
/* Checks each name of a route's view against its declared document; findings to `found`. */
void views_check(struct views *v, const struct feature *const *features, void (*found)(void *ctx, const char *text), void *ctx);

#endif
