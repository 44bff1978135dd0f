// Counts what one process does: SQL statements, commits, syncs, allocations, acknowledged messages. Preload it with
// COUNTER_FILE naming a file; the totals are kept in that file, which is mapped into memory, so that anybody may read them at
// any moment without disturbing the process. counter.py reads them; both know the layout below.
//
//   statement    a top-level run of a statement from its first step; what SQLite runs inside (schema, reprepare) is not one
//   prepare      a statement compiled, from outside
//   commit       the end of a transaction that wrote, whether it began by BEGIN or SAVEPOINT or was a single statement
//   sync         fsync or fdatasync of any file
//   allocation   malloc, calloc, realloc, aligned_alloc, memalign, posix_memalign; a realloc counts with its whole new size
//   large        an allocation above 16 KiB
//   ack          basic.ack sent by librabbitmq
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS = 1024, TEXT = 504, LARGE = 16384 };

struct slot {
  _Atomic uint64_t runs;
  char text[TEXT];
};

struct totals {
  char magic[8];
  _Atomic uint64_t statements, prepares, commits, syncs, allocations, bytes, large, acks;
  // Statements whose text found no slot: counted above, named nowhere.
  _Atomic uint64_t unnamed;
  struct slot slots[SLOTS];
};

// Until the file is mapped, and without one, totals go here.
static struct totals own;
static struct totals *totals = &own;

static void add(_Atomic uint64_t *counter, uint64_t amount) {
  atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

__attribute__((constructor)) static void start(void) {
  // For this process alone: a child would count into the same file.
  unsetenv("LD_PRELOAD");
  const char *path = getenv("COUNTER_FILE");
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  if (ftruncate(fd, sizeof *totals) == 0) {
    void *mapped = mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED) {
      totals = mapped;
      memcpy(totals->magic, "counter1", 8);
    }
  }
  close(fd);
}

// The next definition of a function that is defined here too.
#define NEXT(name)                                               \
  ({                                                             \
    static __typeof__(&name) next_##name;                        \
    if (!next_##name) next_##name = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
    next_##name;                                                 \
  })

// SQLite. Its types are opaque here, so that its headers are not needed.

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
extern const char *sqlite3_sql(sqlite3_stmt *) __attribute__((weak));
extern sqlite3 *sqlite3_db_handle(sqlite3_stmt *) __attribute__((weak));
extern int sqlite3_stmt_busy(sqlite3_stmt *) __attribute__((weak));
extern int sqlite3_get_autocommit(sqlite3 *) __attribute__((weak));
extern int sqlite3_total_changes(sqlite3 *) __attribute__((weak));
extern int sqlite3_txn_state(sqlite3 *, const char *) __attribute__((weak));

enum { SQLITE_DONE = 101, SQLITE_TXN_WRITE = 2 };

// Inside SQLite already: what it runs for itself is not counted.
static _Thread_local int depth;
static atomic_flag slots_taken = ATOMIC_FLAG_INIT;

static uint32_t hash(const char *text) {
  uint32_t value = 2166136261u;
  for (; *text; text++) value = (value ^ (unsigned char)*text) * 16777619u;
  return value;
}

// Texts that differ only behind what a slot keeps share it.
static void name_run(const char *text) {
  if (!text) return;
  char kept[TEXT] = {0};
  strncpy(kept, text, TEXT - 1);
  while (atomic_flag_test_and_set_explicit(&slots_taken, memory_order_acquire)) {}
  struct totals *to = totals;
  uint32_t first = hash(kept) % SLOTS;
  bool is_named = false;
  for (uint32_t i = 0; i < SLOTS && !is_named; i++) {
    struct slot *slot = &to->slots[(first + i) % SLOTS];
    if (!slot->text[0]) memcpy(slot->text, kept, TEXT);
    is_named = strcmp(slot->text, kept) == 0;
    if (is_named) add(&slot->runs, 1);
  }
  atomic_flag_clear_explicit(&slots_taken, memory_order_release);
  if (!is_named) add(&to->unnamed, 1);
}

static bool undoes(const char *text) { return text && strncasecmp(text, "ROLLBACK", 8) == 0; }

int sqlite3_step(sqlite3_stmt *statement) {
  if (depth || !statement) return NEXT(sqlite3_step)(statement);
  sqlite3 *db = sqlite3_db_handle(statement);
  const char *text = sqlite3_sql(statement);
  bool was_open = !sqlite3_get_autocommit(db), wrote = sqlite3_txn_state(db, NULL) == SQLITE_TXN_WRITE;
  int changes = sqlite3_total_changes(db);
  if (!sqlite3_stmt_busy(statement)) {
    add(&totals->statements, 1);
    name_run(text);
  }
  depth++;
  int result = NEXT(sqlite3_step)(statement);
  depth--;
  if (result == SQLITE_DONE && sqlite3_get_autocommit(db)) {
    bool ended = was_open && wrote && !undoes(text);
    bool wrote_alone = !was_open && sqlite3_total_changes(db) != changes;
    if (ended || wrote_alone) add(&totals->commits, 1);
  }
  return result;
}

int sqlite3_prepare_v2(sqlite3 *db, const char *text, int length, sqlite3_stmt **made, const char **rest) {
  if (!depth) add(&totals->prepares, 1);
  depth++;
  int result = NEXT(sqlite3_prepare_v2)(db, text, length, made, rest);
  depth--;
  return result;
}

int sqlite3_prepare_v3(
    sqlite3 *db, const char *text, int length, unsigned flags, sqlite3_stmt **made, const char **rest) {
  if (!depth) add(&totals->prepares, 1);
  depth++;
  int result = NEXT(sqlite3_prepare_v3)(db, text, length, flags, made, rest);
  depth--;
  return result;
}

int fsync(int fd) {
  add(&totals->syncs, 1);
  return NEXT(fsync)(fd);
}

int fdatasync(int fd) {
  add(&totals->syncs, 1);
  return NEXT(fdatasync)(fd);
}

// RabbitMQ: class 60, method 80.
int amqp_send_method(void *connection, uint16_t channel, uint32_t method, void *decoded) {
  int result = NEXT(amqp_send_method)(connection, channel, method, decoded);
  if (method == 0x003C0050) add(&totals->acks, 1);
  return result;
}

// Memory, by glibc's own names, for looking up the next definition allocates.

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void count(size_t size) {
  struct totals *to = totals;
  add(&to->allocations, 1);
  add(&to->bytes, size);
  if (size > LARGE) add(&to->large, 1);
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count(size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **made, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
  void *found = memalign(alignment, size);
  if (!found) return ENOMEM;
  *made = found;
  return 0;
}
