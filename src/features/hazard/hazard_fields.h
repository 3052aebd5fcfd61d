/* What the fields of an act's form are called and offer on the page. For the feature's own files. */
#ifndef HAZARD_FIELDS_H
#define HAZARD_FIELDS_H

#include "call.h"

/* The catalogue's key: f_<name>, but for names that say too little beside other fields. */
const char *hazard_field_label(struct arena *a, const char *name);
/* Puts "choose" in front of the choices, so that nothing is chosen by whoever only presses the button. */
void hazard_ask_first(struct call *c, struct field *w);

#endif
