/* The unified social credit code of GB 32100-2015: 18 characters, the last two
 * checks of their own (GB 11714 over 9 to 16, modulus 31 over 1 to 17).
 */
#ifndef ORG_USCC_H
#define ORG_USCC_H

#include "str.h"

enum { USCC_LENGTH = 18 };

/* As it is stored: ASCII blanks out, letters upper case. Not checked. */
struct str uscc_normal(struct arena *a, struct str typed);

enum uscc_fault { USCC_OK = 0, USCC_LENGTH_WRONG, USCC_CHARACTER_WRONG, USCC_CHECK_WRONG };
/* What is wrong with a code in its stored form. The check of characters 9 to 17 is not asked for: codes are in
 * use whose organisation part was given out before that check was enforced. */
enum uscc_fault uscc_check(struct str code);

#endif
