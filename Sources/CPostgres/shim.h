#pragma once
#include <libpq-fe.h>

// libpq prints notices of the server to stderr unless it is told where else; they may hold values.
static inline void cpostgres_ignore_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

static inline void cpostgres_silence(PGconn *connection) {
    PQsetNoticeReceiver(connection, cpostgres_ignore_notice, NULL);
}
