/* SMTP by libcurl: TLS everywhere but on this machine, deadlines for all of it. */
#include "notice_mail.h"

#include "notice_curl.h"
#include "setting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_S = 10, ALL_S = 30, PASSWORD_MAX = 256, WHY_BYTES = 300 };

bool mail_is_ready(struct app *app, int64_t city)
{
	struct arena *a = arena_new(0);
	bool ready = setting_str(app, a, city, "notice.smtp_url").n && mail_is_address(setting_str(app, a, city, "notice.mail_from"));
	arena_free(a);
	return ready;
}

/* smtp://HOST[:PORT]: the host alone. */
static struct str host_of(struct str url)
{
	ptrdiff_t at = str_find(url, '/');
	struct str rest = at < 0 ? url : str_sub(url, (size_t)at + 2, SIZE_MAX), host = str_cut(&rest, '/');
	while (str_find(host, '@') >= 0)
		str_cut(&host, '@');
	if (host.n && host.p[0] == '[')
		return str_sub(host, 0, (size_t)(str_find(host, ']') + 1));
	return str_cut(&host, ':');
}

bool mail_is_loopback(struct str url)
{
	struct str host = host_of(url);
	return str_is(host, "127.0.0.1") || str_is(host, "[::1]") || str_is(host, "localhost");
}

/* From the environment or a file of the data folder that only its owner reads: never from the database, which is copied. */
static struct str password(struct app *app, struct arena *a)
{
	const char *env = getenv("CHABAOCU_SMTP_PASSWORD");
	char buf[PASSWORD_MAX];
	if (env)
		return str_of(env);
	int fd = open(str_fmt(a, "%s/smtp-password", app_data_dir(app)).p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, buf, sizeof(buf)) : 0;
	if (fd >= 0)
		close(fd);
	return n > 0 ? str_trim(str_dup(a, (struct str){buf, (size_t)n})) : STR("");
}

/* ---- sending ---------------------------------------------------------------------- */

struct reading {
	struct str left;
};

static size_t give(char *out, size_t size, size_t n, void *ctx)
{
	struct reading *r = ctx;
	size_t max = size * n, take = r->left.n < max ? r->left.n : max;
	memcpy(out, r->left.p, take);
	r->left = str_sub(r->left, take, SIZE_MAX);
	return take;
}

static size_t keep_no(char *p, size_t size, size_t n, void *ctx)
{
	(void)p, (void)ctx;
	return size * n;
}

enum notice_fate mail_fate(int curl_code, long answer, bool whole)
{
	if (curl_code == CURLE_OK)
		return FATE_SENT;
	/* Refused for its sender, its recipient or what it holds; what is refused before that is a matter of the installation. */
	if (answer >= 500 && answer < 600)
		return whole || curl_code == CURLE_SEND_ERROR ? FATE_NEVER : FATE_LATER;
	if (answer >= 400 && answer < 500)
		return FATE_LATER;
	/* No answer to the last byte: it may have been taken. */
	return whole ? FATE_UNKNOWN : FATE_LATER;
}

static bool reached_nobody(CURLcode code)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_SSL_CONNECT_ERROR ||
	       code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED || code == CURLE_LOGIN_DENIED || code == CURLE_OPERATION_TIMEDOUT;
}

static void set_server(const struct curl_lib *l, CURL *curl, struct app *app, struct arena *a, int64_t city)
{
	struct str url = setting_str(app, a, city, "notice.smtp_url"), user = setting_str(app, a, city, "notice.smtp_user"),
		   ca = setting_str(app, a, city, "notice.smtp_ca_file");
	l->set(curl, CURLOPT_URL, str_z(a, url));
	l->set(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	l->set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "");
	l->set(curl, CURLOPT_PROXY, "");
	l->set(curl, CURLOPT_USE_SSL, (long)(mail_is_loopback(url) ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (ca.n)
		l->set(curl, CURLOPT_CAINFO, str_z(a, ca));
	if (user.n) {
		l->set(curl, CURLOPT_USERNAME, str_z(a, user));
		l->set(curl, CURLOPT_PASSWORD, str_z(a, password(app, a)));
	}
	l->set(curl, CURLOPT_NOSIGNAL, 1L);
	l->set(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	l->set(curl, CURLOPT_TIMEOUT, (long)ALL_S);
}

static void send_by(const struct curl_lib *l, CURL *curl, struct app *app, struct arena *a, int64_t city, const struct notice_message *m, struct notice_outcome *out)
{
	struct str from = setting_str(app, a, city, "notice.mail_from"), name = texts_find(app_texts(app), m->lang, STR("app_name"));
	struct reading body = {mail_bytes(a, m, from, name)};
	char why[CURL_ERROR_SIZE] = "";
	long answer = 0;
	struct curl_slist *to = l->list_add(NULL, str_fmt(a, "<%.*s>", STR_ARG(m->to)).p);
	set_server(l, curl, app, a, city);
	l->set(curl, CURLOPT_MAIL_FROM, str_fmt(a, "<%.*s>", STR_ARG(from)).p);
	l->set(curl, CURLOPT_MAIL_RCPT, to);
	l->set(curl, CURLOPT_UPLOAD, 1L);
	l->set(curl, CURLOPT_READFUNCTION, give);
	l->set(curl, CURLOPT_READDATA, &body);
	l->set(curl, CURLOPT_WRITEFUNCTION, keep_no);
	l->set(curl, CURLOPT_ERRORBUFFER, why);
	CURLcode code = l->perform(curl);
	l->info(curl, CURLINFO_RESPONSE_CODE, &answer);
	l->list_free(to);
	out->fate = mail_fate((int)code, code == CURLE_OK ? 0 : answer, body.left.n == 0);
	out->no_server = code != CURLE_OK && body.left.n && reached_nobody(code);
	out->why = code == CURLE_OK ? STR("") : str_sub(str_fmt(a, "%s (%ld)", why[0] ? why : l->text(code), answer), 0, WHY_BYTES);
}

void mail_send(struct app *app, struct arena *a, int64_t city, const struct notice_message *m, struct notice_outcome *out)
{
	*out = (struct notice_outcome){.fate = FATE_NEVER, .why = STR("not an address")};
	if (!mail_is_address(m->to))
		return;
	struct curl_lib lib;
	const char *why = "no memory for the line to the server";
	CURL *curl = NULL;
	bool loaded = curl_lib_load(&lib, &why);
	if (loaded && lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		curl = lib.init();
	if (curl)
		send_by(&lib, curl, app, a, city, m, out);
	else
		*out = (struct notice_outcome){.fate = FATE_LATER, .no_server = true, .why = str_of(why)};
	if (curl)
		lib.cleanup(curl);
}

const struct notice_channel notice_channels[] = {{"email", mail_is_ready, mail_send}, {0}};

const struct notice_channel *notice_channel_find(struct str name)
{
	for (const struct notice_channel *c = notice_channels; c->name; c++)
		if (str_is(name, c->name))
			return c;
	return NULL;
}
