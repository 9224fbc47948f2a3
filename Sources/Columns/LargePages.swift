internal import CKernels
internal import Glibc

/// Asks the system to back memory that was not touched yet with large pages: random look-ups in many megabytes then
/// seldom miss the table of pages. Memory too small for that, or a system that does not do it, stays as it is.
package func adviseLargePages(_ memory: UnsafeRawPointer, byteCount: Int) {
  let pageByteCount = 2 << 20
  guard byteCount >= 2 * pageByteCount else { return }
  #if os(Linux)
    let start = (Int(bitPattern: memory) + pageByteCount - 1) / pageByteCount * pageByteCount
    let end = (Int(bitPattern: memory) + byteCount) / pageByteCount * pageByteCount
    if end > start { madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE) }
  #endif
}

/// Asks the allocator to keep what is freed: arrays of the same size that come and go are then made of the same pages,
/// which the system has not to clear again. All threads take them from one heap, backed with large pages. For a process
/// that reads, answers and ends.
package func keepFreedMemory() { muster_keep_freed_memory() }
