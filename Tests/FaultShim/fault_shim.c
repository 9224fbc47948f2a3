// Faults at system calls, for tests: loaded before the C library with LD_PRELOAD, it counts the calls of a process that
// concern one folder, and lets the n-th of them fail, or the process or the machine end there.
//
//   FAULT_PATH    only calls on paths that contain this text
//   FAULT_CALLS   names of calls, each with a comma behind: "rename,fsync,"; none means all that change something
//   FAULT_AT      the number of the call, from 1, at which the fault happens
//   FAULT_ACTION  kill    the process ends before the call
//                 tear    half of what is to be written is written, then the process ends
//                 power   the process ends, and bytes that were never synced are gone
//                 short   a read or write does half of what was asked
//                 stop    the process stands still until it gets SIGCONT
//                 NUMBER  the call fails with this errno
//   FAULT_LAST    the last call with the fault; nothing: only FAULT_AT, 0: no last
//   FAULT_STEP    of the calls from FAULT_AT to FAULT_LAST only every second, third, … has the fault
//   FAULT_LOG     a file to which every counted call is appended: number, name, path
//   FAULT_CLOCK   seconds that are added to the time of day
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long callCount;
static __thread int inside;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

// Files with bytes that were never synced, and the length that would stay.
static struct {
  char path[512];
  off_t kept;
} unsynced[512];
static int unsyncedCount;

static int place(const char *path) {
  for (int i = 0; i < unsyncedCount; i++)
    if (!strcmp(unsynced[i].path, path)) return i;
  return -1;
}

static void forget(const char *path) {
  int at = place(path);
  if (at >= 0) unsynced[at] = unsynced[--unsyncedCount];
}

static void touch(const char *path) {
  struct stat info;
  if (place(path) >= 0 || unsyncedCount == 512 || strlen(path) >= 512) return;
  unsynced[unsyncedCount].kept = stat(path, &info) ? 0 : info.st_size;
  strcpy(unsynced[unsyncedCount++].path, path);
}

static void end(int isPower) {
  for (int i = 0; isPower && i < unsyncedCount; i++) truncate(unsynced[i].path, unsynced[i].kept);
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static void pathOf(int descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t count = readlink(link, path, PATH_MAX - 1);
  path[count < 0 ? 0 : count] = 0;
}

static int isNamed(const char *call, const char *calls) {
  size_t count = strlen(call);
  for (const char *at = strstr(calls, call); at; at = strstr(at + 1, call))
    if ((at == calls || at[-1] == ',') && at[count] == ',') return 1;
  return 0;
}

// What a call is to do: 0 go on, -1 half of it, else the errno to fail with.
static int fault(const char *call, const char *path, int isReading, void (*tear)(void *), void *what) {
  const char *part = setting("FAULT_PATH");
  if (inside || !part || !strstr(path, part)) return 0;
  const char *calls = setting("FAULT_CALLS");
  if (calls ? !isNamed(call, calls) : isReading) return 0;
  int result = 0;
  inside = 1;
  pthread_mutex_lock(&guard);
  long number = ++callCount;
  const char *log = setting("FAULT_LOG");
  if (log) {
    FILE *file = fopen(log, "a");
    if (file) {
      fprintf(file, "%ld %s %s\n", number, call, path);
      fclose(file);
    }
  }
  const char *at = setting("FAULT_AT"), *last = setting("FAULT_LAST"), *action = setting("FAULT_ACTION");
  long first = at ? atol(at) : 0, until = last ? atol(last) : first;
  long step = setting("FAULT_STEP") ? atol(setting("FAULT_STEP")) : 1;
  if (first && action && number >= first && (until == 0 || number <= until) && (number - first) % step == 0) {
    if (!strcmp(action, "kill") || !strcmp(action, "power")) end(action[0] == 'p');
    if (!strcmp(action, "tear")) {
      if (tear) tear(what);
      end(0);
    }
    if (!strcmp(action, "stop")) syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSTOP);
    result = !strcmp(action, "short") ? -1 : atoi(action);
  }
  pthread_mutex_unlock(&guard);
  inside = 0;
  return result;
}

static void change(const char *path, int isSynced) {
  const char *part = setting("FAULT_PATH");
  if (inside || !part || !strstr(path, part)) return;
  pthread_mutex_lock(&guard);
  if (isSynced) forget(path); else touch(path);
  pthread_mutex_unlock(&guard);
}

#define FAIL(...) \
  do { \
    int code = fault(__VA_ARGS__); \
    if (code > 0) { errno = code; return -1; } \
  } while (0)

static int opened(int folder, const char *path, int flags, mode_t mode) {
  int isWriting = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
  FAIL(isWriting ? "open" : "open-read", path, !isWriting, NULL, NULL);
  if (isWriting && flags & (O_TRUNC | O_CREAT)) change(path, 0);
  return (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { \
    va_list list; \
    va_start(list, flags); \
    mode = (mode_t)va_arg(list, int); \
    va_end(list); \
  }

int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) return opened(folder, path, flags, mode); }

struct piece {
  int descriptor;
  const void *bytes;
  size_t count;
  off_t offset;
};

static void tearPiece(void *what) {
  struct piece *piece = what;
  if (piece->offset < 0) {
    (void)!syscall(SYS_write, piece->descriptor, piece->bytes, piece->count / 2);
  } else {
    (void)!syscall(SYS_pwrite64, piece->descriptor, piece->bytes, piece->count / 2, piece->offset);
  }
}

// How many bytes a write is to write; -1 where it fails.
static ssize_t allowed(const char *call, int descriptor, const void *bytes, size_t count, off_t offset) {
  char path[PATH_MAX];
  struct piece piece = {descriptor, bytes, count, offset};
  if (inside) return (ssize_t)count;
  pathOf(descriptor, path);
  int code = fault(call, path, 0, tearPiece, &piece);
  if (code > 0) { errno = code; return -1; }
  change(path, 0);
  return (ssize_t)(code < 0 && count > 1 ? count / 2 : count);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  ssize_t some = allowed("write", descriptor, bytes, count, -1);
  return some < 0 ? -1 : syscall(SYS_write, descriptor, bytes, (size_t)some);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  ssize_t some = allowed("pwrite", descriptor, bytes, count, offset);
  return some < 0 ? -1 : syscall(SYS_pwrite64, descriptor, bytes, (size_t)some, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  return pwrite(descriptor, bytes, count, offset);
}

ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
  ssize_t some = count > 0 ? allowed("write", descriptor, pieces[0].iov_base, pieces[0].iov_len, -1) : 0;
  return some < 0 ? -1 : syscall(SYS_writev, descriptor, pieces, count);
}

static ssize_t wanted(const char *call, int descriptor, size_t count) {
  char path[PATH_MAX];
  if (inside) return (ssize_t)count;
  pathOf(descriptor, path);
  int code = fault(call, path, 1, NULL, NULL);
  if (code > 0) { errno = code; return -1; }
  return (ssize_t)(code < 0 && count > 1 ? count / 2 : count);
}

ssize_t read(int descriptor, void *bytes, size_t count) {
  ssize_t some = wanted("read", descriptor, count);
  return some < 0 ? -1 : syscall(SYS_read, descriptor, bytes, (size_t)some);
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  ssize_t some = wanted("pread", descriptor, count);
  return some < 0 ? -1 : syscall(SYS_pread64, descriptor, bytes, (size_t)some, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) {
  return pread(descriptor, bytes, count, offset);
}

int rename(const char *from, const char *to) {
  FAIL("rename", from, 0, NULL, NULL);
  int status = REAL(rename)(from, to);
  pthread_mutex_lock(&guard);
  int at = status == 0 && !inside ? place(from) : -1;
  if (at >= 0 && strlen(to) < 512) strcpy(unsynced[at].path, to);
  pthread_mutex_unlock(&guard);
  return status;
}

int unlink(const char *path) {
  FAIL("unlink", path, 0, NULL, NULL);
  change(path, 1);
  return REAL(unlink)(path);
}

int rmdir(const char *path) {
  FAIL("rmdir", path, 0, NULL, NULL);
  return REAL(rmdir)(path);
}

int mkdir(const char *path, mode_t mode) {
  FAIL("mkdir", path, 0, NULL, NULL);
  return REAL(mkdir)(path, mode);
}

static int synced(const char *call, int descriptor, int isAll) {
  char path[PATH_MAX];
  if (inside) return 0;
  pathOf(descriptor, path);
  FAIL(call, path, 0, NULL, NULL);
  if (isAll) unsyncedCount = 0; else change(path, 1);
  return 0;
}

// The files of tests are small and short-lived: what the machine would lose is kept in `unsynced`, so nothing waits.
int fsync(int descriptor) { return synced("fsync", descriptor, 0); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor, 0); }
int syncfs(int descriptor) { return synced("syncfs", descriptor, 1); }

int ftruncate(int descriptor, off_t length) {
  char path[PATH_MAX];
  if (!inside) {
    pathOf(descriptor, path);
    FAIL("ftruncate", path, 0, NULL, NULL);
  }
  return (int)syscall(SYS_ftruncate, descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

static time_t shift(void) {
  const char *seconds = setting("FAULT_CLOCK");
  return seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int status = REAL(clock_gettime)(clock, time);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += shift();
  return status;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  int status = REAL(gettimeofday)(time, zone);
  time->tv_sec += shift();
  return status;
}

time_t time(time_t *result) {
  time_t now = REAL(time)(NULL) + shift();
  if (result) *result = now;
  return now;
}
