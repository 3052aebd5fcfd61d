/* Mails and other ways out of the house: what is sent, how, and how it went (HAZ-9). */
#ifndef NOTICE_MAIL_H
#define NOTICE_MAIL_H

#include "notice_model.h"

/* ---- a message and the ways it can go ---------------------------------------------- */

enum { MAIL_ADDRESS_MAX = 254 };

struct notice_message {
	struct id id;             /* the same again when it is sent again: receivers may know it by that */
	struct str to, subject, text;
	enum lang lang;
	struct instant at;
};

enum notice_fate {
	FATE_SENT = 1,
	FATE_LATER,   /* not taken now: tried again */
	FATE_NEVER,   /* refused for good, or cannot be sent at all */
	FATE_UNKNOWN  /* the line was cut when it may have been taken already */
};
struct notice_outcome {
	enum notice_fate fate;
	bool no_server;           /* nobody was reached: the others need not be tried now */
	struct str why;           /* for the log and the person's page; names no secret */
};

/* A way out. Those that are not there yet (WeChat, WeCom, DingTalk, SMS) are a row here and a function that sends. */
struct notice_channel {
	const char *name;         /* NULL ends the table */
	bool (*is_ready)(struct app *app, int64_t city);
	void (*send)(struct app *app, struct arena *a, int64_t city, const struct notice_message *m, struct notice_outcome *out);
};
extern const struct notice_channel notice_channels[];
const struct notice_channel *notice_channel_find(struct str name);

/* ---- e-mail (notice_smtp.c, notice_mime.c) -------------------------------------------- */

bool mail_is_ready(struct app *app, int64_t city);
void mail_send(struct app *app, struct arena *a, int64_t city, const struct notice_message *m, struct notice_outcome *out);
/* An address of plain ASCII without anything that could end a line or begin another recipient. */
bool mail_is_address(struct str s);
/* The bytes that are sent: lines end with CR LF and have 76 bytes at most. */
struct str mail_bytes(struct arena *a, const struct notice_message *m, struct str from, struct str from_name);
/* What a server's answer, or its silence, means. `whole`: all bytes had been given to it. */
enum notice_fate mail_fate(int curl_code, long answer, bool whole);
/* May the password and the mail go there in the clear? Only to this machine. */
bool mail_is_loopback(struct str url);

/* ---- rows (notice_post.c) ---------------------------------------------------------------- */

enum mail_purpose { MAIL_ALARM = 1, MAIL_DIGEST, MAIL_VERIFY };
enum mail_state { MAIL_PENDING = 1, MAIL_SENDING, MAIL_SENT, MAIL_EMPTY, MAIL_UNKNOWN, MAIL_GIVEN_UP };
extern const struct codes mail_purposes, mail_states;

struct mail_row {
	struct id id, person_id;
	uint32_t purpose, state;
	struct str channel, error;
	struct day on_day;
	int64_t n, attempts;
	struct instant try_at, lease_until, made_at, sent_at;
};
extern const struct shape mail_row[];

/* Puts a mail into the queue in the running transaction, and has it sent soon. *made false: the person has its digest of that day. */
const struct err *mail_add(struct db_tx *tx, struct env *e, struct mail_row *m, bool *made);
/* Sends what is due, for half a minute or the one that takes longer. */
const struct err *mail_work(struct env *e, struct str payload);

/* ---- what is in them (notice_digest.c, notice_letter.c) ------------------------------------- */

/* Makes the digests that are due: one a person and day (setting notice.digest_hour or the person's own). */
const struct err *digest_work(struct env *e, struct str payload);
/* Collects what is to be told at once to one person into an alarm. */
const struct err *alarm_work(struct env *e, struct str payload);
const struct err *purge_work(struct env *e, struct str payload);
/* Words of a mail, made when it is sent. *found false: nothing to be sent any more (no address, all read). */
const struct err *letter_make(struct db_tx *tx, struct env *e, const struct mail_row *m, struct notice_message *out, bool *found);

/* ---- persons' own wishes (notice_profile.c) --------------------------------------------------- */

struct profile {
	struct str email, lang, by_mail, code_hash;
	struct instant verified_at, code_until;
	int64_t code_tries, digest_hour, version;
	bool has_digest;
};
extern const struct shape profile_row[];
/* Defaults where there is no row: version 0. */
const struct err *profile_read(struct db_tx *tx, int64_t city, struct id person, struct profile *out);
const struct err *profile_write(struct db_tx *tx, struct env *e, struct id person, const struct profile *p);
/* Whether mail of this topic is wanted; danger always is. */
bool profile_wants(const struct profile *p, uint32_t topic);
/* Six figures that prove the address; derived, so that they stand nowhere. */
struct str profile_code(struct app *app, struct arena *a, int64_t city, struct id person, const struct profile *p);

handler_fn profile_get, profile_post, profile_post_email, profile_post_confirm;
extern const struct shape profile_input_shape[], profile_email_shape[], profile_confirm_shape[], profile_mail_shape[];
extern const struct doc_part profile_doc[];
struct profile_input {
	struct str_list topics;
	struct opt_i64 digest_hour; /* none: as the city says */
	uint32_t lang;
	bool has_digest;
};
struct profile_email { struct str email; };
struct profile_confirm { struct str code; };

#endif
