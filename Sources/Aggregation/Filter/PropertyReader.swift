/// Finds a property in canonical JSON text, and gives its text form.
///
/// ```
/// {"a":{"b":"x\ny"},"n":1.50}        properties.a.b → the text x⏎y, escapes resolved
///                                    properties.n   → 1.50, as stored
///                                    properties.a   → {"b":"x\ny"}, as stored
///                                    properties.c   → missing, as a JSON null is
/// ```
///
/// The text was checked when it was stored. Of any other text no promise is made but that reading ends within it.
package struct PropertyReader {
  /// Bytes of the last string with escapes.
  private var unescaped: [UInt8] = []

  package init() {}

  /// Calls `body` with the text form of the value at `keys`, nil where it is missing.
  package mutating func withText<R>(
    at keys: [String], in json: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) -> R
  ) -> R {
    var scan = PropertyScan(json: json)
    for key in keys {
      guard scan.enter(key, unescaped: &unescaped) else { return body(nil) }
    }
    let start = scan.place
    guard start < json.count, scan.skipValue() else { return body(nil) }
    let raw = UnsafeRawBufferPointer(rebasing: json[start..<scan.place])
    guard raw[0] == UInt8(ascii: "\"") else { return body(raw.elementsEqual("null".utf8) ? nil : raw) }
    let content = UnsafeRawBufferPointer(rebasing: raw[1..<(raw.count - 1)])
    guard content.contains(UInt8(ascii: "\\")) else { return body(content) }
    Self.unescape(content, to: &unescaped)
    return unescaped.withUnsafeBytes { body($0) }
  }

  /// Resolves the escapes of a JSON string.
  static func unescape(_ content: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    output.removeAll(keepingCapacity: true)
    var place = 0
    while place < content.count {
      let byte = content[place]
      guard byte == UInt8(ascii: "\\"), place + 1 < content.count else {
        output.append(byte)
        place += 1
        continue
      }
      let letter = content[place + 1]
      place += 2
      switch letter {
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "u"): output.append(contentsOf: codePoint(content, &place).utf8)
      default: output.append(letter)
      }
    }
  }

  /// The character whose four digits, behind `\u`, start at `place`; two escapes where they are a surrogate pair.
  private static func codePoint(_ content: UnsafeRawBufferPointer, _ place: inout Int) -> Character {
    let replacement: Character = "\u{FFFD}"
    guard let high = unit(content, at: place) else { return replacement }
    place += 4
    if let scalar = Unicode.Scalar(high) { return Character(scalar) }
    guard high < 0xDC00, place + 2 <= content.count, content[place] == UInt8(ascii: "\\"),
      content[place + 1] == UInt8(ascii: "u"), let low = unit(content, at: place + 2), (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { return replacement }
    place += 6
    return Character(scalar)
  }

  private static func unit(_ content: UnsafeRawBufferPointer, at place: Int) -> UInt32? {
    guard place + 4 <= content.count else { return nil }
    var value: UInt32 = 0
    for byte in content[place..<(place + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

/// A place in JSON text without white space, moved forward value by value.
struct PropertyScan {
  let json: UnsafeRawBufferPointer
  var place = 0

  init(json: UnsafeRawBufferPointer) { self.json = json }

  private var byte: UInt8? { place < json.count ? json[place] : nil }

  /// Moves from an object to its value at `key`; false where it is no object or has no such key.
  mutating func enter(_ key: String, unescaped: inout [UInt8]) -> Bool {
    guard byte == UInt8(ascii: "{") else { return false }
    repeat {
      place += 1
      let start = place + 1
      guard byte == UInt8(ascii: "\""), skipString() else { return false }
      let name = UnsafeRawBufferPointer(rebasing: json[start..<(place - 1)])
      guard byte == UInt8(ascii: ":") else { return false }
      place += 1
      if Self.isEqual(name, key, unescaped: &unescaped) { return true }
      guard skipValue() else { return false }
    } while byte == UInt8(ascii: ",")
    return false
  }

  /// The keys of an object; none where the text is something else.
  static func keys(of json: UnsafeRawBufferPointer) -> [String] {
    var scan = PropertyScan(json: json)
    var unescaped: [UInt8] = []
    var keys: [String] = []
    guard scan.byte == UInt8(ascii: "{") else { return [] }
    repeat {
      scan.place += 1
      let start = scan.place + 1
      guard scan.byte == UInt8(ascii: "\""), scan.skipString() else { break }
      PropertyReader.unescape(UnsafeRawBufferPointer(rebasing: json[start..<(scan.place - 1)]), to: &unescaped)
      keys.append(String(decoding: unescaped, as: UTF8.self))
      guard scan.byte == UInt8(ascii: ":") else { break }
      scan.place += 1
    } while scan.skipValue() && scan.byte == UInt8(ascii: ",")
    return keys
  }

  private static func isEqual(_ name: UnsafeRawBufferPointer, _ key: String, unescaped: inout [UInt8]) -> Bool {
    guard name.contains(UInt8(ascii: "\\")) else {
      return name.count == key.utf8.count && name.elementsEqual(key.utf8)
    }
    PropertyReader.unescape(name, to: &unescaped)
    return unescaped.elementsEqual(key.utf8)
  }

  /// Moves behind the value at hand; false where the text ends first or there is no value.
  mutating func skipValue() -> Bool {
    let start = place
    var depth = 0
    repeat {
      switch byte {
      case UInt8(ascii: "\""):
        guard skipString() else { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard depth > 0 else { return false }
        depth -= 1
        place += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard depth > 0 else { return false }
        place += 1
      case nil: return false
      default: skipScalar()
      }
    } while depth > 0
    return place > start
  }

  private mutating func skipScalar() {
    while let byte, ![UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "\"")].contains(byte) {
      place += 1
    }
  }

  /// Moves behind the string that opens at hand.
  private mutating func skipString() -> Bool {
    place += 1
    while let byte {
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return true }
    }
    place = min(place, json.count)
    return false
  }
}
