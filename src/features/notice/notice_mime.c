/* A mail as bytes: RFC 5322 with UTF-8 in encoded words (RFC 2047) and a base64 body, so that no line is too long for any server. */
#include "notice_mail.h"

#include <ctype.h>
#include <sodium.h>

enum { LINE = 76, WORD_BYTES = 39 /* of UTF-8 in an encoded word, so that its line with the header's name fits */, MAIL_BYTES = 256 * 1024 };

bool mail_is_address(struct str s)
{
	ptrdiff_t at = str_find(s, '@');
	if (at < 1 || s.n > MAIL_ADDRESS_MAX)
		return false;
	struct str user = str_sub(s, 0, (size_t)at), host = str_sub(s, (size_t)at + 1, SIZE_MAX);
	for (size_t i = 0; i < user.n; i++)
		if (!isalnum((unsigned char)user.p[i]) && !strchr("!#$%&'*+-/=?^_`{|}~.", user.p[i]))
			return false;
	for (size_t i = 0; i < host.n; i++)
		if (!isalnum((unsigned char)host.p[i]) && host.p[i] != '-' && host.p[i] != '.')
			return false;
	bool dots = memmem(s.p, s.n, "..", 2) || user.p[0] == '.' || user.p[user.n - 1] == '.';
	return user.n <= 64 && host.n > 2 && !dots && str_find(host, '.') > 0 && host.p[host.n - 1] != '.' && host.p[0] != '-';
}

static struct str base64(struct arena *a, struct str s)
{
	size_t n = sodium_base64_ENCODED_LEN(s.n, sodium_base64_VARIANT_ORIGINAL);
	char *out = arena_alloc(a, n);
	sodium_bin2base64(out, n, (const unsigned char *)s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
	return (struct str){out, n - 1};
}

/* Encoded words, each of whole characters, on lines of their own. */
static void put_encoded(struct sb *b, struct str s)
{
	while (s.n) {
		size_t n = s.n < WORD_BYTES ? s.n : WORD_BYTES;
		while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
			n--;
		sb_fmt(b, "=?UTF-8?B?%.*s?=", STR_ARG(base64(b->a, str_sub(s, 0, n))));
		s = str_sub(s, n, SIZE_MAX);
		if (s.n)
			sb_addz(b, "\r\n ");
	}
}

/* What ends a line ends the header too: none is let in, wherever the words come from. */
static struct str one_line(struct arena *a, struct str s)
{
	char *p = (char *)str_dup(a, s).p;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
	return (struct str){p, s.n};
}

static void put_date(struct sb *b, struct instant at)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)(at.ms / 1000) + (time_t)8 * 3600;
	struct tm tm;
	gmtime_r(&t, &tm);
	sb_fmt(b, "Date: %s, %02d %s %d %02d:%02d:%02d +0800\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
	       tm.tm_min, tm.tm_sec);
}

static void put_body(struct sb *b, struct str text)
{
	struct str code = base64(b->a, text);
	while (code.n) {
		sb_add(b, str_sub(code, 0, LINE));
		sb_addz(b, "\r\n");
		code = str_sub(code, LINE, SIZE_MAX);
	}
}

/* Lines of the text end as mail wants them. */
static struct str with_crlf(struct arena *a, struct str s)
{
	struct sb b = sb_new(a, MAIL_BYTES);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			sb_addc(&b, '\r');
		sb_addc(&b, s.p[i]);
	}
	return sb_str(&b);
}

struct str mail_bytes(struct arena *a, const struct notice_message *m, struct str from, struct str from_name)
{
	struct sb b = sb_new(a, 2 * MAIL_BYTES);
	struct str host = str_sub(from, (size_t)str_find(from, '@') + 1, SIZE_MAX);
	sb_addz(&b, "From: ");
	put_encoded(&b, one_line(a, from_name));
	sb_fmt(&b, "\r\n <%.*s>\r\nTo: <%.*s>\r\nSubject: ", STR_ARG(from), STR_ARG(m->to));
	put_encoded(&b, one_line(a, m->subject));
	sb_addz(&b, "\r\n");
	put_date(&b, m->at);
	sb_fmt(&b, "Message-ID: <%lld@%.*s>\r\n", (long long)m->id.v, STR_ARG(host));
	sb_fmt(&b, "Content-Language: %s\r\n", lang_word(m->lang));
	sb_addz(&b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n");
	put_body(&b, with_crlf(a, m->text));
	return sb_str(&b);
}
