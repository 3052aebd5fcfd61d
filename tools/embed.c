/* Turns a folder's files into a constant table of the program (src/base/resource.h).
 *
 * usage: embed PREFIX OUT.h OUT.c [--words NAME WORD…] --files FOLDER FILE…
 *
 * Makes `const struct resource PREFIX_resources[]`, ended by a row without a
 * name, and for each list of words `const char *const PREFIX_NAME[]`, ended by NULL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *name)
{
	fprintf(stderr, "embed: %s: %s\n", name, what);
	exit(1);
}

static FILE *open_or_die(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);
	if (!f)
		die("cannot be opened", path);
	return f;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* The path below `folder`. */
static const char *name_in(const char *folder, const char *path)
{
	size_t n = strlen(folder);
	if (strncmp(path, folder, n) != 0 || path[n] != '/')
		die("is not below the folder", path);
	return path + n + 1;
}

static void put_byte(FILE *out, int c)
{
	if (c == '"' || c == '\\')
		fprintf(out, "\\%c", c);
	else if (c >= ' ' && c < 127 && c != '?')
		putc(c, out);
	else
		fprintf(out, "\\%03o", (unsigned)c);
}

static void put_file(FILE *out, const char *path, int number)
{
	FILE *in = open_or_die(path, "rb");
	int c, column = 0;
	fprintf(out, "static const unsigned char file_%d[] =\n\t\"", number);
	while ((c = getc(in)) != EOF) {
		put_byte(out, c);
		if (++column >= 96 || c == '\n') {
			fputs("\"\n\t\"", out);
			column = 0;
		}
	}
	fputs("\";\n", out);
	if (ferror(in))
		die("cannot be read", path);
	fclose(in);
}

static void put_files(FILE *h, FILE *c, const char *prefix, const char *folder, char **files)
{
	int n = 0;
	while (files[n]) {
		put_file(c, files[n], n);
		n++;
	}
	fprintf(h, "extern const struct resource %s_resources[];\n", prefix);
	fprintf(c, "\nconst struct resource %s_resources[] = {\n", prefix);
	for (int i = 0; i < n; i++)
		fprintf(c, "\t{\"%s\", file_%d, sizeof(file_%d) - 1},\n", name_in(folder, files[i]), i, i);
	fputs("\t{0},\n};\n", c);
}

static char **put_words(FILE *h, FILE *c, const char *prefix, char **arg)
{
	fprintf(h, "extern const char *const %s_%s[];\n", prefix, *arg);
	fprintf(c, "const char *const %s_%s[] = {", prefix, *arg++);
	for (; *arg && strcmp(*arg, "--files") != 0; arg++)
		fprintf(c, "\"%s\", ", *arg);
	fputs("NULL};\n\n", c);
	return arg;
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fputs("usage: embed PREFIX OUT.h OUT.c [--words NAME WORD…] --files FOLDER FILE…\n", stderr);
		return 2;
	}
	const char *prefix = argv[1];
	FILE *h = open_or_die(argv[2], "wb");
	FILE *c = open_or_die(argv[3], "wb");
	fprintf(h, "/* Made by tools/embed. */\n#pragma once\n#include \"resource.h\"\n\n");
	fprintf(c, "/* Made by tools/embed. */\n#include \"%s\"\n\n", base_name(argv[2]));

	char **arg = argv + 4;
	while (*arg && strcmp(*arg, "--words") == 0 && arg[1])
		arg = put_words(h, c, prefix, arg + 1);
	if (!arg[0] || !arg[1] || strcmp(*arg, "--files") != 0)
		die("wants --files FOLDER", prefix);
	put_files(h, c, prefix, arg[1], arg + 2);
	if (fclose(h) != 0 || fclose(c) != 0)
		die("cannot be written", argv[3]);
	return 0;
}
