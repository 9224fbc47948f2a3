#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CDurability.h"
#include <unistd.h>

int muster_syncfs(int descriptor) {
#ifdef __linux__
  return syncfs(descriptor);
#else
  sync();
  return fsync(descriptor);
#endif
}
