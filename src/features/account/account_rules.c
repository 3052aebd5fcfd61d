/* What makes a password or PIN too easy. The rules look for what people put together, words, rows, years, repetitions, rather than at a list
 * of leaked passwords: what remains besides those has to be long enough. */
#include "account_model.h"

#include "setting.h"

#include <ctype.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum { PASSWORD_MIN = 10, PIN_DIGITS = 6, CLASSES_MIN = 3, LEFT_MIN = 6, RUN_MIN = 3, ROW_MIN = 4 };

bool account_may_have_pin(uint32_t roles)
{
	return roles != 0 && (roles & ~(R(ROLE_WORKER) | R(ROLE_TEAM_LEADER))) == 0;
}

bool account_is_strict(uint32_t roles)
{
	return roles == 0 || (roles & ~R_SHOP_FLOOR) != 0;
}

bool account_is_mlps(struct app *app, int64_t city)
{
	struct arena *a = arena_new(0);
	bool mlps = !str_is(setting_str(app, a, city, "account.password_profile"), "asvs");
	arena_free(a);
	return mlps;
}

int account_classes(struct str s)
{
	bool digit = false, small = false, capital = false, other = false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch >= '0' && ch <= '9')
			digit = true;
		else if (ch >= 'a' && ch <= 'z')
			small = true;
		else if (ch >= 'A' && ch <= 'Z')
			capital = true;
		else
			other = true;
	}
	return digit + small + capital + other;
}

/* ---- PINs ------------------------------------------------------------------------------ */

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static bool is_pin(struct str s)
{
	return s.n == PIN_DIGITS && is_digits(s);
}

/* 123456, 654321, 135791: always the same step. */
static bool is_row(const char *p)
{
	int step = p[1] - p[0];
	for (size_t i = 1; i < PIN_DIGITS; i++)
		if (p[i] - p[i - 1] != step)
			return false;
	return true;
}

/* 111111, 121212, 123123; 112233, 111222. */
static bool is_repeated(const char *p)
{
	for (size_t period = 1; period <= 3; period++)
		if (memcmp(p, p + period, PIN_DIGITS - period) == 0)
			return true;
	return (p[0] == p[1] && p[2] == p[3] && p[4] == p[5]) || (p[0] == p[1] && p[1] == p[2] && p[3] == p[4] && p[4] == p[5]);
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

static bool is_month_day(int month, int day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* As people write a day: year month day, day month year, month day year, and a year of somebody's life with its month. */
static bool is_day(const char *p)
{
	int year = two(p) * 100 + two(p + 2);
	bool of_life = year >= 1930 && year <= 2039;
	return is_month_day(two(p + 2), two(p + 4)) || is_month_day(two(p + 2), two(p)) || is_month_day(two(p), two(p + 2)) ||
	       (of_life && two(p + 4) >= 1 && two(p + 4) <= 12);
}

static bool is_inside(struct str whole, struct str part)
{
	for (size_t i = 0; part.n && i + part.n <= whole.n; i++)
		if (memcmp(whole.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

const char *account_pin_weak(struct str pin, struct str phone, struct str staff_number)
{
	if (is_row(pin.p) || is_repeated(pin.p))
		return "pin_plain";
	if (is_inside(phone, pin) || is_inside(staff_number, pin) || (staff_number.n >= 4 && is_inside(pin, staff_number)))
		return "pin_of_phone";
	return is_day(pin.p) ? "pin_birthday" : NULL;
}

const struct err *account_pin_check(struct arena *a, struct str pin, struct str phone, struct str staff_number, const char *pointer)
{
	if (!is_pin(pin))
		return err_on_field(a, pointer, "pin_six", "six digits");
	const char *weak = account_pin_weak(pin, phone, staff_number);
	return weak ? err_on_field(a, pointer, weak, "these six digits are easily guessed") : NULL;
}

/* ---- passwords ------------------------------------------------------------------------- */

/* Roots of what is tried first, here and in this trade; written down by hand, not taken from a list. */
static const char *const tried_first[] = {
	"password", "passwort", "passw", "admin", "root", "user", "guest", "test", "demo", "login", "welcome", "hello", "secret", "letmein", "change", "default",
	"manager", "master", "system", "server", "computer", "internet", "monkey", "dragon", "sunshine", "princess", "football", "iloveyou", "superman",
	"woaini", "wodemima", "mima", "zhongguo", "china", "beijing", "shandong", "linyi", "gonghui", "anquan", "chabaocu", "yinhuan", "shengchan", "bangong",
	"guanli", "xitong", "yonghu", "denglu", "wangluo", "diannao", "laoban", "gongsi", "qiye", "zhigong", "caonima", "nihao", "qwerty", "qwertz", "asdfgh",
	"zxcvbn", "qazwsx", "wsxedc", "abcd", "january", "february", "march", "april", "august", "september", "october", "november", "december", "spring", "summer",
	"autumn", "winter", NULL};
static const char *const keyboard[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "1qaz2wsx3edc4rfv5tgb", "!qaz@wsx#edc", NULL};

/* Letters that are written as signs mean the same. */
static char plain_letter(char ch)
{
	static const char from[] = "@$!0135", to[] = "asioies";
	const char *at = ch ? strchr(from, ch) : NULL;
	return at ? to[at - from] : (char)tolower((unsigned char)ch);
}

static size_t run_of(const char *p, size_t n)
{
	size_t k = 1;
	int step = n > 1 ? p[1] - p[0] : 9;
	if (step < -1 || step > 1)
		return 0;
	while (k < n && p[k] - p[k - 1] == step)
		k++;
	return k >= RUN_MIN ? k : 0;
}

static size_t row_of(const char *p, size_t n)
{
	size_t best = 0;
	for (size_t i = 0; keyboard[i]; i++)
		for (const char *from = keyboard[i]; *from; from++) {
			size_t k = 0;
			while (k < n && from[k] && p[k] == from[k])
				k++;
			best = k > best ? k : best;
		}
	return best >= ROW_MIN ? best : 0;
}

static size_t word_of(const char *plain, size_t n)
{
	size_t best = 0;
	for (size_t i = 0; tried_first[i]; i++) {
		size_t k = strlen(tried_first[i]);
		if (k <= n && k > best && memcmp(plain, tried_first[i], k) == 0)
			best = k;
	}
	return best;
}

static size_t year_of(const char *p, size_t n)
{
	bool digits = n >= 4 && is_digits((struct str){p, 4});
	return digits && (two(p) == 19 || two(p) == 20) ? 4 : 0;
}

bool account_password_common(struct arena *a, struct str password)
{
	char *low = arena_alloc(a, password.n + 1), *plain = arena_alloc(a, password.n + 1);
	size_t left = 0;
	for (size_t i = 0; i < password.n; i++) {
		low[i] = (char)tolower((unsigned char)password.p[i]);
		plain[i] = plain_letter(password.p[i]);
	}
	for (size_t i = 0; i < password.n; left++) {
		size_t n = password.n - i, take = word_of(plain + i, n);
		size_t others[] = {word_of(low + i, n), row_of(low + i, n), run_of(low + i, n), year_of(low + i, n)};
		for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
			take = others[k] > take ? others[k] : take;
		i += take ? take : 1;
	}
	return left < LEFT_MIN;
}

/* The letters and digits in small letters, Chinese as it is pronounced: "王建国" and "Wang-Jianguo" are the same. */
static struct str spoken(struct arena *a, struct str s)
{
	enum { ROOM = 400 };
	UErrorCode status = U_ZERO_ERROR;
	UChar text[ROOM], id[64];
	char out[ROOM * 2];
	int32_t n = 0, written = 0;
	u_strFromUTF8(text, ROOM / 4, &n, s.p ? s.p : "", (int32_t)s.n, &status);
	u_uastrcpy(id, "Han-Latin; Latin-ASCII; Lower");
	UTransliterator *t = U_SUCCESS(status) ? utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status) : NULL;
	if (t) {
		int32_t limit = n;
		utrans_transUChars(t, text, &n, ROOM, 0, &limit, &status);
		utrans_close(t);
	}
	u_strToUTF8(out, sizeof(out), &written, text, n, &status);
	struct sb b = sb_new(a, sizeof(out));
	for (int32_t i = 0; U_SUCCESS(status) && i < written; i++)
		if (isalnum((unsigned char)out[i]))
			sb_addc(&b, (char)tolower((unsigned char)out[i]));
	return sb_str(&b);
}

/* Of three characters on a name is enough to be recognised; what contains nothing else but it is no password. */
static bool holds(struct arena *a, struct str password, struct str part)
{
	struct str own = spoken(a, part);
	return own.n >= 4 && is_inside(password, own);
}

static bool holds_owner(struct arena *a, const struct password_owner *who, struct str password)
{
	struct str low = spoken(a, password);
	return holds(a, low, who->login) || holds(a, low, who->name) || holds(a, low, who->phone) || holds(a, low, who->staff_number);
}

const struct err *account_password_check(struct arena *a, const struct password_owner *who, struct str password, const char *pointer)
{
	bool pin_allowed = account_may_have_pin(who->roles);
	if (!str_is_utf8(password) || str_chars(password) > ACCOUNT_PASSWORD_MAX)
		return err_on_field(a, pointer, "too_long", "at most 128 characters");
	if (str_eq(password, who->login))
		return err_on_field(a, pointer, "password_is_login", "not the login itself");
	if (pin_allowed && is_pin(password))
		return account_pin_check(a, password, who->phone, who->staff_number, pointer);
	if (str_chars(password) < PASSWORD_MIN)
		return pin_allowed ? err_on_field(a, pointer, "pin_wanted", "six digits, or at least 10 characters")
				   : err_on_field(a, pointer, "password_short", "at least 10 characters");
	if (who->is_mlps && account_classes(password) < CLASSES_MIN)
		return err_on_field(a, pointer, "password_plain", "three of: small letters, capitals, digits, signs");
	if (holds_owner(a, who, password))
		return err_on_field(a, pointer, "password_of_owner", "neither name, login nor telephone inside");
	return account_password_common(a, password) ? err_on_field(a, pointer, "password_common", "made of what anybody tries first") : NULL;
}

bool account_is_mobile(struct str s)
{
	int64_t n;
	return s.n == 11 && str_i64(s, 13000000000, 19999999999, &n);
}

bool account_login_tells_phone(struct str login, struct str phone)
{
	return login.n && (str_eq(login, phone) || account_is_mobile(login));
}

bool account_is_card_number(struct str s)
{
	struct str t = str_trim(s);
	if (t.n != 15 && t.n != 18)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (!isdigit((unsigned char)t.p[i]) && !(i == 17 && (t.p[i] == 'X' || t.p[i] == 'x')))
			return false;
	return true;
}
