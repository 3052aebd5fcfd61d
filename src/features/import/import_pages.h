/* What the pages of imports share. Private to import_pages.c and import_show.c. */
#ifndef IMPORT_PAGES_H
#define IMPORT_PAGES_H

#include "import_model.h"

/* An import's own members, with labels for pages. */
const struct err *import_put_run(struct call *c, json_t *out, const struct import_run *run);
/* Fills the document of /imports/{id}. */
const struct err *import_show_run(struct call *c, struct id id, bool is_form);

#endif
