#ifndef COVERAGE_MODEL_H
#define COVERAGE_MODEL_H

#include "coverage.h"

extern const struct shape coverage_employer_row[], coverage_employer_shape[];
extern const struct covered_source coverage_covers[];

struct coverage_query {
	struct str unit, industry, q, sort, after, header, high_risk, non_public;
	uint32_t size, gap;
	bool direct;
	int64_t limit;
};
struct launch_input { uint32_t kind; struct day launched_on; struct str title, reason; struct id_list upload_ids; };
extern const struct shape coverage_query_shape[], coverage_employers_query_shape[], launch_input_shape[];
extern const struct doc_part coverage_parts[], coverage_employers_parts[], launch_parts[];
struct coverage_filter coverage_filter_of(const struct coverage_query *q);
void coverage_put_filters(struct call *c);

handler_fn coverage_get, coverage_employers_get, launch_get, launch_post;

#endif
