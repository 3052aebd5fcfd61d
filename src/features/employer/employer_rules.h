/* What follows from an employer's industry, staff and money, by tables that the program ships (data/README.md). */
#ifndef EMPLOYER_RULES_H
#define EMPLOYER_RULES_H

#include "employer.h"

enum { SIZE_STAFF = 1, SIZE_TURNOVER = 2, SIZE_ASSETS = 4 };

/* The size by the statistical rule of 2017, and why. */
struct size_found {
	uint32_t size;      /* employer_sizes; 0: cannot be said */
	const char *why;    /* when 0: "no_industry", "industry_too_short", "outside", "missing" */
	struct str row, row_name; /* of the table */
	unsigned asks;      /* SIZE_ bits: what the row asks for */
	unsigned missing;   /* of them, what is not known */
	uint32_t by[3];     /* the size by staff, turnover and assets alone; 0: not asked or not known */
};
/* staff: heads; money in fen. */
struct size_found employer_size_of(struct arena *a, struct str industry, struct opt_i64 staff, struct opt_fen turnover, struct opt_fen assets);

/* Whether an industry is one of the high-risk ones. */
struct risk_found {
	bool is_high;      /* always so */
	bool depends;      /* by a condition, or by the city's choice */
	struct str industry, name_zh, name_en, condition_zh; /* of the first row that says it */
};
struct risk_found employer_risk_of(struct str industry);

/* By industry, from so many heads on. SAID_YES, SAID_NO, or 0 where industry or heads are not known. */
enum { LABOUR_HEADS = 30 };
uint32_t employer_labour_of(struct str industry, struct opt_i64 staff);

/* Whether the owner makes it non-public: SAID_YES, SAID_NO, 0: does not say. */
uint32_t employer_non_public_of(uint32_t ownership);

/* Own staff and dispatched workers together; unknown when own staff is. */
struct opt_i64 employer_staff(const struct employer *p, const struct unit *u);

#endif
