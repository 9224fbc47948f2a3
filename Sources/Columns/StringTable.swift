/// Distinct byte strings, each with a dense code in order of first appearance.
///
/// ```
/// bytes    a l i c e b o b …        all strings, one after another
/// ends     5 8 …                    ends[code] = where its bytes end
/// slots    [· 1 · · 0 ·]            open addressing; a slot holds code + 1, and 32 bits of its hash
/// ```
///
/// A look-up costs one hash and about one cache miss. Codes never change. A table of texts that are known to be distinct
/// is made without slots: the first text that is to be coded places them all.
package struct StringTable: Sendable {
  /// All strings, one after another.
  @usableFromInline package private(set) var bytes: [UInt8] = []
  /// By code: where its bytes end.
  @usableFromInline package private(set) var ends: [Int] = []
  /// The slots as they are in memory.
  @usableFromInline package private(set) var slots: [UInt64]
  @usableFromInline var mask: Int
  /// Bytes of every string, where they all have as many, as ids often do: `ends` need not be read then. 0 where not.
  @usableFromInline private(set) var stride = 0

  /// An empty table with room for about `capacity` strings.
  package init(capacity: Int = 12) {
    var size = 16
    while size * 3 < capacity * 4 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
  }

  /// A table of `strings`, coded 0, 1, 2, …; they must be distinct.
  package init(_ strings: some Sequence<String>) {
    self.init()
    for string in strings { _ = code(for: string) }
  }

  /// A table of `texts`, coded 0, 1, 2, …; they must be distinct. Costs nothing until a text is to be coded.
  package init(distinct texts: RowTexts) {
    (bytes, ends) = (texts.bytes, texts.ends)
    (slots, mask) = ([0], 0)
  }

  /// Whether the slots hold all strings. Where they do not, no slot is in use.
  private var isPlaced: Bool { slots.count > 1 }

  /// A table of `texts`, coded 0, 1, 2, …; nil where one stands among them twice.
  package init?(onlyIfDistinct texts: RowTexts) {
    self.init(capacity: texts.count)
    (bytes, ends) = (texts.bytes, texts.ends)
    let first = ends.first ?? 0
    if ends.indices.allSatisfy({ ends[$0] == ($0 + 1) * first }) { stride = first }
    for code in 0..<UInt32(texts.count) {
      let hash = withBytes(of: code) { byteHash($0) }
      if withBytes(of: code, { find($0, hash: hash) }) != nil { return nil }
      place(code, hash: hash)
    }
  }

  /// How many strings the table holds.
  @inlinable package var count: Int { ends.count }

  /// Where the bytes of `code` lie in `bytes`.
  @inlinable
  package func range(of code: UInt32) -> Range<Int> {
    let index = Int(code)
    if stride > 0 {
      precondition(index < ends.count, "a code that the table did not give")
      return index &* stride..<(index &+ 1) &* stride
    }
    return (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// The string of `code`; invalid UTF-8 is repaired.
  package func string(_ code: UInt32) -> String {
    let range = range(of: code)
    return bytes.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
    }
  }

  /// The strings in the order of their codes, without the slots.
  package var texts: RowTexts { RowTexts(bytes: bytes, ends: ends) }

  /// All strings in the order of their codes.
  package var strings: [String] { (0..<UInt32(count)).map(string) }

  /// Calls `body` with the bytes of `code`.
  @inlinable
  package func withBytes<R>(of code: UInt32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let range = range(of: code)
    return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// The code of `key`, or nil where the table does not hold it.
  ///
  /// In a table without slots every string is looked at.
  package func find(_ key: UnsafeRawBufferPointer) -> UInt32? {
    if !isPlaced { return (0..<UInt32(count)).first { equals($0, key) } }
    return find(key, hash: byteHash(key))
  }

  @usableFromInline
  func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
    slots.withUnsafeBufferPointer { slots in
      var slot = Int(truncatingIfNeeded: hash) & mask
      let tag = hash & 0xFFFF_FFFF_0000_0000
      while true {
        let entry = slots[slot]
        if entry == 0 { return nil }
        if entry & 0xFFFF_FFFF_0000_0000 == tag {
          let code = UInt32(truncatingIfNeeded: entry) &- 1
          if equals(code, key) { return code }
        }
        slot = (slot + 1) & mask
      }
    }
  }

  /// The code of `key`, or nil where the table does not hold it.
  package func find(_ key: String) -> UInt32? {
    var key = key
    return key.withUTF8 { find(UnsafeRawBufferPointer($0)) }
  }

  /// The code of `key`, which is added where it is new.
  @inlinable
  package mutating func code(for key: UnsafeRawBufferPointer) -> UInt32 {
    code(for: key, hash: byteHash(key))
  }

  /// As ``code(for:)-(UnsafeRawBufferPointer)`` where `hash` is the `byteHash` of `key`.
  @inlinable
  package mutating func code(for key: UnsafeRawBufferPointer, hash: UInt64) -> UInt32 {
    if let code = find(key, hash: hash) { return code }
    return insert(key, hash: hash)
  }

  /// The code of `key`, which is added where it is new.
  package mutating func code(for key: String) -> UInt32 {
    var key = key
    return key.withUTF8 { code(for: UnsafeRawBufferPointer($0)) }
  }

  @usableFromInline
  mutating func insert(_ key: UnsafeRawBufferPointer, hash: UInt64) -> UInt32 {
    if !isPlaced {
      placeAll(inSlots: StringTable(capacity: count + 1).slots.count)
      if let code = find(key, hash: hash) { return code }
    }
    let code = UInt32(ends.count)
    precondition(code < .max - 1, "a string table holds at most 2^32 - 2 strings")
    if bytes.count + key.count > bytes.capacity { bytes.reserveLargePages(max(64, bytes.count * 2 + key.count)) }
    if ends.count == ends.capacity { ends.reserveLargePages(max(16, ends.count * 2)) }
    bytes.append(contentsOf: key)
    ends.append(bytes.count)
    if code == 0 { stride = key.count } else if key.count != stride { stride = 0 }
    if ends.count * 4 > slots.count * 3 { placeAll(inSlots: slots.count * 2) } else { place(code, hash: hash) }
    return code
  }

  private mutating func place(_ code: UInt32, hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(code + 1)
  }

  /// Places all strings anew, in `size` slots.
  private mutating func placeAll(inSlots size: Int) {
    slots = []
    slots = [UInt64](unsafeUninitializedCapacity: size) { room, filled in
      adviseLargePages(room.baseAddress!, byteCount: size * 8)
      room.initialize(repeating: 0)
      filled = size
    }
    mask = size - 1
    for code in 0..<UInt32(ends.count) {
      place(code, hash: withBytes(of: code) { byteHash($0) })
    }
  }

  @usableFromInline
  func equals(_ code: UInt32, _ key: UnsafeRawBufferPointer) -> Bool {
    bytes.withUnsafeBytes { areEqual(UnsafeRawBufferPointer(rebasing: $0[range(of: code)]), key) }
  }
}

/// Whether two texts have the same bytes: those of short ones are compared without a call.
@inline(__always)
package func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
  let count = a.count
  guard count == b.count else { return false }
  guard count >= 8 else {
    for index in 0..<count where a[index] != b[index] { return false }
    return true
  }
  func isEqual(_ offset: Int) -> Bool {
    a.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
  var offset = 0
  while offset &+ 8 <= count {
    if !isEqual(offset) { return false }
    offset &+= 8
  }
  // The last word, over what was compared before.
  return isEqual(count &- 8)
}

extension Array {
  /// Makes room for `count` elements, backed with large pages where it is large.
  fileprivate mutating func reserveLargePages(_ count: Int) {
    reserveCapacity(count)
    withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      adviseLargePages(base, byteCount: count * MemoryLayout<Element>.stride)
    }
  }
}
