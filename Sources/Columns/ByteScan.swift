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

/// What one look at a line of text finds.
@usableFromInline
package struct LineMarks {
  /// Offset of the line break, or the count of bytes where there is none.
  package let end: Int
  /// Of `"`, their offsets in the room that was given.
  package let quoteCount: Int
  /// No `\\` and no byte below 0x20 in it, and the room was enough for all quotes.
  package let isOrdinary: Bool
  /// A byte lies beyond ASCII.
  package let isBeyondASCII: Bool

  @usableFromInline
  package init(end: Int, quoteCount: Int, isOrdinary: Bool, isBeyondASCII: Bool) {
    self.end = end
    self.quoteCount = quoteCount
    self.isOrdinary = isOrdinary
    self.isBeyondASCII = isBeyondASCII
  }
}

extension LineMarks {
  /// Bytes that this processor looks at together: 16, 32 (AVX2) or 64 (AVX-512 with VBMI2).
  package static let width = Int(muster_width())
}

/// Looks at the line at `start`, of at most `limit` bytes, which 64 readable ones follow.
/// - Parameters:
///   - quotes: gets the offsets of `"` from `start` on, at most `room` of them.
///   - width: at most ``LineMarks/width``.
@inlinable
package func lineMarks(
  _ start: UnsafePointer<UInt8>, limit: Int, quotes: UnsafeMutablePointer<UInt32>, room: Int, width: Int
) -> LineMarks {
  let most = UInt32(truncatingIfNeeded: room)
  let line =
    switch width {
    case 64: muster_line_widest(start, limit, quotes, most)
    case 32: muster_line_wide(start, limit, quotes, most)
    default: muster_line(start, limit, quotes, most)
    }
  return LineMarks(
    end: line.end, quoteCount: Int(line.quote_count), isOrdinary: line.is_ordinary != 0,
    isBeyondASCII: line.has_high != 0)
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

  /// Of the 64 bytes at `start`: quotes, line breaks, other bytes that no JSON text holds as they are, bytes beyond
  /// ASCII; in this form and in those that are used.
  package static func marks(_ start: UnsafePointer<UInt8>) -> [[UInt64]] {
    var forms = [muster_marks_of_portable(start), muster_marks_of(start)]
    if LineMarks.width >= 32 { forms.append(muster_marks_of_wide(start)) }
    if LineMarks.width >= 64 { forms.append(muster_marks_of_widest(start)) }
    return forms.map { [$0.quotes, $0.breaks, $0.odd, $0.high] }
  }

  /// As the function of the same name.
  package static func isPlainText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    return muster_is_plain_portable(base.assumingMemoryBound(to: UInt8.self), bytes.count) != 0
  }
}
