// Swift's Mutex, seen by the thread sanitizer: an uncontended lock is an atomic that it sees, a contended one is given
// from thread to thread by the kernel, inside a library that was not compiled for the sanitizer. These two functions
// stand in front of that library's, and say what it does.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *);
void __tsan_release(void *);

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

SWIFT void muster_lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void muster_unlock_slow(SELF) __asm__(UNLOCK);

SWIFT void muster_lock_slow(uint32_t thread, SELF) {
  ((SWIFT void (*)(uint32_t, SELF))real(LOCK))(thread, mutex);
  __tsan_acquire(mutex);
}

SWIFT void muster_unlock_slow(SELF) {
  __tsan_release(mutex);
  ((SWIFT void (*)(SELF))real(UNLOCK))(mutex);
}
