#include "sql2c.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: sql2c PREFIX OUT.h OUT.c FILE.sql…   checks statements and compiles them\n"
	"       sql2c --check FILE.sql…              checks statements\n"
	"       sql2c --schema FILE.sql…             checks schema files\n"
	"       sql2c --rules                        prints the rules\n";

static struct source *read_all(char **paths)
{
	struct source *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	for (; *paths; paths++)
		parse_file(s, *paths);
	for (int i = 0; i < s->n; i++) {
		if (!s->blocks[i].is_moved)
			check_block(&s->blocks[i], &s->references);
		for (int j = 0; j < s->blocks[i].n_stmts; j++)
			check_block(&s->blocks[i].stmts[j], &s->references);
	}
	return s;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--rules") == 0) {
		print_rules(stdout);
		print_schema_rules(stdout);
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "--check") == 0) {
		read_all(argv + 2);
		return failures() ? 1 : 0;
	}
	if (argc >= 2 && strcmp(argv[1], "--schema") == 0) {
		for (char **path = argv + 2; *path; path++)
			check_schema(*path);
		return failures() ? 1 : 0;
	}
	if (argc < 4 || argv[1][0] == '-') {
		fputs(usage, stderr);
		return 2;
	}
	struct source *s = read_all(argv + 4);
	if (failures())
		return 1;
	emit(s, argv[1], argv[2], argv[3]);
	return 0;
}
