/* People: a name that is a role and a number, a duty, an account. */
#include "demo.h"

#include "account.h"
#include "org.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

static const char *const role_names[] = {
	[ROLE_WORKER] = "职工",
	[ROLE_TEAM_LEADER] = "班组长",
	[ROLE_WORKSHOP_LEADER] = "车间主任",
	[ROLE_SAFETY_OFFICER] = "安全员",
	[ROLE_PRIMARY_UNION] = "工会主席",
	[ROLE_MANAGEMENT] = "企业负责人",
	[ROLE_CADRE_TOWNSHIP] = "镇街工会干部",
	[ROLE_CADRE_COUNTY] = "县区工会干部",
	[ROLE_CADRE_CITY] = "市总工会干部",
	[ROLE_PRODUCTION_PROTECTION] = "生产保护部干部",
	[ROLE_SYSTEM_ADMIN] = "系统管理员",
	[ROLE_SECURITY_ADMIN] = "安全管理员",
	[ROLE_AUDIT_ADMIN] = "审计管理员",
};

/* The library draws the salt of its own hashes from the system; this one must be the same each time. Least cost. */
const struct err *demo_hash_password(struct env *e, struct str password, struct str *out)
{
	unsigned char salt[crypto_pwhash_SALTBYTES], hash[32];
	char salt_text[32], hash_text[64];
	const int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	env_random(e, salt, sizeof(salt));
	if (crypto_pwhash(hash, sizeof(hash), password.p, password.n, salt, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR(e->a, ERR_BUSY, NULL, "no memory for a password hash");
	sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt), variant);
	sodium_bin2base64(hash_text, sizeof(hash_text), hash, sizeof(hash), variant);
	*out = str_fmt(e->a, "$argon2id$v=19$m=%u,t=%llu,p=1$%s$%s", (unsigned)(crypto_pwhash_MEMLIMIT_MIN / 1024),
		       (unsigned long long)crypto_pwhash_OPSLIMIT_MIN, salt_text, hash_text);
	return NULL;
}

struct str demo_person_name(struct arena *a, uint32_t role, size_t n)
{
	return str_fmt(a, "%s%03zu", role_names[role], n);
}

struct str demo_password(struct demo_rng *r, struct arena *a, uint32_t role)
{
	int64_t digits = demo_between(r, 200000, 989898);
	bool pin = role == ROLE_WORKER || role == ROLE_TEAM_LEADER;
	return str_fmt(a, "%s%lld", pin ? "" : "demo-", (long long)digits);
}

static struct demo_person *next_person(struct demo *d, const struct demo_person_spec *s)
{
	struct demo_person *p = &d->people[d->n_people++];
	*p = (struct demo_person){
		.role = s->role,
		.name = demo_person_name(d->a, s->role, ++d->role_count[s->role]),
		.login = d->number == 1 ? s->login : str_fmt(d->a, "c%u.%.*s", d->number, STR_ARG(s->login)),
		.password = demo_password(&d->rng, d->a, s->role),
		.unit_id = s->unit->id,
		.unit_name = s->unit->name,
		.duty = {.unit_id = s->unit->id, .role = s->role, .unit_path = s->unit->path, .unit_name = s->unit->name},
	};
	return p;
}

const struct err *demo_person_add(struct db_tx *tx, struct env *e, struct demo *d, const struct demo_person_spec *s, struct demo_person **out)
{
	struct str hash;
	if (d->n_people == d->max_people)
		return ERR(e->a, ERR_BUG, NULL, "more people than places for them");
	struct demo_person *w = next_person(d, s);
	struct person p = {.name = w->name, .staff_number = str_fmt(d->a, "D%05zu", d->n_people), .unit_id = w->unit_id};
	p.phone = STR("");
	TRY(account_person_add(tx, e, &p));
	TRY(account_duty_add(tx, e, p.id, s->role, s->unit->id));
	TRY(demo_hash_password(e, w->password, &hash));
	TRY(account_login_add(tx, e, p.id, w->login, hash, false));
	w->id = p.id;
	w->actor = (struct actor){.person_id = p.id, .city = e->city, .name = w->name, .login = w->login, .duties = &w->duty, .n_duties = 1};
	*out = w;
	return NULL;
}

void demo_account_head(struct sb *b)
{
	sb_addz(b, "login\tpassword\trole\tunit\tunit_id\tname\n");
}

void demo_account_line(struct sb *b, const struct demo_person *p)
{
	sb_fmt(b, "%.*s\t%.*s\t%s\t%.*s\t%lld\t%.*s\n", STR_ARG(p->login), STR_ARG(p->password), codes_word(&role_codes, p->role),
	       STR_ARG(p->unit_name), (long long)p->unit_id.v, STR_ARG(p->name));
}

static struct str accounts_text(struct demo *d)
{
	struct sb b = sb_new(d->a, 256 + d->n_people * 512);
	if (d->number == 1)
		demo_account_head(&b);
	for (size_t i = 0; i < d->n_people; i++)
		demo_account_line(&b, &d->people[i]);
	return sb_str(&b);
}

void demo_print_first(const struct demo *d)
{
	static const char *const main_logins[] = {"worker1", "leader1", "safety1", "union1", "county1"};
	for (size_t k = 0; k < sizeof(main_logins) / sizeof(main_logins[0]); k++)
		for (size_t i = 0; i < d->n_people; i++) {
			const struct demo_person *p = &d->people[i];
			if (str_is(p->login, main_logins[k]))
				printf("%-9.*s %-12.*s %.*s, %.*s\n", STR_ARG(p->login), STR_ARG(p->password), STR_ARG(p->name),
				       STR_ARG(p->unit_name));
		}
}

const struct err *demo_write_accounts(struct demo *d)
{
	const char *path = str_fmt(d->a, "%s/demo-accounts.tsv", app_data_dir(d->app)).p;
	struct str text = accounts_text(d);
	int fd = open(path, O_WRONLY | O_CREAT | (d->number == 1 ? O_TRUNC : O_APPEND) | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n;
	if (fd >= 0)
		close(fd);
	if (!good)
		return ERR(d->a, ERR_READONLY, NULL, "%s cannot be written", path);
	if (d->number == 1)
		demo_print_first(d);
	printf("all %zu accounts: %s\n", d->n_people, path);
	return NULL;
}
