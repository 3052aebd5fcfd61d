#include "org_uscc.h"

#include <ctype.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* without I O S V Z */
enum { BASE = 31 };

struct str uscc_normal(struct arena *a, struct str typed)
{
	char *p = arena_alloc(a, typed.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < typed.n; i++) {
		unsigned char c = (unsigned char)typed.p[i];
		if (c != ' ' && c != '\t')
			p[n++] = (char)(c < 128 ? toupper(c) : c);
	}
	return (struct str){p, n};
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

enum uscc_fault uscc_check(struct str code)
{
	static const int weights[USCC_LENGTH - 1] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
	int sum = 0;
	if (code.n != USCC_LENGTH)
		return USCC_LENGTH_WRONG;
	for (size_t i = 0; i < USCC_LENGTH; i++) {
		int v = value_of(code.p[i]);
		if (v < 0)
			return USCC_CHARACTER_WRONG;
		if (i < USCC_LENGTH - 1)
			sum += v * weights[i];
	}
	return value_of(code.p[USCC_LENGTH - 1]) == (BASE - sum % BASE) % BASE ? USCC_OK : USCC_CHECK_WRONG;
}
