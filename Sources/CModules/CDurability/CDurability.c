#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CDurability.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int muster_syncfs(int descriptor) {
#ifdef __linux__
  return syncfs(descriptor);
#else
  sync();
  return fsync(descriptor);
#endif
}

void muster_write_soon(int descriptor, long long offset) {
#ifdef __linux__
  sync_file_range(descriptor, offset, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

long long muster_write_past_cache(const char *path, const void *bytes, long long count, long long offset) {
  long long written = 0;
#ifdef __linux__
  const long long page = 4096, piece = 1 << 20;
  void *room = NULL;
  if (count < page || offset % page != 0) return 0;
  int descriptor = open(path, O_WRONLY | O_DIRECT | O_CLOEXEC);
  if (descriptor < 0) return 0;
  if (posix_memalign(&room, page, piece) == 0) {
    while (count - written >= page) {
      long long left = (count - written) / page * page, next = left < piece ? left : piece;
      memcpy(room, (const char *)bytes + written, next);
      if (pwrite(descriptor, room, next, offset + written) != next) break;
      written += next;
    }
    free(room);
  }
  close(descriptor);
#endif
  return written;
}
