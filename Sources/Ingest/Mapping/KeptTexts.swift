/// Names and constants of a parser, at places that do not move as long as it lives.
///
/// Sendable because nothing changes once the parser is made.
final class KeptTexts: @unchecked Sendable {
  private var blocks: [UnsafeMutablePointer<UInt8>] = []
  /// Slots that stand in for others, in lists one behind another.
  private(set) var slots: [Int] = []

  deinit { for block in blocks { block.deallocate() } }

  /// Where in `slots` the list lies.
  func keep(slots list: [Int]) -> Range<Int> {
    slots += list
    return slots.count - list.count..<slots.count
  }

  /// A copy of `text` with readable zeros behind it.
  func keep(_ text: String) -> FieldValue {
    let bytes = Array(text.utf8)
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + LogChunk.paddingByteCount)
    block.initialize(repeating: 0, count: bytes.count + LogChunk.paddingByteCount)
    for (index, byte) in bytes.enumerated() { block[index] = byte }
    blocks.append(block)
    return FieldValue(.field, block, block + bytes.count)
  }
}
