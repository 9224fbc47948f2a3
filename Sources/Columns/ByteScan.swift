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
  /// Of the bytes that were sought, their offsets in the room that was given.
  package let markCount: Int
  /// No odd byte is in it, and the room was enough for all marks.
  package let isOrdinary: Bool
  /// A byte lies beyond ASCII.
  package let isBeyondASCII: Bool

  @usableFromInline
  init(_ marks: muster_line_marks) {
    end = marks.end
    markCount = Int(marks.mark_count)
    isOrdinary = marks.is_ordinary != 0
    isBeyondASCII = marks.has_high != 0
  }
}

extension LineMarks {
  /// Bytes that this processor looks at together: 16, 32 (AVX2) or 64 (AVX-512 with VBMI2).
  package static let width = Int(muster_width())
}

/// What is looked for in a line.
@usableFromInline
package struct SoughtBytes: Sendable {
  @usableFromInline let sought: muster_sought

  /// In a line of JSON: quotes; what no text holds as it is, a backslash or a byte below a blank, is odd.
  package static let json = SoughtBytes(mark: 0x22, odd: 0x5C, below: 0x20)

  /// In a row: its delimiters; a quote, where there are any, and a NUL are odd.
  package static func row(delimiter: UInt8, hasQuotes: Bool) -> SoughtBytes {
    SoughtBytes(mark: delimiter, odd: hasQuotes ? 0x22 : 0, below: 1)
  }

  private init(mark: UInt8, odd: UInt8, below: UInt8) { sought = muster_sought(mark: mark, odd: odd, below: below) }
}

/// Looks at the line at `start`, of at most `limit` bytes, which 64 readable ones follow.
/// - Parameters:
///   - sought: bytes of ASCII.
///   - places: gets the offsets of marks from `start` on, at most `room` of them.
///   - width: at most ``LineMarks/width``.
@inlinable
package func lineMarks(
  _ start: UnsafePointer<UInt8>, limit: Int, of sought: SoughtBytes, places: UnsafeMutablePointer<UInt32>, room: Int,
  width: Int
) -> LineMarks {
  let (sought, most) = (sought.sought, UInt32(truncatingIfNeeded: room))
  let line =
    switch width {
    case 64: muster_line_widest(start, limit, sought, places, most)
    case 32: muster_line_wide(start, limit, sought, places, most)
    default: muster_line(start, limit, sought, places, most)
    }
  return LineMarks(line)
}

/// The first and the next eight bytes of a text of at most 16, zeros behind its end; as many are readable.
@inlinable
@inline(__always)
package func shortText(_ start: UnsafePointer<UInt8>, count: Int) -> (head: UInt64, tail: UInt64) {
  let text = muster_short(start, count)
  return (text.head, text.tail)
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

  /// Of the 64 bytes at `start`: marks, line breaks, odd bytes, bytes beyond ASCII; in this form and in those that are
  /// used.
  package static func marks(_ start: UnsafePointer<UInt8>, of sought: SoughtBytes) -> [[UInt64]] {
    let sought = sought.sought
    var forms = [muster_marks_of_portable(start, sought), muster_marks_of(start, sought)]
    if LineMarks.width >= 32 { forms.append(muster_marks_of_wide(start, sought)) }
    if LineMarks.width >= 64 { forms.append(muster_marks_of_widest(start, sought)) }
    return forms.map { [$0.marks, $0.breaks, $0.odd, $0.high] }
  }

  /// Which bytes of `gap` do not lie at `start`, a bit each; in this form and in those that are used.
  package static func unlike(_ gap: LineGap, at start: UnsafePointer<UInt8>) -> [UInt32] {
    withUnsafePointer(to: gap.gap) { gap in
      let forms = [muster_unlike_portable(start, gap), muster_unlike(start, gap)]
      return LineMarks.width >= 64 ? forms + [muster_unlike_widest(start, gap)] : forms
    }
  }

  /// As the function of the same name.
  package static func isPlainText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    return muster_is_plain_portable(base.assumingMemoryBound(to: UInt8.self), bytes.count) != 0
  }
}
