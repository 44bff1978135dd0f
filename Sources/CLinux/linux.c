#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static struct flock one_byte(int64_t offset) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
    return lock;
}

int clinux_lock_byte(int fd, int64_t offset) {
    struct flock lock = one_byte(offset);
    return fcntl(fd, F_OFD_SETLK, &lock);
}

int clinux_byte_is_locked(int fd, int64_t offset) {
    struct flock lock = one_byte(offset);
    if (fcntl(fd, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type == F_UNLCK ? 0 : 1;
}

void clinux_name_thread(const char *name) {
    char kept[16];
    strncpy(kept, name, sizeof kept - 1);
    kept[sizeof kept - 1] = 0;
    pthread_setname_np(pthread_self(), kept);
}

int clinux_file_system(const char *path, uint32_t *type, uint64_t *free_bytes) {
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    *type = (uint32_t)status.f_type;
    *free_bytes = (uint64_t)status.f_bavail * (uint64_t)status.f_bsize;
    return 0;
}

void clinux_set_dumpable(bool allowed) { prctl(PR_SET_DUMPABLE, allowed ? 1 : 0, 0, 0, 0); }

bool clinux_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1; }

int clinux_close_others(posix_spawn_file_actions_t *actions) {
    return posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
}
