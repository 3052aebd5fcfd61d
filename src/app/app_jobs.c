#include "app_parts.h"
#include "app_sql.h"
#include "upload.h"

#define HOUR_MS INT64_C(3600000)
#define IDEM_KEPT_MS (180 * 24 * HOUR_MS)
/* A retry after an unknown outcome comes within seconds; a day leaves room for any clock. */
#define TX_KEPT_MS (24 * HOUR_MS)

static const struct err *purge_uploads(struct env *e, struct str payload)
{
	(void)payload;
	return upload_purge(e);
}

static const struct err *purge_keys(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &idem_purge, ARGS(ARG(e->city), arg_i64(e->now.ms - IDEM_KEPT_MS)), NULL);
}

static const struct err *purge_idempotency(struct env *e, struct str payload)
{
	(void)payload;
	return env_write(e, purge_keys, NULL);
}

static const struct err *purge_tx(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &app_tx_purge, ARGS(ARG(e->city), arg_i64(e->now.ms - TX_KEPT_MS)), NULL);
}

static const struct err *purge_transactions(struct env *e, struct str payload)
{
	(void)payload;
	return env_write(e, purge_tx, NULL);
}

const struct job_kind app_jobs[] = {
	{.name = "app.uploads", .run = purge_uploads, .every_ms = HOUR_MS},
	{.name = "app.idempotency", .run = purge_idempotency, .every_ms = 24 * HOUR_MS},
	{.name = "app.transactions", .run = purge_transactions, .every_ms = HOUR_MS},
	{0},
};
