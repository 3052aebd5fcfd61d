#include "app_private.h"
#include "day.h"
#include "edge.h"
#include "event.h"
#include "text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

const struct shape shape_none[] = {SHAPE_END};

struct str call_arg(const struct call *c, const char *name)
{
	return pairs_get(&c->args, name);
}

const struct err *call_arg_id(struct call *c, const char *name, struct id *out)
{
	if (!str_i64(call_arg(c, name), 1, INT64_MAX, &out->v))
		return ERR(c->a, ERR_MISSING, NULL, "%s is not an id", name);
	return NULL;
}

enum lang call_lang(const struct call *c)
{
	return lang_of(c->lang);
}

struct str call_text(const struct call *c, const char *key)
{
	struct str s = texts_find(c->app->texts, call_lang(c), str_of(key));
	return s.p ? s : str_of(key);
}

struct str call_text_with(const struct call *c, const char *key, const char *name, struct str value)
{
	struct str text = call_text(c, key), mark = str_fmt(c->a, "{{%s}}", name);
	struct sb b = sb_new(c->a, text.n + value.n * 4 + 1);
	for (size_t i = 0; i < text.n;) {
		if (str_has_prefix(str_sub(text, i, SIZE_MAX), mark)) {
			sb_add(&b, value);
			i += mark.n;
		} else {
			sb_addc(&b, text.p[i++]);
		}
	}
	return sb_str(&b);
}

struct str call_label(const struct call *c, const struct codes *codes, const char *word)
{
	char key[120];
	snprintf(key, sizeof(key), "code_%s_%s", codes->name, word);
	struct str s = texts_find(c->app->texts, call_lang(c), str_of(key));
	return s.p ? s : str_of(word);
}

struct str call_duty_label(struct call *c, const struct duty *d)
{
	return d->custom_id.v ? d->custom_name : call_label(c, &role_codes, codes_word(&role_codes, d->role));
}

static struct str label(void *ctx, const struct codes *codes, const char *word)
{
	return call_label(ctx, codes, word);
}

struct doc_style call_style(struct call *c, struct str unit_path)
{
	return (struct doc_style){
		.sight = sight_at(c->actor, unit_path),
		.label = c->face == FACE_HTML ? label : NULL,
		.ctx = c,
		.shown = &c->shown,
	};
}

void call_cookie(struct call *c, const char *name, struct str value, int64_t max_age_s)
{
	if (c->n_cookies == sizeof(c->set_cookie) / sizeof(c->set_cookie[0]))
		return;
	c->set_cookie[c->n_cookies][0] = str_of(name);
	c->set_cookie[c->n_cookies][1] = value;
	c->set_cookie_age[c->n_cookies++] = max_age_s;
}

void call_done(struct call *c, int status, struct str location)
{
	c->status = status;
	c->location = location;
}

const struct err *call_read(struct call *c, env_fn *fn, void *ctx)
{
	return env_read(&c->env, fn, ctx);
}

/* ---- idempotency (decision 17) ------------------------------------------------- */

enum { NOBODYS_KEY_MIN = 16 };

struct keyed {
	struct call *c;
	env_fn *fn;
	void *ctx;
	struct outcome *out;
};

static const struct err *keyed_write(struct db_tx *tx, struct env *e, void *ctx)
{
	struct keyed *k = ctx;
	struct call *c = k->c;
	bool found = false;
	*k->out = (struct outcome){0};
	if (c->key.n) {
		TRY(idem_look(tx, e, c->key, c->key_hash, &found, &k->out->object));
		k->out->replayed = found;
	}
	if (found)
		return NULL;
	TRY(k->fn(tx, e, k->ctx));
	/* The last moment at which nothing has happened yet. */
	if (arena_is_over(c->a))
		return ERR(c->a, ERR_LIMIT, NULL, "more memory than one request may use");
	if (c->key.n)
		TRY(idem_keep(tx, e, c->key, c->route->path, c->key_hash, k->out->object));
	return NULL;
}

const struct err *call_write(struct call *c, env_fn *fn, void *ctx, struct outcome *out)
{
	struct keyed k = {c, fn, ctx, out};
	/* All who are not logged in share one space of keys: there a key must be long enough not to meet another's. */
	if (c->key.n && c->key.n < NOBODYS_KEY_MIN && !c->env.actor->person_id.v)
		return ERR(c->a, ERR_MALFORMED, "idempotency_key", "without a login an Idempotency-Key has at least %d bytes", NOBODYS_KEY_MIN);
	const struct err *e = env_write(&c->env, keyed_write, &k);
	/* Sent twice at once: what the twin did stood in the way before its key was seen. Now the key is there, or it is a true conflict. */
	if (e && c->key.n && e->kind == ERR_CONFLICT)
		e = env_write(&c->env, keyed_write, &k);
	return e;
}

void call_code16(struct call *c, const char *purpose, unsigned char out[16])
{
	crypto_auth_hmacsha256_state h;
	unsigned char mac[32];
	if (c->key.n == 0) {
		env_random(&c->env, out, 16);
		return;
	}
	crypto_auth_hmacsha256_init(&h, c->app->secret, 32);
	struct str text = str_fmt(c->a, "%s|%lld|%lld|", purpose, (long long)c->city, (long long)c->actor->person_id.v);
	crypto_auth_hmacsha256_update(&h, (const unsigned char *)text.p, text.n);
	crypto_auth_hmacsha256_update(&h, (const unsigned char *)c->key.p, c->key.n);
	/* The fields too: who only knows or guesses a key does not come by the code of another's report. */
	crypto_auth_hmacsha256_update(&h, c->key_hash, sizeof(c->key_hash));
	crypto_auth_hmacsha256_final(&h, mac);
	memcpy(out, mac, 16);
}

/* ---- form fields ---------------------------------------------------------------- */

static const struct err_field *error_of(const struct call *c, const char *name)
{
	/* Pages ask for yuan what is stored in fen. */
	struct str base = str_of(name), yuan = STR("_yuan");
	base = str_has_suffix(base, yuan) ? str_sub(base, 0, base.n - yuan.n) : STR_NONE;
	for (const struct err_field *f = c->problem ? c->problem->fields : NULL; f; f = f->next) {
		struct str at = str_sub(f->pointer, 1, SIZE_MAX);
		if (str_is(at, name) || (base.n && str_eq(at, str_fmt(c->a, "%.*s_fen", STR_ARG(base)))))
			return f;
	}
	return NULL;
}

static struct str error_text(struct call *c, const struct err_field *f)
{
	struct str key = str_fmt(c->a, "field_%.*s", STR_ARG(f->code));
	struct str s = texts_find(c->app->texts, call_lang(c), key);
	return s.p ? s : f->text;
}

static void put_choices(json_t *j, struct call *c, const struct field *f, struct str value)
{
	json_t *list = doc_sublist(j, "options");
	for (size_t i = 0; i < f->n_choices; i++) {
		json_t *o = doc_append(list);
		doc_str(o, "value", f->choices[i].value);
		doc_str(o, "label", f->choices[i].label);
		doc_bool(o, "selected", str_eq(value, f->choices[i].value));
		/* Radio buttons need an id of their own for their label. */
		doc_str(o, "id", str_fmt(c->a, "f_%s_%zu", f->name, i));
		doc_z(o, "name", f->name);
		doc_str(o, "icon", f->choices[i].icon);
		doc_str(o, "note", f->choices[i].note);
	}
}

static void put_kind(json_t *j, struct call *c, const char *kind)
{
	doc_z(j, "kind", kind);
	doc_bool(j, str_fmt(c->a, "is_%s", kind).p, true);
}

void call_field(struct call *c, json_t *fields, const char *act, const struct field *f)
{
	json_t *j = doc_append(fields);
	bool again = c->problem && (!act || str_is(call_arg(c, "act"), act));
	struct str value = f->value;
	bool secret = strcmp(f->kind, "password") == 0 || strcmp(f->kind, "photo") == 0;
	/* What changed meanwhile is sent again on top of what the page now shows. */
	bool fresh = strcmp(f->name, "version") == 0;
	if (again && !secret && !fresh && pairs_has(&c->req->form, f->name))
		value = pairs_get(&c->req->form, f->name);
	doc_z(j, "name", f->name);
	doc_str(j, "id", str_fmt(c->a, "f_%s%s%s", act ? act : "", act ? "_" : "", f->name));
	put_kind(j, c, f->kind);
	doc_str(j, "label", call_text(c, f->label));
	doc_str(j, "hint", f->hint ? call_text(c, f->hint) : STR(""));
	doc_str(j, "value", value);
	doc_bool(j, "checked", str_is(value, "1") || str_is(value, "on") || str_is(value, "true"));
	doc_bool(j, "required", f->required);
	doc_bool(j, "multiple", f->multiple);
	doc_bool(j, "danger", f->danger);
	doc_z(j, "autocomplete", f->autocomplete ? f->autocomplete : "");
	if (f->max)
		doc_i64(j, "max", f->max);
	else
		json_object_set_new(j, "max", json_null());
	const struct err_field *bad = again ? error_of(c, f->name) : NULL;
	doc_str(j, "error", bad ? error_text(c, bad) : STR(""));
	put_choices(j, c, f, value);
}

struct choice *call_choices(struct call *c, const struct codes *codes, size_t *n)
{
	size_t count = 0;
	while (codes->words[count + 1])
		count++;
	struct choice *v = ARENA_ARRAY(c->a, struct choice, count + 1);
	for (size_t i = 0; i < count; i++)
		v[i] = (struct choice){.value = str_of(codes->words[i + 1]), .label = call_label(c, codes, codes->words[i + 1])};
	*n = count;
	return v;
}
