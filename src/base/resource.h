/* Files that are part of the program: schema, views, catalogues, data, the
 * browser's files. tools/embed turns a folder's files into one table of these,
 * sorted by name and ended by a row whose name is NULL. Nothing of it is read
 * from disk at run time.
 */
#ifndef RESOURCE_H
#define RESOURCE_H

#include <stddef.h>

struct resource {
	const char *name;          /* path below the folder: "schema/202501010900_org.sql", "views/unit.html", "catalogue.tsv" */
	const unsigned char *data; /* `size` bytes and a NUL behind them that is not counted */
	size_t size;
};

#endif
