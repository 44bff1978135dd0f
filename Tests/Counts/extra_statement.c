// Runs one more statement before each "BEGIN IMMEDIATE", on the same connection: the careless change that the budget is
// there to find. Preload it in front of the counter.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
extern const char *sqlite3_sql(sqlite3_stmt *) __attribute__((weak));
extern sqlite3 *sqlite3_db_handle(sqlite3_stmt *) __attribute__((weak));
extern int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **) __attribute__((weak));
extern int sqlite3_finalize(sqlite3_stmt *) __attribute__((weak));

int sqlite3_step(sqlite3_stmt *statement) {
  static int (*next)(sqlite3_stmt *);
  if (!next) next = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_step");
  const char *text = sqlite3_sql(statement);
  sqlite3_stmt *extra = NULL;
  if (text && strcmp(text, "BEGIN IMMEDIATE") == 0 &&
      sqlite3_prepare_v2(sqlite3_db_handle(statement), "SELECT 'one statement more'", -1, &extra, NULL) == 0) {
    next(extra);
    sqlite3_finalize(extra);
  }
  return next(statement);
}
