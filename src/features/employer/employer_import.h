/* Employers from spreadsheets: what stands in the tree, and what the register says besides (ORG-2). */
#ifndef EMPLOYER_IMPORT_H
#define EMPLOYER_IMPORT_H

#include "importing.h"

extern const struct import_kind employer_imports[];

#endif
