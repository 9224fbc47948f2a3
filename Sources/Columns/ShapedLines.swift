public import CKernels

/// A text where it lies: `count` bytes from `start`.
package struct PlacedText: BitwiseCopyable {
  package var start: UnsafePointer<UInt8>
  package var count: Int

  @inlinable
  @inline(__always)
  package init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  @inlinable package var bytes: UnsafeRawBufferPointer {
    @inline(__always) get { UnsafeRawBufferPointer(start: start, count: count) }
  }
}

/// What lies between two texts of a line, from the closing quote of one to the opening quote of the next.
@usableFromInline
package struct LineGap: BitwiseCopyable {
  /// A longer one cannot be told.
  package static let byteCountMax = 32

  @usableFromInline let gap: muster_gap

  /// The gap of `count` bytes at `start`.
  package init(_ start: UnsafePointer<UInt8>, count: Int) {
    precondition(count <= Self.byteCountMax)
    var gap = muster_gap()
    gap.count = UInt16(count)
    gap.quote_count = UInt16(UnsafeBufferPointer(start: start, count: count).count { $0 == 0x22 })
    gap.mask = UInt32(truncatingIfNeeded: (1 << UInt64(count)) - 1 as UInt64)
    withUnsafeMutableBytes(of: &gap.bytes) { $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: count)) }
    self.gap = gap
  }

  @inlinable package var count: Int { Int(gap.count) }

  /// Whether the gap lies at `place`, of which 32 bytes are readable.
  @inlinable
  @inline(__always)
  package static func lies(_ gap: UnsafePointer<LineGap>, at place: UnsafePointer<UInt8>) -> Bool {
    gap.withMemoryRebound(to: muster_gap.self, capacity: 1) { muster_unlike(place, $0) == 0 }
  }
}

/// Lines of one shape, one behind another.
package struct ShapedLines {
  /// Lines that are looked at together, at most.
  package static let countMax = Int(MUSTER_LINES)

  package let count: Int
  /// Where the line behind them begins.
  package let end: Int
}

/// Looks at lines of JSON from `start` on, as long as they are plain and have the texts between `gaps` and nothing else.
/// - Parameters:
///   - limit: of bytes, which 64 readable ones follow.
///   - gaps: of each text what lies before it, and behind them what ends the line.
///   - count: of texts.
///   - texts: gets ``ShapedLines/countMax`` a text: all of the first, then all of the next.
///   - most: of lines; at most ``ShapedLines/countMax``.
///   - places: memory to work in, of `room` numbers, at least 80.
///   - width: at most ``LineMarks/width``.
package func shapedLines(
  _ start: UnsafePointer<UInt8>, limit: Int, gaps: UnsafePointer<LineGap>, count: Int,
  texts: UnsafeMutablePointer<PlacedText>, most: Int, places: UnsafeMutablePointer<UInt32>, room: Int, width: Int
) -> ShapedLines {
  let (most, fieldCount, room) = (min(most, ShapedLines.countMax), UInt32(count), UInt32(room))
  let gaps = UnsafeRawPointer(gaps).assumingMemoryBound(to: muster_gap.self)
  let texts = UnsafeMutableRawPointer(texts).assumingMemoryBound(to: muster_text.self)
  let found =
    switch width {
    case 64: muster_shaped_lines_widest(start, limit, gaps, fieldCount, texts, most, places, room)
    case 32: muster_shaped_lines_wide(start, limit, gaps, fieldCount, texts, most, places, room)
    default: muster_shaped_lines(start, limit, gaps, fieldCount, texts, most, places, room)
    }
  return ShapedLines(count: found.line_count, end: found.end)
}
