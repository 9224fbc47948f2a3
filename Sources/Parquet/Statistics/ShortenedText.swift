// A long text makes a poor bound. A shorter one does as well, as long as it is UTF-8 and on the right side:
//
//   below   the first characters of the text
//   above   the first characters of the text, the last of them replaced by the next in Unicode

/// A text of at most `Limits.boundByteCountMax` bytes, before `text`; nil where `text` is short or not UTF-8.
package func shortenedBelow(_ text: [UInt8]) -> [UInt8]? {
  shortened(text).map { $0.flatMap { Array(UTF8.encode($0)!) } }
}

/// A text of about `Limits.boundByteCountMax` bytes, after `text` and all texts that begin as it does;
/// nil where `text` is short, not UTF-8, or there is none.
package func shortenedAbove(_ text: [UInt8]) -> [UInt8]? {
  guard var scalars = shortened(text) else { return nil }
  while let last = scalars.popLast() {
    // The code points between are no characters: they stand for halves of UTF-16.
    let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
    guard let next = Unicode.Scalar(next) else { continue }
    scalars.append(next)
    return scalars.flatMap { Array(UTF8.encode($0)!) }
  }
  return nil
}

/// The characters of `text` that lie whole in its first bytes; nil where `text` is short enough, or not UTF-8.
private func shortened(_ text: [UInt8]) -> [Unicode.Scalar]? {
  guard text.count > Limits.boundByteCountMax else { return nil }
  var decoder = UTF8()
  var bytes = text.makeIterator()
  var scalars: [Unicode.Scalar] = []
  var byteCount = 0
  while case .scalarValue(let scalar) = decoder.decode(&bytes) {
    byteCount += UTF8.width(scalar)
    if byteCount > Limits.boundByteCountMax { return scalars }
    scalars.append(scalar)
  }
  return nil
}
