/* One request inside the application, and the rows of the route table.
 *
 * A handler (5 to 25 lines) reads c->input, calls its model, fills c->doc and
 * leaves the face to the edge. Errors are returned; nobody but the edge logs
 * or draws them.
 */
#ifndef CALL_H
#define CALL_H

#include "app.h"
#include "doc.h"
#include "web.h"

struct call;
typedef const struct err *handler_fn(struct call *c);

enum face { FACE_HTML = 1, FACE_JSON = 2, FACE_CSV = 4, FACE_XLSX = 8, FACE_TEXT = 16 };
/* Of a list that people read, scripts read, offices take home, and everybody pastes into a chat. */
enum { FACES_LIST = FACE_HTML | FACE_JSON | FACE_CSV | FACE_XLSX | FACE_TEXT };
#define TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* What the target of a request is, found before the handler runs. */
struct target {
	struct id id;            /* of the object named by {id} */
	struct id unit_id;
	struct str unit_path;    /* where permission is asked; empty: anywhere */
	bool own;                /* the actor's own thing: read, or acted on by step, without a permission at the unit */
	void *object;            /* the feature's loaded record, so that the handler need not load it again */
};
/* Fills t; ERR_MISSING when there is no such object. Runs in a read snapshot. */
typedef const struct err *locate_fn(struct db_tx *tx, struct call *c, struct target *t);

/* Names that the view may use, so that a misspelt one fails the build (registry test). */
enum doc_kind { DOC_ONE = 1 /* object */, DOC_MANY /* array of objects */, DOC_VALUE /* scalar or array of scalars */ };
struct doc_part {
	const char *name;            /* NULL ends the table; "" : members stand at this level itself */
	enum doc_kind kind;
	const struct shape *shape;   /* members by shape, with _label and _text beside; may be NULL */
	const struct doc_part *parts;/* further members; may be NULL */
};

enum route_flags {
	ROUTE_KEYED = 1,     /* takes an Idempotency-Key (head or field idempotency_key) */
	ROUTE_SELF_AUDIT = 2,
	ROUTE_NO_TOKEN = 4,  /* public form without session (login, anonymous report): origin check only */
	ROUTE_LIMITED = 8,   /* needs a login only, and yet a token of chosen permissions may read it: the handler keeps to these */
};

struct route {
	enum web_method method;      /* 0 ends the table */
	const char *path;            /* "/hazards/{id}/{act}" */
	const struct perm *perm;     /* never NULL */
	locate_fn *locate;           /* how the target's unit is found; NULL: permission anywhere is enough, the handler narrows by widest_duty */
	const struct shape *input;   /* each POST/PUT/PATCH has one (shape_none for no fields) ; GET: the query fields */
	size_t input_size;
	handler_fn *fn;
	const char *view;            /* HTML face; NULL: no HTML (JSON only) or the handler replies itself */
	const struct doc_part *doc;  /* names for the view */
	handler_fn *form;            /* unsafe methods: fills c->doc as the page with the form does, when fields are wrong */
	const char *form_view;
	const struct doc_part *form_doc;
	unsigned faces;              /* FACE_* bits; 0: HTML | JSON */
	unsigned flags;
	int64_t body_max, file_max;  /* 0: 64 KiB, no files */
	unsigned files_max;
	const struct shape *rows;    /* lists: columns of the CSV and XLSX faces */
	const struct err *(*stream)(struct call *c, struct str bytes); /* body given as it comes, before fn (resumable uploads) */
	const struct perm *see;      /* with PERM_BY_STEP: needed at the target's unit to know of it at all */
	const char *summary;         /* one English line for /openapi.json */
};
extern const struct shape shape_none[];

struct call {
	struct app *app;
	struct req *req;
	struct arena *a;
	struct env env;
	const struct route *route;
	struct pairs args;           /* {id} → "123" */
	const struct actor *actor;   /* never NULL; person_id 0 when nobody is logged in */
	struct target target;
	void *input;                 /* the route's input struct, filled and checked */
	enum face face;
	struct str lang;             /* "zh-CN" or "en" */
	bool care;
	int64_t city;                /* of the actor or, for public pages, of the installation */
	json_t *doc;                 /* what every face shows */
	json_t *page;                /* what only the HTML face shows besides (filters, forms, labels) */
	unsigned allow;              /* with ERR_METHOD: bits 1 << method that would do */
	int status;                  /* default 200 */
	struct str location;         /* unsafe methods: HTML answers 303 there, JSON 200/201 with the document and Location */
	struct reply *reply;         /* set by a handler that answers itself (files, streams) */
	uint64_t shown;              /* bits of the field rights by which something was shown: looks for the audit trail */
	struct str cache;            /* Cache-Control of the page; default no-store */
	const struct err *problem;   /* set while a form is shown again */
	struct str set_cookie[4][2];
	int64_t set_cookie_age[4];
	unsigned n_cookies;
	struct str key;              /* Idempotency-Key, "" without */
	unsigned char key_hash[32];  /* over the fields and files */
};

/* ---- for handlers --------------------------------------------------------- */

struct str call_arg(const struct call *c, const char *name);        /* path argument */
const struct err *call_arg_id(struct call *c, const char *name, struct id *out); /* ERR_MISSING when it is not an id */
struct str call_text(const struct call *c, const char *key);        /* catalogue text in the call's language; the key itself when missing */
/* The text with {{name}} in it replaced by value. */
struct str call_text_with(const struct call *c, const char *key, const char *name, struct str value);
struct str call_label(const struct call *c, const struct codes *codes, const char *word);
struct str call_duty_label(struct call *c, const struct duty *d); /* what the role of a duty is called */
/* Style for doc_put at a unit: the actor's sight there; labels on pages. */
struct doc_style call_style(struct call *c, struct str unit_path);
void call_cookie(struct call *c, const char *name, struct str value, int64_t max_age_s);
/* After a successful change: 201 or 200 for scripts, 303 for pages. */
void call_done(struct call *c, int status, struct str location);
/* A read snapshot or a durable write with the call's environment. */
const struct err *call_read(struct call *c, env_fn *fn, void *ctx);

/* A durable write under the call's idempotency key, if it has one. fn sets *object. With the same key and the same fields the
 * first result comes back (replayed = true, fn is not run); with other fields ERR_INPUT code "key_reused" (422). Without a login
 * a key has at least 16 bytes, or it is ERR_MALFORMED "idempotency_key". */
struct outcome {
	struct id object;
	bool replayed;
};
const struct err *call_write(struct call *c, env_fn *fn, void *ctx, struct outcome *out);
/* The rows behind it (idempotency.c): is the key known? Another hash under the same key is ERR_INPUT "key_reused". */
const struct err *idem_look(struct db_tx *tx, struct env *e, struct str key, const unsigned char hash[32], bool *found, struct id *object);
const struct err *idem_keep(struct db_tx *tx, struct env *e, struct str key, const char *route, const unsigned char hash[32],
			    struct id object);
/* 16 bytes that are random without a key and repeatable with one (MAC of secret, city, actor, key, fields): for codes told once. */
void call_code16(struct call *c, const char *purpose, unsigned char out[16]);

/* ---- forms on pages --------------------------------------------------------- */

struct choice { struct str value, label, icon, note; };
struct field {
	const char *name;            /* input field name */
	const char *kind;            /* text textarea select date datetime money number checkbox switch radio tiles photo hidden password */
	const char *label;           /* catalogue key */
	const char *hint;            /* catalogue key or NULL */
	struct str value;            /* shown unless the submitted one comes back */
	const struct choice *choices;
	size_t n_choices;
	bool required;
	uint32_t max;
	bool multiple, danger;
	const char *autocomplete;
};
/* Appends the field to a list `fields` in the form that the partial field.html takes (see app/views/README.md): with the
 * submitted value and the error text while c->problem is set and the form is the submitted one (`act`; NULL: the only form). */
void call_field(struct call *c, json_t *fields, const char *act, const struct field *f);
/* Choices from a closed list with labels of the language. */
struct choice *call_choices(struct call *c, const struct codes *codes, size_t *n);

/* A path of this site that is safe to be sent to ("/x", not "//x" or "/\\x"). */
bool call_is_local(struct str path);
/* This page's address with its query: of it only what the route's own fields name, since strangers append their own to links. */
struct str call_here(struct call *c);
/* The same with one query parameter set to another value, or left out when that is "". */
struct str call_href_with(struct call *c, const char *name, struct str value);

/* ---- lists ------------------------------------------------------------------- */

/* Paging of a keyset list: input shapes of lists carry `after` (STR, 400), `sort` (STR, 40) and `limit` (I64, 500). */
enum { LIST_DEFAULT = 50, LIST_MAX = 500 };
struct cursor { struct str text; int64_t number; struct id id; };
/* Decodes `after` for a list's sort (first page: the extreme values); ERR_INPUT on /after. Limit: default 50, at most 500. */
const struct err *cursor_read(struct call *c, const struct sql_list *l, struct str sort, struct str after, struct cursor *out);
struct arg cursor_arg(const struct sql_list *l, int sort, const struct cursor *k);
/* Sets items' "next" (opaque cursor or null) in c->doc and page.next_href, after n rows were read of limit + 1. */
void cursor_next(struct call *c, const struct sql_list *l, struct str sort, struct cursor last);

/* A list as a file (CSV, XLSX, streamed) or as words to paste (the first TEXT_ROWS_MAX rows; to a browser a page that they are
 * copied from): the handler calls this instead of filling items. `page` is called again and again
 * for the next rows (it keeps its own cursor in ctx and opens its own snapshot with env_read; memory comes from e->a, which is
 * new for each page) until it says more = false. Columns with a field right are shown by the actor's sight at
 * c->target.unit_path. The list's input shape has `header` (STR, 8): zh gives people's heads and words. */
typedef const struct err *table_page_fn(struct env *e, void *ctx, const void **rows, size_t *n, bool *more);
struct table {
	const struct shape *columns;
	size_t row_size;
	table_page_fn *page;
	void *ctx;
	const char *file_name; /* without suffix */
	const char *title;     /* catalogue key: what the sheet is called */
	const struct shape *brief; /* the columns of the words to paste; NULL: all of `columns`. Ids are left out in any case */
	const char *group;     /* a column of brief whose value heads the rows that share it and follow each other; NULL: none */
	struct str about;      /* what the list is of (a unit's name), above the words to paste */
};
enum { TEXT_ROWS_MAX = LIST_MAX };
bool call_wants_table(const struct call *c);
const struct err *call_table(struct call *c, const struct table *t);

#endif
