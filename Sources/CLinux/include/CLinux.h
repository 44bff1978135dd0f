#pragma once
// Linux calls that Swift's Glibc overlay does not offer.

#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>

/// An eventfd with EFD_CLOEXEC and EFD_NONBLOCK; -1 with errno on failure.
int clinux_eventfd(void);

/// Takes an exclusive lock on one byte of an open file, without waiting. The lock belongs to the open file
/// description (F_OFD_SETLK): the kernel drops it when the last descriptor closes, so also when the process dies.
/// 0 when taken, -1 with errno otherwise (EAGAIN: another holds it).
int clinux_lock_byte(int fd, int64_t offset);

/// Whether another open file description holds a lock on that byte: 1 yes, 0 no, -1 with errno.
int clinux_byte_is_locked(int fd, int64_t offset);

/// Names the calling thread, for debuggers and `top -H`; Linux keeps the first 15 bytes.
void clinux_name_thread(const char *name);

/// The type of the file system that `path` is on, a number of linux/magic.h, and the bytes that an ordinary user may
/// still take of it. 0, or -1 with errno.
int clinux_file_system(const char *path, uint32_t *type, uint64_t *free_bytes);

/// Whether the kernel may dump this process's memory, and others of its user look into it (PR_SET_DUMPABLE).
void clinux_set_dumpable(bool allowed);

/// Whether it may.
bool clinux_is_dumpable(void);

/// Has a process that posix_spawn starts keep only the three standard streams. 0, or an error number.
int clinux_close_others(posix_spawn_file_actions_t *actions);
