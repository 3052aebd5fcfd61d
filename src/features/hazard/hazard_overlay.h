/* The facts beside the state, as badges of a page; for the feature's own files only. */
#ifndef HAZARD_OVERLAY_H
#define HAZARD_OVERLAY_H

#include "hazard.h"
#include "parts.h"

/* overlays: what stands beside the state, the graver first (tone, label). */
void hazard_put_overlays(struct call *c, const struct hazard *h);

extern const struct doc_part hazard_overlay_parts[];

/* For scripts, the member "listing": {state, number, body, deadline}, or null. */
void hazard_put_listing(struct call *c, json_t *j, const struct hazard *h);

#endif
