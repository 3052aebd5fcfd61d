/* Asks for texts that no catalogue has. */
const struct err *planted(struct call *c)
{
	struct err_list wrong = {0};
	struct field f = {.name = "known", .label = "planted_known", .hint = "planted_hint"};
	call_text(c, "planted_text");
	call_text(c, "planted_known");
	err_add(&wrong, c->a, str_fmt(c->a, "rows/%d", 1).p,
		"planted_field", "nothing");
	if (wrong.first)
		return ERR(c->a, ERR_BUG, "planted_bug", "never seen");
	return ERR(c->a, ERR_CONFLICT, "planted_code", "(a comma, here)");
}
