/* The organisation feature's own parts; other features see org.h only. */
#ifndef ORG_MODEL_H
#define ORG_MODEL_H

#include "org.h"

/* 409 on one field: the value is somebody else's already. */
const struct err *org_taken(struct arena *a, const char *pointer);
/* Finds the city in the shipped divisions and adds its units (feature.init_city). ERR_INPUT: no such city is shipped;
 * ERR_CONFLICT "city_exists": the city has its tree already. */
const struct err *org_init_city(struct db_tx *tx, struct env *e, struct str city_code);

/* First in a transaction that reads the tree in order to change it: where units stand stays so until the transaction ends. ERR_CONFLICT
 * "claimed". */
const struct err *org_tree_lock(struct db_tx *tx, struct env *e);
/* What org_unit_add() and org_unit_change() would refuse about the unit itself: its texts, and codes in use. Makes them plain. */
const struct err *org_unit_check(struct db_tx *tx, struct env *e, struct unit *u);

/* Path and ancestors of a unit below `parent`. */
void org_derive(struct arena *a, const struct unit *parent, struct unit *u);
/* May a unit of this kind stand below it, and is it open? On the field `parent_id`. */
const struct err *org_parent_check(struct arena *a, const struct unit *parent, uint32_t kind);
/* ERR_CONFLICT on `name`: an open unit of that kind and name stands below its parent. Reads parent_id, kind, name, sort_key, id. */
const struct err *org_beside_check(struct db_tx *tx, int64_t city, const struct unit *u);

/* ERR_INPUT "has_units": open units stand below; inside an employer they close with it. */
const struct err *org_close_check(struct db_tx *tx, int64_t city, const struct unit *u, const char *field);

/* ---- pages ----------------------------------------------------------------- */

/* The query of the lists of units and employers; flags are '' (any), 0 or 1. */
struct units_query {
	struct str unit, q, sort, after, header;
	uint32_t kind;
	bool closed;
	int64_t limit;
};
extern const struct shape units_query_shape[];

struct places_query {
	struct str unit, q, sort, after, header;
	uint32_t kind;
	bool closed;
	int64_t limit;
};
extern const struct shape places_query_shape[];

struct unit_page_query {
	struct str after; /* paging of the units below */
};
extern const struct shape unit_page_query_shape[];

/* A form's fields for a unit. */
struct unit_input {
	struct id parent_id;
	uint32_t kind, size;
	struct str code, name, union_name, uscc, industry;
	bool high_risk, non_public, is_closed;
	int64_t headcount, version;
};
extern const struct shape unit_add_shape[], unit_change_shape[];

struct place_input {
	struct id unit_id;
	uint32_t kind;
	struct str name;
};
extern const struct shape place_add_shape[];

handler_fn org_get_units, org_get_unit, org_post_unit, org_post_unit_change, org_get_places, org_get_place,
	org_post_place;
/* The unit's page again, with the form that was sent. */
handler_fn org_form_unit_add, org_form_unit_change, org_form_place_add;

/* Fills c->doc and c->page with a unit's page: facts, parents, panels, the first children, places, forms. */
const struct err *org_show_unit(struct call *c, struct id id);
/* What the actor may do at the unit, as forms: page.actions. */
void org_put_actions(struct call *c, const struct unit *u);

/* May the actor write units of this kind at a path? Units down to the employer are kept by cadres. */
bool org_may_write(const struct call *c, uint32_t kind, struct str path);

/* The units above that the actor may see: `parents` of doc. */
void org_put_parents(struct call *c, json_t *doc, const struct unit *parents, size_t n);
/* A unit as a line of a list. */
void org_put_entry(struct call *c, json_t *list, const struct unit *u);

extern const struct doc_part org_list_parts[], org_unit_parts[], org_places_parts[], org_place_parts[];

#endif
