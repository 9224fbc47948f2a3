internal import Glibc

/// Finds where records end in bytes that start with a record.
///
/// Without quoting a record ends at its line break. With quoting a line break inside a quoted field belongs to the
/// field; a quote opens a field only at the field's start (`5" pipe` is plain text).
///
/// A quote that is not closed within the longest record, or before the source ends, would swallow good lines. So the
/// opening line then stands alone (the parser rejects it), and up to the place that was searched in vain lines are
/// taken singly: every byte is looked at a bounded number of times.
package struct RecordBoundaries {
  /// The delimiter of a format with quoted fields, nil without quoting.
  let quotedDelimiter: UInt8?
  /// Lines that start before this offset in the source stand alone.
  private var singleLinesUntil = 0

  /// Boundaries of a format whose quoted fields lie between `quotedDelimiter`; nil without quoting.
  package init(quotedDelimiter: UInt8?) { self.quotedDelimiter = quotedDelimiter }

  enum End: Equatable {
    /// The record's bytes, its line break included, end here.
    case at(Int)
    /// No line break follows.
    case noBreak
    /// There are line breaks, all inside of a field that is still open.
    case openQuote
    /// The source ends before the record's line break; there are breaks inside it, and all quotes are closed.
    case endOfSource
  }

  /// The end of the record that starts at `start`; offsets of breaks inside it go to `joined`.
  /// - Parameters:
  ///   - sourceOffset: where `bytes` begin in the source.
  ///   - isLast: the source ends where `bytes` do.
  func end(
    of start: Int, in bytes: UnsafeRawBufferPointer, sourceOffset: Int, isLast: Bool, joined: inout [Int]
  ) -> End {
    let joinedCount = joined.count
    var line = start
    var isQuoted = false
    while true {
      guard let lineBreak = find(0x0A, in: bytes, from: line) else {
        if isLast, line > start, let delimiter = quotedDelimiter,
          !Self.isQuoted(after: bytes, line..<bytes.count, from: true, delimiter: delimiter)
        {
          return .endOfSource
        }
        joined.removeLast(joined.count - joinedCount)
        return line == start ? .noBreak : .openQuote
      }
      guard let delimiter = quotedDelimiter, sourceOffset + start >= singleLinesUntil else { return .at(lineBreak + 1) }
      isQuoted = Self.isQuoted(after: bytes, line..<lineBreak, from: isQuoted, delimiter: delimiter)
      if !isQuoted { return .at(lineBreak + 1) }
      joined.append(lineBreak)
      line = lineBreak + 1
    }
  }

  /// The end of the last whole record in `bytes`, nil where there is none, with the breaks inside of records, and
  /// whether a quote is open in what follows.
  package func lastEnd(
    in bytes: UnsafeRawBufferPointer, sourceOffset: Int, isLast: Bool
  ) -> (end: Int?, joined: [Int], isOpen: Bool) {
    guard quotedDelimiter != nil else {
      return (bytes.lastIndex(of: 0x0A).map { $0 + 1 }, [], false)
    }
    var joined: [Int] = []
    var start = 0
    while true {
      switch end(of: start, in: bytes, sourceOffset: sourceOffset, isLast: isLast, joined: &joined) {
      case .at(let next): start = next
      case .noBreak, .endOfSource: return (start == 0 ? nil : start, joined, false)
      case .openQuote: return (start == 0 ? nil : start, joined, true)
      }
    }
  }

  /// Takes lines singly that start before `offset` in the source.
  mutating func giveUpQuotes(until offset: Int) { singleLinesUntil = max(singleLinesUntil, offset) }

  /// Whether a quoted field is open behind the bytes of `line`.
  private static func isQuoted(
    after bytes: UnsafeRawBufferPointer, _ line: Range<Int>, from isQuotedBefore: Bool, delimiter: UInt8
  ) -> Bool {
    let line = UnsafeRawBufferPointer(rebasing: bytes[line])
    var isQuoted = isQuotedBefore
    var position = 0
    if !isQuoted, find(0x22, in: line, from: 0) == nil { return false }
    while true {
      if isQuoted {
        guard let quote = find(0x22, in: line, from: position) else { return true }
        position = quote + 1
        if position < line.count, line[position] == 0x22 { position += 1 } else { isQuoted = false }
      } else {
        // At the start of the line, or behind a closing quote or a delimiter.
        if position < line.count, line[position] == 0x22, position == 0 || line[position - 1] == delimiter {
          isQuoted = true
          position += 1
        } else {
          guard let next = find(delimiter, in: line, from: position) else { return false }
          position = next + 1
        }
      }
    }
  }
}

/// The offset of `byte` in `bytes` at or behind `start`.
func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  guard start < bytes.count, let base = bytes.baseAddress,
    let found = memchr(base + start, Int32(byte), bytes.count - start)
  else { return nil }
  return UnsafeRawPointer(found) - base
}
