public import CKernels

/// The first `"`, `\` or byte below 0x20 at or behind `start`: there must be one, with 32 readable bytes behind it.
@inlinable
@inline(__always)
package func stringSpecial(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> { muster_string_special(start) }

/// Whether no byte is 0 or beyond ASCII; about 20 GB/s.
@inlinable
package func isPlainText(_ bytes: UnsafeRawBufferPointer) -> Bool {
  guard let base = bytes.baseAddress else { return true }
  return muster_is_plain(base.assumingMemoryBound(to: UInt8.self), bytes.count) != 0
}

/// Asks the processor for the cache line at `address`, which will be read soon. It need not be readable.
@inlinable
@inline(__always)
package func prefetch(_ address: UnsafeRawPointer) { muster_prefetch(address) }

/// As ``prefetch(_:)`` for a line that will be written.
@inlinable
@inline(__always)
package func prefetchForWriting(_ address: UnsafeRawPointer) { muster_prefetch_write(address) }

/// The kernels of this file without intrinsics, for the tests that hold one form against the other.
package enum PortableKernels {
  /// As the function of the same name.
  package static func stringSpecial(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    muster_string_special_portable(start)
  }

  /// As the function of the same name.
  package static func isPlainText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    return muster_is_plain_portable(base.assumingMemoryBound(to: UInt8.self), bytes.count) != 0
  }
}
