/* What people are told: the inbox, one digest a day by mail, danger at once (HAZ-5, HAZ-9).
 *
 * A feature declares the kinds of what it tells in `notices` of its struct feature, and adds notices in the transaction
 * that causes them. The words are made when somebody reads them, in that reader's language, from the catalogue:
 *
 *   notice_<kind>       one sentence for inbox and mail; it names no person and quotes nobody, since mail is no safe place
 *   notice_<kind>_more  what stands below it in the inbox alone: who has it, the reason, what to do now. May be missing
 *
 * where the dots of the kind's name become `_`. Both may use {{args}}, and {{who}}: the name of `about`; {{#arg}}…{{/arg}} stands only
 * where arg is there.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "call.h"

/* When: danger at once at any hour; the rest with the digest of the day. */
enum notice_urgency { NOTICE_AT_ONCE = 1, NOTICE_DAILY };
/* What it is about: the headings of the digest, and what a person says by topic whether mail is wanted (notice_topic_<word>). */
enum notice_topic {
	NOTICE_DANGER = 1, /* danger to life: cannot be switched off */
	NOTICE_TASK,       /* waits for the reader */
	NOTICE_DUE,        /* its day is near */
	NOTICE_LATE,       /* its day has passed */
	NOTICE_RISEN,      /* has come to the reader's level, or gone from it */
	NOTICE_ANSWER,     /* what became of what the reader reported or asked */
	NOTICE_OTHER
};
extern const struct codes notice_urgencies, notice_topics;

struct notice_kind {
	const char *name;    /* "hazard.registered": lower case, dots and '_'; NULL ends the table. Never used for something else later */
	uint32_t topic, urgency;
	const char *href;    /* page of the object, "/hazards/{id}"; NULL: none */
};

/* A value for the text. Set one of text, day, at, key. */
struct notice_arg {
	const char *name;    /* NULL ends the list; free text and persons only for notice_<kind>_more */
	struct str text;     /* as it is: a number, a place; ends at 500 bytes */
	struct day day;      /* read as "2月22日" or "22 Feb" */
	struct instant at;   /* read as "2月22日14:05" or "22 Feb 14:05" */
	const char *key;     /* of the catalogue, so that it is said in the reader's language: "code_hazard_refusal_no_risk" */
};

enum { NOTICE_ARGS_MAX = 12, NOTICE_ONCE_MAX = 120 };
struct notice {
	struct id person;                 /* who is told; 0: nobody, and nothing happens */
	const struct notice_kind *kind;   /* of the feature's table */
	struct id object_id;              /* what {id} of the kind's href stands for; 0: none */
	struct id about;                  /* {{who}}: the person who has it now; 0: none */
	struct notice_arg args[NOTICE_ARGS_MAX + 1];
	uint32_t urgency, topic;          /* 0: the kind's */
	struct str once;                  /* not empty: never told to the same person again under this key, whoever tries how often */
	bool discreet;                    /* mail says no more than that there is something to read: hidden reporters */
	bool even_self;                   /* also to who does it now: otherwise nobody is told of the own act */
};

/* Tells one person, in the running transaction. Who left is not told. */
const struct err *notice_add(struct db_tx *tx, struct env *e, const struct notice *n);

/* Who holds an office: a permission (built-in roles and those of the city), or roles as bits; both: who holds the permission by one of
 * these roles. Substitutes hold it while they stand in. */
enum notice_reach {
	NOTICE_HERE,     /* at the unit itself */
	NOTICE_NEAREST,  /* there, or else at the first unit above where anybody holds it */
	NOTICE_ABOVE     /* the first unit above where anybody holds it, not the unit itself */
};
struct notice_office {
	const struct perm *perm; /* NULL: roles alone */
	uint32_t roles;          /* bits 1 << role; 0: any */
	struct id unit_id;
	enum notice_reach reach;
	struct id except;        /* not this one (who is complained of, who was told already); 0: nobody */
};
enum { NOTICE_OFFICE_MAX = 50 };
/* Tells all of them, at most NOTICE_OFFICE_MAX; n->person is not looked at. *told (NULL: not wanted): how many hold it, the acting one
 * included: 0 means that there is nobody. ERR_MISSING: no such unit. */
const struct err *notice_add_office(struct db_tx *tx, struct env *e, const struct notice_office *to, const struct notice *n, size_t *told);
/* The same persons, without telling them; `at`: the unit where they hold it, 0 for nobody. */
const struct err *notice_holders(struct db_tx *tx, struct env *e, const struct notice_office *to, struct id out[static NOTICE_OFFICE_MAX],
				 size_t *n, struct id *at);

/* What stands open with a person, for the end of the digest: each number opens to its rows. */
enum { NOTICE_STANDING_MAX = 4 };
struct notice_standing {
	const char *key;  /* of the catalogue, with {{n}} */
	const char *href; /* the list of them */
	int64_t n;        /* 0: left out */
};

#endif
