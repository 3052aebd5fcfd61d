/* libpq, taken in when an address of PostgreSQL is first opened. It brings eleven more libraries (TLS, Kerberos, LDAP, SASL) that start up
 * with a program which is linked to them: 1.3 MiB of every server's memory, and code that a server on SQLite has no use for.
 *
 * The driver calls libpq's functions by their own names.
 */
#ifndef DB_PG_LIB_H
#define DB_PG_LIB_H

#include "arena.h"
#include "err.h"

#include <libpq-fe.h>
#include <pthread.h>

#define PG_LIB(X)                                                                                                     \
	X(PQclear) X(PQcmdStatus) X(PQcmdTuples) X(PQconnectdbParams) X(PQconninfoFree) X(PQconninfoParse) X(PQconsumeInput)  \
	X(PQerrorMessage) X(PQexec) X(PQfinish) X(PQfname) X(PQfreemem) X(PQftype) X(PQgetResult) X(PQgetisnull)      \
	X(PQgetlength) X(PQgetvalue) X(PQhost) X(PQisBusy) X(PQnfields) X(PQntuples) X(PQport) X(PQputCopyData)       \
	X(PQputCopyEnd) X(PQresultErrorField) X(PQresultStatus) X(PQsendDescribePrepared) X(PQsendPrepare) X(PQsendQuery) \
	X(PQsendQueryParams) X(PQsendQueryPrepared) X(PQsetNoticeReceiver) X(PQsocket) X(PQstatus) X(PQtransactionStatus)

struct pg_lib {
	pthread_once_t once;
	char why[200]; /* there is none; empty: there is */
#define X(name) __typeof__(&name) name##_;
	PG_LIB(X)
#undef X
};

/* Written by the first call of pg_lib_load() and never again. */
extern struct pg_lib pg_lib;

/* Before any other function of libpq. ERR_INPUT no_libpq where the machine has none that will do. */
const struct err *pg_lib_load(struct arena *a);

#define PQclear pg_lib.PQclear_
#define PQcmdStatus pg_lib.PQcmdStatus_
#define PQcmdTuples pg_lib.PQcmdTuples_
#define PQconnectdbParams pg_lib.PQconnectdbParams_
#define PQconninfoFree pg_lib.PQconninfoFree_
#define PQconninfoParse pg_lib.PQconninfoParse_
#define PQconsumeInput pg_lib.PQconsumeInput_
#define PQerrorMessage pg_lib.PQerrorMessage_
#define PQexec pg_lib.PQexec_
#define PQfinish pg_lib.PQfinish_
#define PQfname pg_lib.PQfname_
#define PQfreemem pg_lib.PQfreemem_
#define PQftype pg_lib.PQftype_
#define PQgetResult pg_lib.PQgetResult_
#define PQgetisnull pg_lib.PQgetisnull_
#define PQgetlength pg_lib.PQgetlength_
#define PQgetvalue pg_lib.PQgetvalue_
#define PQhost pg_lib.PQhost_
#define PQisBusy pg_lib.PQisBusy_
#define PQnfields pg_lib.PQnfields_
#define PQntuples pg_lib.PQntuples_
#define PQport pg_lib.PQport_
#define PQputCopyData pg_lib.PQputCopyData_
#define PQputCopyEnd pg_lib.PQputCopyEnd_
#define PQresultErrorField pg_lib.PQresultErrorField_
#define PQresultStatus pg_lib.PQresultStatus_
#define PQsendDescribePrepared pg_lib.PQsendDescribePrepared_
#define PQsendPrepare pg_lib.PQsendPrepare_
#define PQsendQuery pg_lib.PQsendQuery_
#define PQsendQueryParams pg_lib.PQsendQueryParams_
#define PQsendQueryPrepared pg_lib.PQsendQueryPrepared_
#define PQsetNoticeReceiver pg_lib.PQsetNoticeReceiver_
#define PQsocket pg_lib.PQsocket_
#define PQstatus pg_lib.PQstatus_
#define PQtransactionStatus pg_lib.PQtransactionStatus_

#endif
