/* Prints docs/generated from the program's own tables; the build compares it with what is committed. */
#include "command.h"

#include "hazard.h"
#include "registry.h"
#include "router.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {{"out", "DIR", "folder to write to", "docs/generated"}, {0}};

static void put_route(void *ctx, const struct feature *f, const struct route *r)
{
	sb_fmt(ctx, "| %s | `%s` | %s | `%s` | %s%s%s%s%s |\n", web_method_name(r->method), r->path, f->name, r->perm->name,
	       r->view ? "HTML " : "", !r->faces || (r->faces & FACE_JSON) ? "JSON " : "", r->faces & FACE_CSV ? "CSV " : "",
	       r->faces & FACE_XLSX ? "XLSX " : "", r->faces & FACE_TEXT ? "text" : "");
}

static void put_settings(struct sb *b, const struct feature *f)
{
	for (const struct setting *s = f->settings; s && s->name; s++)
		sb_fmt(b, "| `%s` | %s | %s |\n", s->name, s->otherwise, s->help);
}

static void put_perms(struct sb *b, const struct feature *f)
{
	for (const struct perm *const *p = f->perms; p && *p; p++) {
		sb_fmt(b, "| `%s` | ", (*p)->name);
		for (uint32_t role = 1; role < ROLE_COUNT; role++)
			if ((*p)->roles >> role & 1)
				sb_fmt(b, "%s ", codes_word(&role_codes, role));
		sb_addz(b, "|\n");
	}
}

static void put_rights(struct sb *b)
{
	sb_addz(b, "\nFields that take a right of their own, at the unit where the thing stands; without it they are absent.\n\n| field right | roles |\n|---|---|\n");
	for (int right = 1; right < SEE_COUNT; right++) {
		sb_fmt(b, "| `see.%s` | ", right_words[right]);
		for (uint32_t role = 1; role < ROLE_COUNT; role++)
			if (right_holders((enum field_right)right) >> role & 1)
				sb_fmt(b, "%s ", codes_word(&role_codes, role));
		sb_addz(b, "|\n");
	}
}

static const struct err *save(struct arena *a, const char *dir, const char *name, const struct sb *b)
{
	const char *path = str_fmt(a, "%s/%s", dir, name).p;
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0)
		return ERR(a, ERR_INPUT, "file", "%s: %s", path, strerror(errno));
	return NULL;
}

static const struct err *docs(struct command_call *c, int *status)
{
	const char *dir = command_option(c, "out");
	const struct feature *const *features;
	struct router *router;
	(void)status;
	TRY(registry_new(c->a, features_all, &features));
	TRY(router_new(c->a, features, &router));
	struct sb routes = sb_new(c->a, 1 << 20), perms = sb_new(c->a, 1 << 20), settings = sb_new(c->a, 1 << 20), flow = sb_new(c->a, 1 << 20),
		  clocks = sb_new(c->a, 1 << 20);
	sb_addz(&routes, "# Routes\n\nPrinted from the route table by `chabaocu docs`.\n\n| method | path | feature | permission | faces |\n|---|---|---|---|---|\n");
	router_each(router, put_route, &routes);
	sb_addz(&perms, "# Permissions\n\nPrinted from the features' tables: who holds a permission by default, for the unit of the duty and all below.\n\n| permission | roles |\n|---|---|\n");
	sb_addz(&settings, "# Settings\n\nPrinted from the features' tables.\n\n| setting | default | meaning |\n|---|---|---|\n");
	for (size_t i = 0; features[i]; i++) {
		put_perms(&perms, features[i]);
		put_settings(&settings, features[i]);
	}
	put_rights(&perms);
	hazard_flow_doc(&flow);
	hazard_clock_doc(&clocks);
	TRY(save(c->a, dir, "routes.md", &routes));
	TRY(save(c->a, dir, "permissions.md", &perms));
	TRY(save(c->a, dir, "settings.md", &settings));
	TRY(save(c->a, dir, "hazard-clocks.md", &clocks));
	return save(c->a, dir, "hazard-lifecycle.md", &flow);
}

const struct command cmd_docs = {"docs", "[--out DIR]", "Print the generated documentation", options, 0, 0, docs, true};
