#include "CKernels.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#include <stdlib.h>
#endif

#if defined(__GLIBC__)
/// The heap, and how far it grows at once. Room alone: what is not touched takes no memory.
enum { heap_byte_count = 256 << 20, large_page_byte_count = 2 << 20 };

/// Asks for large pages behind what is left of the heap, now that it has grown at once.
static void advise_heap(void) {
  uintptr_t end = (uintptr_t)sbrk(0) / large_page_byte_count * large_page_byte_count;
  uintptr_t start = end - heap_byte_count + large_page_byte_count;
  madvise((void *)start, end - start, MADV_HUGEPAGE);
}
#endif

void muster_keep_freed_memory(void) {
#if defined(__GLIBC__)
  // The most that glibc takes: larger arrays still go back at once.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  // One heap for all threads, so that large pages serve all of them.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, heap_byte_count);
  // More than the heap has: it grows.
  void *volatile more = malloc(1 << 20);
  if (more == NULL) return;
  free(more);
  advise_heap();
#endif
}
