internal import Segments

/// The fields of the objects around a record that the mapping asks for, and the text that adds them to the record.
///
/// ```
/// {"name":"Chess","id":7,"messages":[{"id":1},{"id":2}]}      asked for: $document.name
/// ─▶ {"id":1,"$document":{"name":"Chess"}}
///    {"id":2,"$document":{"name":"Chess"}}
/// ```
struct DocumentFields {
  /// The name under which a record holds them.
  static let name = "$document"

  private let wanted: [[String]]
  /// The text of fields that were seen, by their keys; those of an object end with it.
  private var seen: [(keys: [String], text: [UInt8])] = []
  /// `"$document":{…}`, empty where there is nothing to add; nil where it is to be made anew.
  private var made: [UInt8]? = []

  init(_ wanted: [[String]]) { self.wanted = wanted }

  /// Whether the field at `keys` is asked for, or one inside it.
  func wants(_ keys: [String]) -> Bool { wanted.contains { $0.starts(with: keys) } }

  /// Forgets the fields of objects that lie as deep as `depth` keys or deeper.
  mutating func forget(from depth: Int) {
    guard seen.contains(where: { $0.keys.count > depth }) else { return }
    seen.removeAll { $0.keys.count > depth }
    made = nil
  }

  /// Takes the text of the field at `keys`; the last one of a name counts.
  mutating func set(_ keys: [String], _ text: [UInt8]) {
    seen.removeAll { $0.keys == keys }
    seen.append((keys, text))
    made = nil
  }

  /// `"$document":{…}`, empty where nothing is known.
  mutating func added() -> [UInt8] {
    if let made { return made }
    var fields: [(keys: [String], text: [UInt8])] = []
    for keys in wanted {
      guard let (top, text) = seen.first(where: { keys.starts(with: $0.keys) }) else { continue }
      if let text = Self.inner(text, keys[top.count...]) { fields.append((keys, text)) }
    }
    let text = fields.isEmpty ? [] : Array("\"\(Self.name)\":".utf8) + Self.object(fields[...], depth: 0)
    made = text
    return text
  }

  /// The text of the field that lies `keys` inside the value `text`; nil where there is none, or no JSON.
  private static func inner(_ text: [UInt8], _ keys: ArraySlice<String>) -> [UInt8]? {
    let padded = text + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
    return padded.withUnsafeBufferPointer { bytes -> [UInt8]? in
      guard var place = bytes.baseAddress else { return nil }
      let scanner = JSONScanner(end: place + text.count)
      guard let whole = try? scanner.value(place, depth: 1), scanner.behind(whole) == scanner.end else { return nil }
      for key in keys {
        guard let next = member(key, at: place, scanner) else { return nil }
        place = next
      }
      guard let value = try? scanner.value(place, depth: 1) else { return nil }
      return Array(UnsafeBufferPointer(start: place, count: scanner.behind(value) - place))
    }
  }

  /// Where the value of the last member called `name` of the object at `place` begins.
  private static func member(
    _ name: String, at place: UnsafePointer<UInt8>, _ scanner: JSONScanner
  ) -> UnsafePointer<UInt8>? {
    guard place.pointee == 0x7B else { return nil }
    var found: UnsafePointer<UInt8>?
    var place = scanner.skipBlanks(place + 1)
    while place.pointee == 0x22 {
      guard let (key, start) = try? scanner.key(place), let value = try? scanner.value(start, depth: 1) else {
        return nil
      }
      if keyText(Array(key.bytes)) == name { found = start }
      place = scanner.skipBlanks(scanner.behind(value))
      if place.pointee == 0x2C { place = scanner.skipBlanks(place + 1) }
    }
    return found
  }

  /// The object of `fields`, which share their first `depth` keys.
  private static func object(_ fields: ArraySlice<(keys: [String], text: [UInt8])>, depth: Int) -> [UInt8] {
    var object: [UInt8] = [0x7B]
    var names: [String] = []
    for field in fields where !names.contains(field.keys[depth]) {
      names.append(field.keys[depth])
      if object.count > 1 { object.append(0x2C) }
      object += jsonText(field.keys[depth]).utf8
      object.append(0x3A)
      let inside = fields.filter { $0.keys[depth] == field.keys[depth] && $0.keys.count > depth + 1 }
      object += inside.isEmpty ? field.text : Self.object(inside[...], depth: depth + 1)
    }
    object.append(0x7D)
    return object
  }
}

/// The text of a key from the bytes between its quotes; as it stands where its escapes are broken.
func keyText(_ bytes: [UInt8]) -> String {
  guard bytes.contains(0x5C) else { return String(decoding: bytes, as: UTF8.self) }
  let quoted = bytes + [0x22] + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
  let text = quoted.withUnsafeBytes { raw -> [UInt8] in
    let base = raw.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let key = try? JSONScanner(end: base + bytes.count + 1).string(base)
    guard let key, key.count == bytes.count else { return bytes }
    return [UInt8](unsafeUninitializedCapacity: bytes.count) { room, count in
      count = unescapeJSON(key.bytes, to: room.baseAddress!)
    }
  }
  return String(decoding: text, as: UTF8.self)
}
