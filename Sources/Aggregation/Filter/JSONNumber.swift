/// The grammar of a JSON number, and the value of what matches it.
enum JSONNumber {
  /// How many leading bytes of `bytes` are a JSON number; 0 where none are.
  static func prefixCount(_ bytes: some RandomAccessCollection<UInt8>) -> Int {
    var rest = bytes[...]
    func digits() -> Int {
      let count = rest.prefix { (48...57).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    if rest.first == UInt8(ascii: "0") {
      rest = rest.dropFirst()
    } else if digits() == 0 {
      return 0
    }
    var end = bytes.count - rest.count
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard digits() > 0 else { return end }
      end = bytes.count - rest.count
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      guard digits() > 0 else { return end }
      end = bytes.count - rest.count
    }
    return end
  }

  /// The nearest double where all of `bytes` is a JSON number, infinite where none is near; else nil.
  static func value(_ bytes: UnsafeRawBufferPointer) -> Double? {
    if let integer = shortInteger(bytes) { return integer }
    guard !bytes.isEmpty, prefixCount(bytes) == bytes.count else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self))
  }

  /// Most numbers: up to 15 digits and no sign, exact in a double.
  private static func shortInteger(_ bytes: UnsafeRawBufferPointer) -> Double? {
    guard (1...15).contains(bytes.count), bytes[0] != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
    var value = 0
    for byte in bytes {
      guard (48...57).contains(byte) else { return nil }
      value = value * 10 + Int(byte &- 48)
    }
    return Double(value)
  }
}
