/* Who is asking: the actor, its duties, and the one question "may it?".
 *
 * Routes and fields name permissions, never roles. A duty is a role held at a
 * unit and reaches the unit's whole subtree (NFR-2, ORG-5). The role is a
 * built-in one, whose permissions stand in the permissions themselves, or one
 * that the city made of permissions (docs/decisions/0025-roles-of-a-city.md).
 */
#ifndef WHO_H
#define WHO_H

#include "shape.h"

/* X(role, word): the word is the one in the database, the catalogue (role_<word>) and demo-accounts.tsv. */
#define ROLES(X)                                        \
	X(ROLE_WORKER, "worker")                        \
	X(ROLE_TEAM_LEADER, "team_leader")              \
	X(ROLE_WORKSHOP_LEADER, "workshop_leader")      \
	X(ROLE_SAFETY_OFFICER, "safety_officer")        \
	X(ROLE_PRIMARY_UNION, "primary_union")          \
	X(ROLE_MANAGEMENT, "management")                \
	X(ROLE_CADRE_TOWNSHIP, "township_cadre")        \
	X(ROLE_CADRE_COUNTY, "county_cadre")            \
	X(ROLE_CADRE_CITY, "city_cadre")                \
	X(ROLE_PRODUCTION_PROTECTION, "production_protection") \
	X(ROLE_SYSTEM_ADMIN, "system_admin")            \
	X(ROLE_SECURITY_ADMIN, "security_admin")        \
	X(ROLE_AUDIT_ADMIN, "audit_admin")

#define ROLE_ENUM(role, word) role,
enum role { ROLE_NONE = 0, ROLES(ROLE_ENUM) ROLE_COUNT };
#undef ROLE_ENUM
extern const struct codes role_codes;

/* A permission, with the roles that hold it by default. One object per permission, defined by its feature. */
struct perm {
	const char *name;  /* "hazard.register" */
	uint32_t roles;    /* bits 1 << role */
};
#define R(role) (1u << (role))
/* Groups for permission tables. */
#define R_SHOP_FLOOR (R(ROLE_WORKER) | R(ROLE_TEAM_LEADER) | R(ROLE_WORKSHOP_LEADER))
#define R_KEEPERS (R(ROLE_TEAM_LEADER) | R(ROLE_WORKSHOP_LEADER) | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION))
#define R_CADRES (R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY) | R(ROLE_CADRE_CITY) | R(ROLE_PRODUCTION_PROTECTION))
#define R_ADMINS (R(ROLE_SYSTEM_ADMIN) | R(ROLE_SECURITY_ADMIN) | R(ROLE_AUDIT_ADMIN))
#define R_EMPLOYER_SIDE (R_SHOP_FLOOR | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT))

/* Said aloud on a route instead of a permission. */
extern const struct perm PERM_PUBLIC;  /* no login needed */
extern const struct perm PERM_LOGIN;   /* anybody logged in; the handler shows the actor's own things only */
extern const struct perm PERM_BY_STEP; /* the lifecycle row of the act decides, in hazard_flow.c */

/* Rights to see single fields; the number is shape.right. Held like permissions. */
enum field_right { SEE_ALL = 0, SEE_REPORTER, SEE_FOUND_AT, SEE_PHONE, SEE_COUNT };
/* Whose each look leaves a row in the audit trail: what tells of a person. The minute of finding does not. */
#define SEE_AUDITED ((uint64_t)1 << SEE_REPORTER | (uint64_t)1 << SEE_PHONE)

/* What a role that the city made holds. */
struct grants {
	const struct perm *const *below; /* at the duty's unit and below */
	const struct perm *const *city;  /* in the whole city, wherever the duty is */
	size_t n_below, n_city;
	uint64_t sight;                  /* bits of field rights, at the duty's unit and below */
	const struct duty *at_root;      /* the duty as if it were held at the city's unit, for what reaches the whole city */
};

/* The most that a script's token may, of what its person may (docs/decisions/0041-tokens-of-chosen-permissions.md). */
struct limits {
	const struct perm *const *perms;
	size_t n_perms;
	uint64_t sight; /* bits of field rights */
};

struct movings;
struct duty {
	struct id id, unit_id;
	uint32_t role;           /* of a role that the city made: the built-in one that it is made after, as which its holder counts; 0: none */
	struct str unit_path, unit_name;
	struct id custom_id;     /* the role that the city made; 0: a built-in one */
	struct str custom_name;
	const struct grants *grants; /* what such a one holds; NULL: nothing, also where nobody asked for it */
	const struct limits *only;   /* whatever the role holds, at most these; NULL: all of it */
	int64_t n_moving;              /* moves that rows are still behind of */
	const struct movings *moving;  /* these; NULL for none (moving.h) */
};

struct actor {
	struct id person_id; /* 0: nobody is logged in */
	struct id account_id, session_id;
	int64_t city;
	struct str name, login;
	const struct duty *duties;
	size_t n_duties;
	struct str csrf;     /* token of the session's forms */
	bool is_limited;     /* by a token of chosen permissions: also what is one's own, or a party's, needs one of them */
	bool by_token;       /* Authorization: Bearer: no cookie, so no origin check */
	bool is_system;      /* a job or the command line */
};

bool actor_is_in(const struct actor *w); /* logged in */
/* Does a duty hold the permission, wherever that is? */
bool duty_grants(const struct duty *d, const struct perm *p);
/* Does the actor hold the permission at `unit_path` (a duty whose unit's path is a prefix)? Empty path: anywhere. */
bool may(const struct actor *w, const struct perm *p, struct str unit_path);
/* Is it held at the city's own unit? For what belongs to the city as a whole, which a duty further down does not reach. */
bool may_everywhere(const struct actor *w, const struct perm *p);
/* Does a duty reach a row with this path? Also while the row's unit moves. */
bool duty_reaches(const struct duty *d, struct str unit_path);
/* Which posts somebody holds there, whatever they may do: for rules about posts (who is complained of, whose desk it is). Not for permissions. */
bool has_role_at(const struct actor *w, uint32_t roles, struct str unit_path);
/* The widest duty (shortest path) that grants the permission; NULL when there is none. */
const struct duty *widest_duty(const struct actor *w, const struct perm *p);
/* The closest duty for acting at `unit_path` (longest prefix) that grants the permission; NULL when there is none. */
const struct duty *closest_duty(const struct actor *w, const struct perm *p, struct str unit_path);
/* Bit mask of the field rights held at `unit_path` (for doc_style.sight). Here an empty path is no place: a right held somewhere
 * shows nothing of rows from elsewhere, such as those in the list of one's own. */
uint64_t sight_at(const struct actor *w, struct str unit_path);

/* ---- what belongs to whom: for roles that are made of permissions ----------------- */

/* The three administrators see no business, and none does the work of another (MLPS level 3). A permission that only one of them holds by
 * default is of his area, one that none of them holds is business, all others belong to nobody alone (0). */
enum area { AREA_BUSINESS = 1, AREA_SYSTEM = 2, AREA_SECURITY = 4, AREA_AUDIT = 8 };
#define AREAS_OF_ADMINS (AREA_SYSTEM | AREA_SECURITY | AREA_AUDIT)
unsigned perm_area(const struct perm *p);
unsigned duty_areas(const struct duty *d); /* a worker's own things are nobody's business: 0 */
/* At most one of them. */
bool areas_fit(unsigned areas);

extern const char *const right_words[SEE_COUNT + 1]; /* "", "reporter", "found_at", "phone" */
uint32_t right_holders(enum field_right right);      /* bits of the built-in roles that hold it */

/* Paths: '/' + one 13-character base-32 segment per level + '/'. Children of p: p <= path < path_end(p). */
struct str path_child(struct arena *a, struct str parent, struct id unit);
struct str path_end(struct arena *a, struct str path);

#endif
