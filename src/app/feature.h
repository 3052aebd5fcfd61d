/* What a feature declares. Adding one is a folder under src/features and one
 * line in src/features/features.list; nothing here names a feature.
 */
#ifndef FEATURE_H
#define FEATURE_H

#include "call.h"
#include "resource.h"

struct menu_entry {
	const char *label;        /* catalogue key; NULL ends the table */
	const char *href, *icon;
	const struct perm *perm;  /* shown to who holds it anywhere */
	int order;
};

/* A box that a feature offers on the page of another: the unit page, the work desk. */
struct panel {
	const char *page;         /* "home", "unit"; NULL ends the table */
	const struct perm *perm;
	int order;
	/* Fills box as section_parts of parts.h says (title, all_href, items, figures …); leaves it empty to show nothing. */
	const struct err *(*fill)(struct db_tx *tx, struct call *c, struct target *t, json_t *box);
};

/* Fills `boxes` with what all features offer for a page, in order; for the handlers of pages with panels. */
const struct err *call_panels(struct db_tx *tx, struct call *c, const char *page, struct target *t, json_t *boxes);

struct job_kind {
	const char *name;         /* "hazard.thumbs"; NULL ends the table */
	/* Does one job, idempotently, in as many transactions as it likes. */
	const struct err *(*run)(struct env *e, struct str payload);
	int64_t every_ms;         /* > 0: also runs by itself at this rhythm, one server at a time */
	int attempts;             /* default 8, with back-off */
};

enum setting_type { SETTING_I64 = 1, SETTING_BOOL, SETTING_STR };
struct setting {
	const char *name;         /* "report.anonymous_allowed"; NULL ends the table */
	enum setting_type type;
	const char *otherwise;    /* default */
	int64_t min, max;
	const char *help;         /* one English line; also in docs/generated/settings.md */
};

/* Attachments have the rights of what they hang on: the feature that owns objects of a kind decides. */
struct attachment_owner {
	const char *object_kind;  /* "hazard"; NULL ends the table */
	/* NULL when the call's actor may see the object with its attachments, ERR_MISSING otherwise. Runs in a read snapshot. */
	const struct err *(*may_see)(struct db_tx *tx, struct call *c, struct id object);
};

/* For `check`: a shape whose columns must exist in a table. */
struct shape_of_table {
	const char *table;        /* NULL ends the table */
	const struct shape *shape;
};

/* A number on the page where a change of the tree is confirmed. */
struct along {
	const char *label; /* catalogue key */
	int64_t n;
	bool capped;       /* there are more */
	bool holds;        /* a unit is not closed while there are any */
};
/* Something that a person still has to answer for: hand-over and leaving ask for it (ORG-5). */
struct open_item {
	struct str kind;  /* "hazard": label open_item_<kind> */
	struct id id;
	struct str label, href;
};
enum { HAND_OVER_MAX = 1000 }; /* of one feature, at a time */

struct check_report;
struct import_kind;
struct moving;

struct covered_source; /* covered.h: what the coverage desk looks at */
struct notice_standing;
struct notice_kind;    /* features/notice/notice.h: what people are told */

struct measure;      /* measure.h: what figures are counted from */
struct measure_list;

struct feature {
	const char *name;
	const char *const *needs;             /* other features whose header is included; NULL-terminated */
	const struct route *routes;
	const struct perm *const *perms;      /* NULL-terminated */
	const struct sql *const *stmts;       /* <feature>_sql_all, generated */
	const struct sql_list *const *lists;  /* <feature>_lists_all, generated */
	const struct sql_moved *const *moved; /* <feature>_moved_all, generated: tables that a move of units takes along (moving.h) */
	const struct resource *resources;     /* <feature>_resources, generated: schema/, views/, data/, catalogue.tsv */
	const struct menu_entry *menu;
	/* A number beside the menu's first entry, at most 100: what waits there for the actor. NULL: none. */
	const struct err *(*menu_count)(struct db_tx *tx, struct call *c, int64_t *n);
	const struct panel *panels;
	const struct job_kind *jobs;
	const struct setting *settings;
	const struct shape_of_table *tables;
	const struct attachment_owner *owners;
	const struct import_kind *imports;    /* what can be imported from spreadsheets (importing.h) */
	/* What the feature counts for the figures, NULL-terminated, and what its own rows say has happened: adds the entries of the next
	 * `limit` subjects after `after` to `out`, without ids and without a look at the counted ones; *last: the last of these subjects,
	 * 0 when there is none left. */
	const struct measure *const *measures;
	const struct err *(*recount)(struct db_tx *tx, int64_t city, struct id after, unsigned limit, struct measure_list *out,
				     struct id *last);
	/* A row of a table in `moved` has new ancestors: what else is found by them changes too. NULL: nothing else is. */
	const struct err *(*moved_row)(struct db_tx *tx, struct env *e, const struct sql_moved *table, struct id id);
	/* What the feature knows of employers for the coverage desk (covered.h), ended by a row without `what`. */
	const struct covered_source *covers;
	/* What the feature tells people (notice.h), ended by a row without name. */
	const struct notice_kind *notices;
	/* What stands open with a person, at most NOTICE_STANDING_MAX lines (notice.h). */
	const struct err *(*standing)(struct db_tx *tx, struct env *e, struct id person, struct notice_standing *v, size_t *n);
	/* A unit was added or changed, in that transaction; t->object is its struct unit: for what is derived from it. */
	const struct err *(*unit_kept)(struct db_tx *tx, struct env *e, struct target *t);
	/* A unit has been merged into another, in that transaction: for rows that name it by another column or can stand there once only. */
	const struct err *(*merged)(struct db_tx *tx, struct env *e, struct id from, struct id to);
	/* What the person has to answer for now, at most `max` of it; *n_all: how much it is in all. */
	const struct err *(*open_items)(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n,
					int64_t *n_all);
	/* Somebody else answers for all of it from now on, with an event each. ERR_INPUT on /successor_id: who cannot;
	 * ERR_LIMIT "too_many" above HAND_OVER_MAX. */
	const struct err *(*hand_over)(struct db_tx *tx, struct env *e, struct id from, struct id to);
	/* A move took effect on a past day: what the feature posted since then for units of the subtree is taken back, and posted for where it
	 * stands now, as recount() will say it from then on. Looks at the next subjects after `after`, at most a few hundred; *last: the
	 * last that was looked at, 0 when there is none left. */
	const struct err *(*recount_since)(struct db_tx *tx, struct env *e, const struct moving *m, struct id after, struct id *last);
	/* Exactly one feature says who is asking (account). Sets c->actor. */
	const struct err *(*identify)(struct call *c);
	/* Of one feature: the first day of the oldest reporting period that is still open on `today`. */
	const struct err *(*open_from)(struct db_tx *tx, int64_t city, struct day today, struct day *out);
	/* What of the feature goes along when a unit moves, for who is asked to confirm it; at most 4. t->object is its struct unit. */
	const struct err *(*goes_along)(struct db_tx *tx, int64_t city, struct target *t, struct instant now, struct along *out, size_t *n);
	/* Fills a new city's rows, in one transaction, in order of `needs` (chabaocu init). */
	const struct err *(*init_city)(struct db_tx *tx, struct env *e, struct str city_code);
	/* Derives anew from the feature's rows whatever is derived from them (search words, figures), in short transactions; may be
	 * ended and started again at any moment. After a bulk load, and where `check` found a difference. */
	const struct err *(*rebuild)(struct env *e);
	/* Findings for `chabaocu check`. */
	const struct err *(*check)(struct env *e, struct check_report *r);
	const char *const *start_note;        /* unused: NULL */
};

/* The list, generated from src/features/features.list; NULL-terminated. */
extern const struct feature *const features_all[];

/* The findings of `chabaocu check`: each is printed as a line and counted. */
struct check_report {
	int64_t n;
	int64_t told_at; /* seconds of the clock; 0: nothing was told yet */
};
void check_found(struct check_report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
