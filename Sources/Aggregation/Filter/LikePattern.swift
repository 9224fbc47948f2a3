/// A `like` pattern: `%` is any text, `_` any one code point, all else itself; it matches whole values.
package struct LikePattern: Sendable {
  let text: String
  private let bytes: [UInt8]

  /// The pattern as it is written, without escapes.
  package init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// Whether the whole of `value`, UTF-8, matches. Cost: at worst the product of the lengths.
  package func matches(_ value: UnsafeRawBufferPointer) -> Bool {
    var (place, index) = (0, 0)
    var afterPercent: (index: Int, place: Int)?
    while place < value.count {
      if index < bytes.count, bytes[index] == UInt8(ascii: "%") {
        index += 1
        afterPercent = (index, place)
      } else if index < bytes.count, bytes[index] == UInt8(ascii: "_") {
        index += 1
        place = Self.behindCodePoint(place, in: value)
      } else if index < bytes.count, bytes[index] == value[place] {
        index += 1
        place += 1
      } else if let retry = afterPercent {
        // The last `%` takes one code point more; an earlier one would gain nothing.
        index = retry.index
        place = Self.behindCodePoint(retry.place, in: value)
        afterPercent = (index, place)
      } else {
        return false
      }
    }
    return bytes[index...].allSatisfy { $0 == UInt8(ascii: "%") }
  }

  private static func behindCodePoint(_ place: Int, in value: UnsafeRawBufferPointer) -> Int {
    var next = place + 1
    while next < value.count, value[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
