/* multipart/form-data as it comes in, any number of bytes at a time. */
#include "web_private.h"

#include <string.h>

enum { PARTS_MAX = 100, PART_HEAD_MAX = 4096, TEXT_MAX = 64 * 1024, NAME_MAX_BYTES = 200, BUFFER = 16 * 1024 };

enum part_state { BEFORE_FIRST, IN_HEAD, IN_DATA, AFTER_BOUNDARY, AFTER_LAST };

struct multipart {
	struct arena *a;
	struct multipart_sink sink;
	struct str boundary; /* with CRLF and the two dashes in front */
	enum part_state state;
	bool is_file;
	size_t parts, text_bytes, n;
	char buffer[BUFFER];
};

/* Length of a parameter's value, quotes included; 0 with an unclosed quote. */
static size_t value_length(struct str s)
{
	size_t i = 1;
	if (!s.n || s.p[0] != '"') {
		ptrdiff_t at = str_find(s, ';');
		return at < 0 ? s.n : (size_t)at;
	}
	while (i < s.n && s.p[i] != '"')
		i += s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\') ? 2 : 1;
	return i < s.n ? i + 1 : 0;
}

static struct str unquote(struct arena *a, struct str s)
{
	if (!s.n || s.p[0] != '"')
		return str_trim(s);
	char *to = arena_alloc(a, s.n);
	size_t n = 0;
	for (size_t i = 1; i + 1 < s.n; i++) {
		if (s.p[i] == '\\' && (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		to[n++] = s.p[i];
	}
	return (struct str){to, n};
}

/* The value of a parameter such as name="…"; false when it is not there. */
static bool parameter(struct arena *a, struct str s, const char *name, struct str *out)
{
	str_cut(&s, ';');
	while (s.n) {
		size_t i = 0;
		while (i < s.n && s.p[i] != '=' && s.p[i] != ';')
			i++;
		struct str key = str_trim(str_sub(s, 0, i));
		bool has_value = i < s.n && s.p[i] == '=';
		s = str_sub(s, i + 1, SIZE_MAX);
		if (!has_value)
			continue;
		size_t n = value_length(s);
		if (n == 0 && s.n && s.p[0] == '"')
			return false;
		if (str_is_nocase(key, name)) {
			*out = unquote(a, str_sub(s, 0, n));
			return true;
		}
		s = str_sub(s, n, SIZE_MAX);
		str_cut(&s, ';');
	}
	return false;
}

const struct err *multipart_new(struct arena *a, struct str content_type_header, const struct multipart_sink *sink,
				struct multipart **out)
{
	struct str boundary;
	if (!parameter(a, content_type_header, "boundary", &boundary) || boundary.n < 1 || boundary.n > 70)
		return ERR(a, ERR_MALFORMED, "multipart", "multipart without a boundary of 1 to 70 characters");
	for (size_t i = 0; i < boundary.n; i++)
		if (boundary.p[i] < 0x20 || boundary.p[i] > 0x7e)
			return ERR(a, ERR_MALFORMED, "multipart", "multipart boundary has other characters than ASCII");
	struct multipart *m = ARENA_NEW(a, struct multipart);
	m->a = a;
	m->sink = *sink;
	m->boundary = str_fmt(a, "\r\n--%.*s", STR_ARG(boundary));
	memcpy(m->buffer, "\r\n", 2);
	m->n = 2;
	*out = m;
	return NULL;
}

static void consume(struct multipart *m, size_t n)
{
	m->n -= n;
	memmove(m->buffer, m->buffer + n, m->n);
}

static const struct err *emit(struct multipart *m, size_t n)
{
	if (m->state != IN_DATA || n == 0)
		return NULL;
	m->text_bytes += m->is_file ? 0 : n;
	if (m->text_bytes > TEXT_MAX)
		return ERR(m->a, ERR_LIMIT, "field_too_large", "text field larger than %d bytes", TEXT_MAX);
	return m->sink.data(m->sink.ctx, (struct str){m->buffer, n});
}

/* Data up to the next boundary, or as much as cannot be the beginning of one. */
static const struct err *take_data(struct multipart *m, bool *more)
{
	const char *at = m->n ? memmem(m->buffer, m->n, m->boundary.p, m->boundary.n) : NULL;
	if (!at) {
		size_t n = m->n >= m->boundary.n ? m->n - (m->boundary.n - 1) : 0;
		TRY(emit(m, n));
		consume(m, n);
		*more = false;
		return NULL;
	}
	size_t n = (size_t)(at - m->buffer);
	TRY(emit(m, n));
	if (m->state == IN_DATA)
		TRY(m->sink.end(m->sink.ctx));
	consume(m, n + m->boundary.n);
	m->state = AFTER_BOUNDARY;
	return NULL;
}

static const struct err *take_boundary_end(struct multipart *m, bool *more)
{
	size_t i = 0;
	while (i < m->n && (m->buffer[i] == ' ' || m->buffer[i] == '\t'))
		i++;
	consume(m, i);
	if (m->n < 2) {
		*more = false;
		return NULL;
	}
	if (memcmp(m->buffer, "--", 2) == 0)
		m->state = AFTER_LAST;
	else if (memcmp(m->buffer, "\r\n", 2) == 0)
		m->state = IN_HEAD;
	else
		return ERR(m->a, ERR_MALFORMED, "multipart", "boundary is followed by something else than a line break");
	if (m->state == AFTER_LAST)
		consume(m, 2);
	return NULL;
}

/* A name with the escapes that browsers put into it undone: %22 %0D %0A. Line breaks are refused. */
static const struct err *clean_name(struct arena *a, struct str *name)
{
	struct sb b = sb_new(a, NAME_MAX_BYTES);
	for (size_t i = 0; i < name->n; i++) {
		bool quote = str_eq(str_sub(*name, i, 3), STR("%22"));
		if ((unsigned char)name->p[i] < 0x20)
			return ERR(a, ERR_MALFORMED, "multipart", "control character in the name of a part");
		sb_addc(&b, quote ? '"' : name->p[i]);
		i += quote ? 2 : 0;
	}
	*name = sb_str(&b);
	if (b.over || !name->n || !str_is_utf8(*name))
		return ERR(a, ERR_MALFORMED, "multipart", "name of a part is empty, too long or no UTF-8");
	return NULL;
}

static const struct err *begin_part(struct multipart *m, struct str head)
{
	struct str name = STR_NONE, type = STR(""), unused;
	bool form_data = false;
	head = str_dup(m->a, head);
	while (head.n) {
		struct str value = str_cut(&head, '\n');
		struct str field = str_trim(str_cut(&value, ':'));
		value = str_trim(value);
		if (str_is_nocase(field, "content-type"))
			type = value;
		if (!str_is_nocase(field, "content-disposition"))
			continue;
		struct str rest = value;
		form_data = str_is_nocase(str_trim(str_cut(&rest, ';')), "form-data") && parameter(m->a, value, "name", &name);
		m->is_file = parameter(m->a, value, "filename", &unused) || parameter(m->a, value, "filename*", &unused);
	}
	if (!form_data)
		return ERR(m->a, ERR_MALFORMED, "multipart", "part without a form-data name");
	TRY(clean_name(m->a, &name));
	if (++m->parts > PARTS_MAX)
		return ERR(m->a, ERR_LIMIT, "too_many_fields", "more than %d parts", PARTS_MAX);
	return m->sink.begin(m->sink.ctx, name, m->is_file, type);
}

static const struct err *take_head(struct multipart *m, bool *more)
{
	/* The buffer still begins with the line break behind the boundary. */
	const char *at = memmem(m->buffer, m->n, "\r\n\r\n", 4);
	size_t n = at ? (size_t)(at - m->buffer) : m->n;
	if (n > PART_HEAD_MAX)
		return ERR(m->a, ERR_MALFORMED, "multipart", "head of a part larger than %d bytes", PART_HEAD_MAX);
	if (!at) {
		*more = false;
		return NULL;
	}
	m->is_file = false;
	m->text_bytes = 0;
	TRY(begin_part(m, str_sub((struct str){m->buffer, n}, 2, SIZE_MAX)));
	consume(m, n + 4);
	m->state = IN_DATA;
	return NULL;
}

static const struct err *step(struct multipart *m, bool *more)
{
	switch (m->state) {
	case BEFORE_FIRST:
	case IN_DATA:
		return take_data(m, more);
	case AFTER_BOUNDARY:
		return take_boundary_end(m, more);
	case IN_HEAD:
		return take_head(m, more);
	default:
		m->n = 0;
		*more = false;
		return NULL;
	}
}

const struct err *multipart_feed(struct multipart *m, struct str bytes)
{
	while (bytes.n) {
		size_t room = BUFFER - m->n, n = bytes.n < room ? bytes.n : room;
		memcpy(m->buffer + m->n, bytes.p, n);
		m->n += n;
		bytes = str_sub(bytes, n, SIZE_MAX);
		for (bool more = true; more;)
			TRY(step(m, &more));
	}
	return NULL;
}

const struct err *multipart_end(struct multipart *m)
{
	if (m->state != AFTER_LAST)
		return ERR(m->a, ERR_MALFORMED, "multipart", "closing boundary is missing");
	return NULL;
}
