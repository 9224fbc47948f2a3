/// The members of a record's properties: one canonical JSON object, taken apart and put together again without
/// touching the values that stay.
struct PropertiesObject {
  private struct Member {
    /// Between its quotes, as written.
    var rawKey: ArraySlice<UInt8>
    /// With escapes resolved: members are in the order of these bytes.
    var key: [UInt8]
    var value: ArraySlice<UInt8>
  }

  private var members: [Member] = []

  /// No members.
  init() {}

  /// Nil where `json` is no object in canonical form.
  init?(_ json: [UInt8]) {
    guard json.first == UInt8(ascii: "{"), json.last == UInt8(ascii: "}") else { return nil }
    var place = 1
    if json.count == 2 { return }
    while true {
      guard let keyEnd = Self.behindString(json, place) else { return nil }
      let rawKey = json[place + 1..<keyEnd - 1]
      guard keyEnd < json.count, json[keyEnd] == UInt8(ascii: ":"),
        let valueEnd = Self.behindValue(json, keyEnd + 1)
      else { return nil }
      members.append(Member(rawKey: rawKey, key: Self.unescaped(rawKey), value: json[keyEnd + 1..<valueEnd]))
      guard valueEnd < json.count else { return nil }
      guard json[valueEnd] == UInt8(ascii: ",") else {
        // `behindValue` ends at a comma or a brace: this one must be the last.
        if valueEnd == json.count - 1, json[valueEnd] == UInt8(ascii: "}") { return }
        return nil
      }
      place = valueEnd + 1
    }
  }

  /// The value of `key` as it is written.
  subscript(key: String) -> ArraySlice<UInt8>? {
    members.first { $0.key.elementsEqual(key.utf8) }?.value
  }

  mutating func remove(_ key: String) { members.removeAll { $0.key.elementsEqual(key.utf8) } }

  /// Gives `key` the JSON text `value`, in its place by the order of keys.
  mutating func set(_ key: String, to value: [UInt8]) {
    remove(key)
    let bytes = Array(key.utf8)
    let place = members.firstIndex { bytes.lexicographicallyPrecedes($0.key) } ?? members.count
    let raw = Array(jsonText(key).utf8.dropFirst().dropLast())
    members.insert(Member(rawKey: raw[...], key: bytes, value: value[...]), at: place)
  }

  /// The object in canonical form; nil where it has no members: a record without properties has none.
  var json: [UInt8]? {
    if members.isEmpty { return nil }
    var bytes: [UInt8] = []
    for member in members {
      bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
      bytes.append(UInt8(ascii: "\""))
      bytes += member.rawKey
      bytes += [UInt8(ascii: "\""), UInt8(ascii: ":")]
      bytes += member.value
    }
    return bytes + [UInt8(ascii: "}")]
  }

  /// The text that a dimension takes from a value: of a string what it says, else its JSON. Nil where it is missing,
  /// null, empty, or holds a NUL, which no column takes.
  static func text(of value: ArraySlice<UInt8>) -> [UInt8]? {
    if value.elementsEqual("null".utf8) { return nil }
    guard value.first == UInt8(ascii: "\""), value.count >= 2 else { return Array(value) }
    let text = unescaped(value.dropFirst().dropLast())
    return text.isEmpty || text.contains(0) ? nil : text
  }
}

extension PropertiesObject {
  private static func behindString(_ json: [UInt8], _ start: Int) -> Int? {
    guard start < json.count, json[start] == UInt8(ascii: "\"") else { return nil }
    var place = start + 1
    while place < json.count {
      if json[place] == UInt8(ascii: "\"") { return place + 1 }
      place += json[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  private static func behindValue(_ json: [UInt8], _ start: Int) -> Int? {
    var (place, depth) = (start, 0)
    while place < json.count {
      switch json[place] {
      case UInt8(ascii: "\""):
        guard let behind = behindString(json, place) else { return nil }
        place = behind
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return place > start ? place : nil }
        depth -= 1
        place += 1
      case UInt8(ascii: ","):
        if depth == 0 { return place > start ? place : nil }
        place += 1
      default: place += 1
      }
    }
    return nil
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    var result: [UInt8] = []
    var place = text.startIndex
    while place < text.endIndex {
      let byte = text[place]
      guard byte == UInt8(ascii: "\\"), place + 1 < text.endIndex else {
        result.append(byte)
        place += 1
        continue
      }
      place += 2
      switch text[place - 1] {
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        // Canonical text escapes control characters alone: `\u00xx`.
        let digits = String(decoding: text[place..<min(place + 4, text.endIndex)], as: UTF8.self)
        result += Array(
          String(UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init).map(Character.init) ?? "\u{FFFD}").utf8)
        place = min(place + 4, text.endIndex)
      default: result.append(text[place - 1])
      }
    }
    return result
  }
}
