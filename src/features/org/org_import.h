/* Units and employers from spreadsheets (ORG-1, ORG-2). */
#ifndef ORG_IMPORT_H
#define ORG_IMPORT_H

#include "importing.h"

extern const struct import_kind org_imports[];
extern const struct perm org_import_employers, org_import_units;

#endif
