/* The working-day calendar: pure, without database. */
#ifndef CAMPAIGN_WORKDAY_H
#define CAMPAIGN_WORKDAY_H

#include "campaign.h"

enum workday_kind { WORKDAY_HOLIDAY = 1, WORKDAY_WORKDAY };
extern const struct codes workday_kinds;

struct workday_row {
	struct day day;
	uint32_t kind;
	struct str name;
	bool provisional;
};
extern const struct shape workday_row_shape[];

enum { WORKDAY_ROWS_MAX = 5000, WORKDAY_NAME_MAX = 60 };

/* Rows of a table with the columns of data/workdays.tsv, as views of `text`. Wrong cells go to `wrong`, pointer
 * rows/<line>/<column>; their rows are left out. */
struct workday_row *workday_rows(struct arena *a, struct str text, struct err_list *wrong, size_t *n_out);

/* The calendar of the shipped rows and a city's own; a year that occurs in the city's is taken from there alone. */
struct workdays *workdays_of(struct arena *a, const struct workday_row *shipped, size_t n_shipped, const struct workday_row *own,
			     size_t n_own);
/* The shipped rows (data/workdays.tsv). */
struct workday_row *workday_rows_shipped(struct arena *a, size_t *n_out);

#endif
