#include "CKernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void muster_keep_freed_memory(void) {
#if defined(__GLIBC__)
  // The most that glibc takes: larger arrays still go back at once.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}
