#include "err.h"

#include <stdio.h>

struct kind_row {
	int status;
	const char *code;
};

#define ERR_ROW(kind, status, code) [kind] = {status, code},
static const struct kind_row kinds[ERR_KIND_COUNT] = {[ERR_NONE] = {200, "ok"}, ERR_KINDS(ERR_ROW)};
#undef ERR_ROW

int err_status(enum err_kind kind)
{
	return kinds[kind].status;
}

const char *err_default_code(enum err_kind kind)
{
	return kinds[kind].code;
}

const struct err *err_make(struct arena *a, enum err_kind kind, const char *code, const char *file, int line,
			   const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	struct err *e = ARENA_NEW(a, struct err);
	e->kind = kind;
	e->code = str_of(code ? code : kinds[kind].code);
	e->detail = str_dup(a, str_of(text));
	e->file = file;
	e->line = line;
	return e;
}

void err_add(struct err_list *l, struct arena *a, const char *pointer, const char *code, const char *text)
{
	struct err_field *f = ARENA_NEW(a, struct err_field);
	f->pointer = str_fmt(a, "/%s", pointer);
	f->code = str_dup(a, str_of(code));
	f->text = str_dup(a, str_of(text));
	if (!l->last)
		l->last = &l->first;
	*l->last = f;
	l->last = (struct err_field **)&f->next;
}

bool err_list_has(const struct err_list *l, const char *pointer)
{
	for (const struct err_field *f = l->first; f; f = f->next)
		if (str_is(str_sub(f->pointer, 1, SIZE_MAX), pointer))
			return true;
	return false;
}

const struct err *err_from_list(struct arena *a, const struct err_list *l, const char *file, int line)
{
	if (!l->first)
		return NULL;
	struct err *e = ARENA_NEW(a, struct err);
	e->kind = ERR_INPUT;
	e->code = STR("fields");
	e->detail = STR("one or more fields are not valid");
	e->fields = l->first;
	e->file = file;
	e->line = line;
	return e;
}

const struct err *err_on_field(struct arena *a, const char *pointer, const char *code, const char *text)
{
	struct err_list l = {0};
	err_add(&l, a, pointer, code, text);
	return ERR_FROM(a, &l);
}

const struct err *err_stale(struct arena *a, int64_t sent, int64_t stored)
{
	struct err_list l = {0};
	struct err *e = ARENA_NEW(a, struct err);
	err_add(&l, a, "version", "stale", "changed meanwhile");
	*e = *ERR(a, ERR_CONFLICT, "stale", "version %lld was sent, version %lld is stored", (long long)sent, (long long)stored);
	e->fields = l.first;
	e->version_sent = sent;
	e->version_stored = stored;
	return e;
}
