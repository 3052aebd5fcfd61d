/* Numbers of a workbook as a person would copy them: without exponent, and days as days where the cell's format says so. */
#ifndef NUMBER_H
#define NUMBER_H

#include "str.h"

/* What a number format makes of a number. */
enum number_kind { NUMBER_PLAIN = 0, NUMBER_DAY, NUMBER_DAY_TIME, NUMBER_TIME, NUMBER_ZEROS /* plus how many digits at least */ };
enum { NUMBER_ZEROS_MAX = 40, NUMBER_TEXT_MAX = 400 };

/* Of a built-in format (with the East Asian ones), or of a format code such as yyyy"年"m"月"d"日";@ */
unsigned number_kind_of_id(int64_t id);
unsigned number_kind_of_code(struct str code);
/* `v` as the file has it. What is no number stays as it is. is_1904: days are counted from 1904. */
struct str number_text(char out[static NUMBER_TEXT_MAX], struct str v, unsigned kind, bool is_1904);
/* An ISO 8601 day and time as YYYY-MM-DD or YYYY-MM-DD HH:MM; what is none stays as it is. */
struct str number_iso(char out[static NUMBER_TEXT_MAX], struct str v);

#endif
