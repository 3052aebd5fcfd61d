/* The import feature's own parts. The command line sees import_cmd.h. */
#ifndef IMPORT_MODEL_H
#define IMPORT_MODEL_H

#include "feature.h"
#include "importing.h"

/* X(state, word). From "claiming" on an import goes to its end by itself, whatever happens to the program. */
#define IMPORT_STATES(X)                                                        \
	X(STATE_READING, "reading")     /* rows come in; not to be used yet */   \
	X(STATE_READY, "ready")         /* columns to be looked at */            \
	X(STATE_CHECKING, "checking")                                            \
	X(STATE_CHECKED, "checked")     /* the dry run's report is there */      \
	X(STATE_CLAIMING, "claiming")   /* names are set aside, all is checked once more */ \
	X(STATE_APPLYING, "applying")                                            \
	X(STATE_RELEASING, "releasing") /* everything is there; claims and cells go */ \
	X(STATE_DONE, "done")                                                    \
	X(STATE_UNDOING, "undoing")     /* something had changed: claims go, then it is checked again */ \
	X(STATE_CANCELLED, "cancelled")
#define IMPORT_STATE_ENUM(state, word) state,
enum import_state { STATE_NONE = 0, IMPORT_STATES(IMPORT_STATE_ENUM) STATE_COUNT };
#undef IMPORT_STATE_ENUM
extern const struct codes import_states, import_actions;

enum {
	IMPORT_ONE_TRANSACTION = 2000, /* rows that are applied at once; above, in stages */
	IMPORT_COLUMNS = IMPORT_FIELDS_MAX + 2,
	IMPORT_SOURCE = IMPORT_FIELDS_MAX, /* index of external_source, behind the kind's own fields */
	IMPORT_EXTERNAL,                   /* and of external_id */
	IMPORT_SOURCE_MAX = 60,
	IMPORT_FILE_NAME_MAX = 120,
	IMPORT_MAPPING_MAX = 4000,
};

struct import_run {
	struct id id, person_id;
	struct str kind, source, file_name, actor, head, mapping; /* actor, head: JSON */
	uint32_t state;
	int64_t head_row, n_rows, at_row, n_done, n_added, n_changed, n_same, n_refused, n_skipped;
	bool is_again;            /* checked again because something had changed after the first time */
	struct instant made_at, begun_at, ended_at;
	int64_t version;
};
extern const struct shape import_run_row[], import_run_shape[];

struct import_row {
	int64_t row_number, version;
	struct str cells, detail, claims; /* JSON */
	uint32_t action;
	struct id object_id, above_id;
};
extern const struct shape import_row_row[];

/* Which column (from 1; 0: none) holds a field. */
struct columns {
	int64_t at[IMPORT_COLUMNS];
};

/* ---- kinds (import_kind.c) ---------------------------------------------------------- */

const struct import_kind *import_kind_find(struct app *app, struct str name); /* NULL when there is none */
/* Those that the actor may import somewhere; NULL-terminated. */
const struct import_kind *const *import_kinds_of(struct app *app, struct arena *a, const struct actor *w);
const char *import_field_name(const struct import_kind *k, int at);
const char *import_field_label(const struct import_kind *k, int at); /* catalogue key */
/* The actor as text and back: in whose name and reach the rows are taken, also when a job does it later, with what was held at the time. */
struct str import_actor_text(struct arena *a, const struct actor *w);
const struct err *import_actor_read(struct app *app, struct arena *a, int64_t city, struct str text, struct actor **out);

/* ---- texts (import_text.c) ------------------------------------------------------------ */

/* NFKC, no control or zero-width characters, blanks joined and trimmed. */
struct str import_plain(struct arena *a, struct str s);
/* A heading for comparison: plain, small letters, without blanks and punctuation. */
struct str import_heading(struct arena *a, struct str s);
/* A cell for a field; *wrong_out NULL or the code of what is wrong with it (the value is then empty). */
struct str import_cell(struct app *app, struct arena *a, const struct import_field *f, struct str raw, const char **wrong_out);
/* A number of an identity card, with its check digit (GB 11643). */
bool import_is_identity(struct str s);
bool import_is_identity_heading(struct str heading);
/* Lines that are not data: sums, who filled it in. */
bool import_is_footer(struct str cell);

/* ---- columns (import_columns.c) --------------------------------------------------------- */

/* What headings were chosen to mean before. */
struct heading { struct str heading, field; };
struct headings { struct heading *v; size_t n; };
const struct err *import_headings_read(struct db_tx *tx, struct env *e, const struct import_kind *k, struct headings *out);
/* Guesses from the headings; answers how many fields were recognised. */
size_t import_guess(struct app *app, struct arena *a, const struct import_kind *k, const struct headings *kept, const struct str *cells, size_t n,
		    struct columns *out);
/* "name=2,uscc=5"; read also with headings or "#3" behind the sign. ERR_INPUT on /mapping. */
struct str import_mapping_text(struct arena *a, const struct import_kind *k, const struct columns *c);
const struct err *import_mapping_read(struct arena *a, const struct import_kind *k, struct str head, struct str text, struct columns *out);
const struct err *import_mapping_keep(struct db_tx *tx, struct env *e, const struct import_kind *k, struct str head, const struct columns *c);
/* A JSON array of texts as an array. */
struct str *import_array(struct arena *a, struct str json, size_t *n_out);
struct str import_array_text(struct arena *a, const struct str *v, size_t n);

/* ---- reading a sheet (import_read.c) ------------------------------------------------------ */

struct import_order {
	const struct import_kind *kind;
	struct str source, file_name, actor;
	struct id person_id;
	int fd;
};
/* Reads the sheet's rows into the database, in short transactions, under a new id; they count from import_open() on. */
const struct err *import_stage(struct env *e, const struct import_order *o, struct import_run *out);
const struct err *import_open(struct db_tx *tx, struct env *e, struct import_run *run);
/* Removes an import's rows and keys in short transactions; the line in the list stays. */
const struct err *import_drop_rows(struct env *e, struct id id);

/* ---- going on (import_work.c) --------------------------------------------------------------- */

const struct err *import_run_read(struct db_tx *tx, int64_t city, struct id id, struct import_run *out);
/* Writes the run under its version and sets the new one. */
const struct err *import_run_write(struct db_tx *tx, struct env *e, struct import_run *run);
/* Both leave a job that goes on after job_after_ms, should who began it not do so himself.
 * Begins the dry run with these columns, which are kept for the next time. ERR_CONFLICT import_state when it is under way or over;
 * ERR_INPUT on /mapping without the columns that are needed. */
const struct err *import_check(struct db_tx *tx, struct env *e, struct import_run *run, const struct columns *c, int64_t job_after_ms);
/* Begins the import. ERR_CONFLICT import_state unless it is checked, import_refused while a row is refused, import_nothing. */
const struct err *import_apply(struct db_tx *tx, struct env *e, struct import_run *run, int64_t job_after_ms);
const struct err *import_cancel(struct db_tx *tx, struct env *e, struct import_run *run);
/* Goes on for at most about budget_ms, in transactions of about 25 ms; run as it is then. Several at once do no harm. ERR_BUSY
 * import_waits: another import is being applied. */
const struct err *import_work(struct env *e, struct id id, int64_t budget_ms, struct import_run *run);
bool import_is_under_way(const struct import_run *run);
const struct err *import_job(struct env *e, struct str payload);
const struct err *import_sweep(struct env *e, struct str payload);

/* ---- one row (import_item.c) ------------------------------------------------------------------- */

/* What the rows of one transaction have in common. */
struct work {
	struct import_run run;
	const struct import_kind *kind;
	const struct actor *actor;
	struct columns columns;
	void *memo;
};
const struct err *import_item_read(struct db_tx *tx, struct env *e, struct work *w, const struct import_row *r, struct import_item *out);
const struct err *import_item_check(struct db_tx *tx, struct env *e, struct work *w, struct import_item *it);
/* Keeps what was found, and the keys, of which a second holder is refused. */
const struct err *import_item_keep(struct db_tx *tx, struct env *e, struct work *w, struct import_item *it);
bool import_item_is_as_before(const struct import_item *it, const struct import_row *r);
const struct err *import_item_claim(struct db_tx *tx, struct env *e, const struct import_row *r, bool *got_out);
const struct err *import_item_apply(struct db_tx *tx, struct env *e, struct work *w, struct import_item *it);

/* ---- the report (import_report.c) --------------------------------------------------------------- */

/* One remark: what is wrong, or what changes. */
struct remark {
	int64_t row;
	struct str column, code, message;
};
extern const struct shape remark_columns[];
struct remarks { struct remark *v; size_t n; };
/* The remarks about a row in a language: at least one, whose code is the action. */
const struct err *import_remarks(struct app *app, struct arena *a, bool is_english, const struct work *w, const struct import_row *r, struct remarks *out);

/* ---- pages ------------------------------------------------------------------------------------------ */

extern const struct perm import_use, import_all;
/* Column numbers by field, in the order of the kind's fields, external_source and external_id last. */
struct check_input {
	struct str mapping;
	int64_t c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28,
		c29, c30, c31, c32, c33, c34, c35, c36, c37, c38, c39, c40, c41, version;
};
struct new_query { struct str kind; };
struct new_input { struct str kind, source, file_name; };
struct runs_query { struct str kind, sort, after; int64_t limit; };
struct run_query { uint32_t action; int64_t after, limit; struct str header; };
struct version_input { int64_t version; };
extern const struct shape import_new_query_shape[], import_new_shape[], import_runs_query_shape[], import_run_query_shape[], import_check_shape[],
	import_version_shape[];
extern const struct doc_part import_list_parts[], import_new_parts[], import_run_parts[];
handler_fn import_get_list, import_get_new, import_post, import_get_run, import_post_check, import_post_apply, import_post_cancel, import_form_new,
	import_form_run;
const struct err *import_locate(struct db_tx *tx, struct call *c, struct target *t);

#endif
