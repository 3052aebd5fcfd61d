/* The edge: from a request to a call, from a document or an error to a reply.
 * Private to the app layer: dispatch.c (who may do what, in which order), face.c (how it looks).
 */
#ifndef EDGE_H
#define EDGE_H

#include "text.h"

/* The table row, the actor and so on are set; draws c->doc (and c->page) as the asked face. */
struct reply *face_draw(struct call *c);
/* The error as a problem document (RFC 9457) or a page; logs it once when it is the program's own fault. */
struct reply *face_error(struct call *c, const struct err *e);
/* The form again with everything kept, when the route has one and the fields were wrong; NULL otherwise. */
struct reply *face_form_again(struct call *c, const struct err *e);

/* Words to paste: as they are, or to who asks for pages a page that they are copied from. */
const struct err *face_text(struct call *c, struct str title, struct str text);
/* The face of a table for it (list_text.c). */
struct table;
const struct err *call_table_text(struct call *c, const struct table *t);

enum lang call_lang(const struct call *c);

/* Files for the browser under /assets/NAME, built in; hrefs carry the content's hash. */
struct assets;
const struct err *assets_new(struct arena *a, struct assets **out);
void assets_put(const struct assets *as, json_t *page);
struct reply *assets_reply(const struct assets *as, struct req *r, struct str name);

#endif
