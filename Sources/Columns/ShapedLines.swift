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
    gap.count = UInt32(count)
    gap.mask = UInt32(truncatingIfNeeded: (1 << UInt64(count)) - 1 as UInt64)
    withUnsafeMutableBytes(of: &gap.bytes) { $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: count)) }
    self.gap = gap
  }

  /// Of bytes.
  @inlinable package var count: Int { Int(gap.count) }

  /// Whether the gap lies at `place`, of which 32 bytes are readable.
  @inlinable
  @inline(__always)
  package static func lies(_ gap: UnsafePointer<LineGap>, at place: UnsafePointer<UInt8>) -> Bool {
    gap.withMemoryRebound(to: muster_gap.self, capacity: 1) { muster_unlike(place, $0) == 0 }
  }
}

/// What is alike in lines of one shape: what lies before each of their texts, and what ends them.
package final class LinesShape {
  /// A longer end of a line is not known.
  package static let tailByteCountMax = 256

  /// Of texts.
  package let count: Int
  private let gaps: UnsafeMutablePointer<LineGap>
  private let tailGapCount: Int
  private let tailByteCount: Int
  private let tailQuoteCount: Int

  /// Lines with `count` texts, each behind its gap of `gaps`, which `tail` ends, from the quote behind the last text to
  /// the line break.
  package init(gaps: UnsafePointer<LineGap>, count: Int, tail: UnsafeBufferPointer<UInt8>) {
    precondition(tail.count <= Self.tailByteCountMax)
    self.count = count
    let pieces = stride(from: 0, to: tail.count, by: LineGap.byteCountMax).map { start in
      LineGap(tail.baseAddress! + start, count: min(LineGap.byteCountMax, tail.count - start))
    }
    self.gaps = .allocate(capacity: count + pieces.count)
    self.gaps.initialize(from: gaps, count: count)
    for (index, piece) in pieces.enumerated() { (self.gaps + count + index).initialize(to: piece) }
    (tailGapCount, tailByteCount) = (pieces.count, tail.count)
    tailQuoteCount = tail.count { $0 == 0x22 }
  }

  deinit { gaps.deallocate() }

  /// Looks at lines of JSON from `start` on, as long as they are plain and of this shape.
  /// - Parameters:
  ///   - limit: of bytes, which 64 readable ones follow.
  ///   - texts: gets ``ShapedLines/countMax`` a text: all of the first, then all of the next.
  ///   - most: of lines; at most ``ShapedLines/countMax``.
  ///   - places: memory to work in, of `room` numbers, at least 80.
  ///   - width: at most ``LineMarks/width``.
  package func lines(
    _ start: UnsafePointer<UInt8>, limit: Int, texts: UnsafeMutablePointer<PlacedText>, most: Int,
    places: UnsafeMutablePointer<UInt32>, room: Int, width: Int
  ) -> ShapedLines {
    let (most, room) = (min(most, ShapedLines.countMax), UInt32(room))
    var shape = muster_shape(
      gaps: UnsafeRawPointer(gaps).assumingMemoryBound(to: muster_gap.self), count: UInt32(count),
      tail_gap_count: UInt32(tailGapCount), tail_byte_count: UInt32(tailByteCount),
      tail_quote_count: UInt32(tailQuoteCount))
    let texts = UnsafeMutableRawPointer(texts).assumingMemoryBound(to: muster_text.self)
    let found =
      switch width {
      case 64: muster_shaped_lines_widest(start, limit, &shape, texts, most, places, room)
      case 32: muster_shaped_lines_wide(start, limit, &shape, texts, most, places, room)
      default: muster_shaped_lines(start, limit, &shape, texts, most, places, room)
      }
    return ShapedLines(count: found.line_count, end: found.end)
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
