/* Organisation: the tree of units from the city to the team, and the places
 * where work is done (ORG-1, ORG-2). The path column is the tree.
 */
#ifndef ORG_H
#define ORG_H

#include "call.h"
#include "moving.h"

enum { ORG_NAME_MAX = 120, ORG_CODE_MAX = 32, ORG_USCC_TYPED_MAX = 40, ORG_INDUSTRY_MAX = 5, ORG_HEADCOUNT_MAX = 10000000 };

/* Kinds of unit (code_unit_kind_<word>): city county zone enterprise_group direct_units township industry_union employer workshop team joint_union
 * regional_union */
enum unit_kind {
	UNIT_CITY = 1, UNIT_COUNTY, UNIT_ZONE, UNIT_ENTERPRISE_GROUP, UNIT_DIRECT_UNITS, UNIT_TOWNSHIP, UNIT_INDUSTRY_UNION,
	UNIT_EMPLOYER, UNIT_WORKSHOP, UNIT_TEAM,
	UNIT_JOINT_UNION, UNIT_REGIONAL_UNION, /* one primary union of several small employers */
	UNIT_KIND_COUNT
};
extern const struct codes unit_kinds;

struct unit {
	struct id id, parent_id;
	uint32_t kind;
	struct str code;        /* division code or a local one; '' for none */
	struct str name;
	struct str union_name;  /* full name of its union; '' for none */
	struct str path;
	/* Current ancestors, 0 when absent; a unit counts as its own ancestor of its level. */
	struct id top_id;        /* county, zone, group: what reports to the city */
	struct id mid_id;        /* township, industry union; a joint or regional union that stands below neither */
	struct id enterprise_id; /* employer */
	struct str uscc;         /* employers: unified social credit code */
	struct str industry;     /* GB/T 4754 code */
	bool high_risk, non_public;
	uint32_t size;           /* employer_sizes: large medium small micro */
	int64_t headcount;
	bool is_closed;
	struct str sort_key;    /* Chinese order of the name, from org_sort_key() */
	int64_t version;
	struct id merged_into;  /* where a merged unit went; 0 for all others */
};
extern const struct codes employer_sizes;
extern const struct shape unit_row[];   /* columns of unit, for db_one */
extern const struct shape unit_shape[]; /* what documents show */

/* ERR_MISSING when there is no such unit in the city. */
const struct err *org_unit(struct db_tx *tx, int64_t city, struct id id, struct unit *out);
/* The same, or for a unit that was merged the one that it went into: old links, codes and posters lead there. */
const struct err *org_unit_now(struct db_tx *tx, int64_t city, struct id id, struct unit *out);
const struct err *org_unit_by_code(struct db_tx *tx, int64_t city, struct str code, struct unit *out);
/* A unit named by a query or form value: an id or a division code; of a merged one, where it went. */
const struct err *org_unit_named(struct db_tx *tx, int64_t city, struct str id_or_code, struct unit *out);
/* The city's root unit. */
const struct err *org_root(struct db_tx *tx, int64_t city, struct unit *out);
/* Adds a unit below parent (id 0: the city's root; path and ancestors are derived), with an event. u: kind, code, name, union_name,
 * employer's attributes; sets u->id, path, ancestors, sort_key, version. ERR_INPUT: a kind that cannot stand there, a closed parent,
 * a wrong credit code, too long; ERR_CONFLICT on /code or /uscc: already in use in the city. */
const struct err *org_unit_add(struct db_tx *tx, struct env *e, struct id parent, struct unit *u);

/* Writes name, union_name, code, employer's attributes and is_closed of a unit whose version is u->version (ERR_CONFLICT when it
 * is stale; also as above), with an event of what changed and the former name kept; sets the new version and sort_key. */
const struct err *org_unit_change(struct db_tx *tx, struct env *e, struct unit *u);
/* Units directly below, in Chinese order, after (sort_key, id); closed ones too. */
const struct err *org_children(struct db_tx *tx, int64_t city, struct id parent, struct str after_key, struct id after_id, int64_t limit,
			       struct unit **out, size_t *n);
/* Every unit of the city in the order of the ids, after one of them. */
const struct err *org_every_unit(struct db_tx *tx, int64_t city, struct id after, int64_t limit, struct unit **out, size_t *n);
/* The units above, the city first, without u itself. */
const struct err *org_parents(struct db_tx *tx, int64_t city, const struct unit *u, struct unit **out, size_t *n);
/* Whether u or a unit above it is closed. */
const struct err *org_closed(struct db_tx *tx, int64_t city, const struct unit *u, bool *out);
/* May a unit of kind `child` stand below one of kind `parent`? */
bool org_may_hold(uint32_t parent, uint32_t child);

/* The anchor of a list for a unit: "city" for the root, "top", "mid", "enterprise" or "unit" (workshops, teams, joint unions below a
 * township), and its id. */
struct anchor { const char *word; struct id id; };
struct anchor org_anchor(const struct unit *u);

/* Where the rows of a unit lie, for moving_page(): by the unit itself, or, of a workshop or team, by what it belongs to and its path. */
struct list_source org_source(const struct unit *u);

/* The unit a list is asked for: `unit` (id or code, may be empty) inside the actor's reach by `p`, else the widest duty's
 * unit. ERR_MISSING outside the reach, ERR_DENIED without the permission anywhere. */
const struct err *org_scope(struct db_tx *tx, struct call *c, const struct perm *p, struct str unit, struct unit *out);

/* Places: area, post, equipment inside an employer. */
struct place {
	struct id id, unit_id;   /* the team, workshop or employer it belongs to */
	uint32_t kind;           /* place_kinds: area post equipment */
	struct str name, code;   /* short code to type or scan, unique in the city */
	struct str unit_path;
	struct id top_id, mid_id, enterprise_id;
	bool is_closed;
	struct str sort_key;
	int64_t version;
};
extern const struct codes place_kinds;
extern const struct shape place_row[], place_shape[];
const struct err *org_place(struct db_tx *tx, int64_t city, struct id id, struct place *out);
const struct err *org_place_by_code(struct db_tx *tx, int64_t city, struct str code, struct place *out);
/* p: unit_id, kind, name; derives the rest, draws the code (six characters of Crockford's base 32), with an event. ERR_INPUT when
 * the unit is not inside an employer. */
const struct err *org_place_add(struct db_tx *tx, struct env *e, struct place *p);
/* Places of a unit's subtree inside its employer, at most 200, by name. */
const struct err *org_places(struct db_tx *tx, int64_t city, const struct unit *u, struct place **out, size_t *n);

/* For routes of any feature: the unit named by {id}; t->object is its struct unit. */
const struct err *org_locate_unit(struct db_tx *tx, struct call *c, struct target *t);
const struct err *org_locate_place(struct db_tx *tx, struct call *c, struct target *t);

extern const struct perm org_read, org_write, place_write;

#endif
