#include "feature.h"

#include <stdio.h>

void check_found(struct check_report *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	r->n++;
}
