#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CDurability.h"
#include <fcntl.h>
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
