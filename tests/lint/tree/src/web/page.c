/* Planted for tools/lint.sh: each line breaks a rule of the house. */
#include "../base/arena.h"
#include <sqlite3.h>

ALLOW_MALLOC
typedef struct page page_t;

int page_count(void)
{
        return 0; /* TODO: count them */
}
