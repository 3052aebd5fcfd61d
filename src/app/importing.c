#include "importing.h"

#include <string.h>

int import_field_at(const struct import_kind *k, const char *name)
{
	for (int i = 0; k->fields[i].name; i++)
		if (strcmp(k->fields[i].name, name) == 0)
			return i;
	return -1;
}

struct str import_value(const struct import_item *it, const char *name)
{
	int at = import_field_at(it->kind, name);
	return at < 0 ? STR_NONE : it->value[at];
}

void import_wrong(struct import_item *it, const char *field, const char *code, struct str detail)
{
	int at = field ? import_field_at(it->kind, field) : -1;
	it->action = IMPORT_REFUSE;
	/* A cell that cannot be read is told once, and not also as missing. */
	for (unsigned i = 0; at >= 0 && i < it->n_wrongs; i++)
		if (it->wrongs[i].field == at)
			return;
	if (it->n_wrongs < IMPORT_WRONGS_MAX)
		it->wrongs[it->n_wrongs++] = (struct import_wrong){at, code, detail};
}

bool import_wrong_by(struct import_item *it, const struct err *e)
{
	if (e->kind != ERR_INPUT && e->kind != ERR_CONFLICT)
		return false;
	for (const struct err_field *f = e->fields; f; f = f->next)
		import_wrong(it, str_z(it->a, str_sub(f->pointer, 1, SIZE_MAX)), str_z(it->a, f->code), STR_NONE);
	return e->fields != NULL;
}

void import_change(struct import_item *it, const char *field, struct str was, struct str is)
{
	if (it->n_changes < IMPORT_FIELDS_MAX)
		it->changes[it->n_changes++] = (struct import_change){import_field_at(it->kind, field), was, is};
}

void import_key(struct import_item *it, const char *field, const char *kind, struct str value, struct str note, bool is_claim)
{
	if (it->n_keys < IMPORT_KEYS_MAX)
		it->keys[it->n_keys++] = (struct import_key){kind, value, note, field ? import_field_at(it->kind, field) : -1, is_claim};
}
