package import Columns
internal import Glibc

/// The ids of a store as they lie in `members/ids`: the n-th is the id of key n. A block of them is read when one of
/// its ids is asked for.
struct MemberIDs: Sendable {
  let path: String
  private let file: OpenFile?
  private let places: [BlockFile.Place]
  /// By block: the key of its first id; at last, how many ids there are.
  private let firstKeys: [Int]
  private var blocks: [UnpackedStrings?]

  /// - Throws: ``StoreError`` `corrupt` where other than the committed ids are there; their bytes are not looked at.
  init(folder: String, _ committed: MemberDictionary.Committed) throws {
    path = "\(folder)/ids"
    file = try BlockFile.open(path, byteCount: committed.idBytes)
    places = try file.map { try BlockFile.places($0, upTo: committed.idBytes, of: [.packedStrings, .strings]) } ?? []
    firstKeys = places.reduce(into: [0]) { $0.append($0.last! + $1.entryCount) }
    blocks = places.map { _ in nil }
    guard count == committed.ids else {
      throw StoreError(.corrupt, "it holds \(count) ids where \(committed.ids) were committed", file: path)
    }
  }

  /// How many ids there are.
  var count: Int { firstKeys.last! }

  /// What ties a table to the first `count` ids: a hash of the headers of their blocks, checksums among them. Nil where
  /// no block ends there.
  func tie(ofFirst count: Int) -> UInt64? {
    guard let end = firstKeys.firstIndex(of: count) else { return nil }
    var words: [UInt64] = []
    for place in places[..<end] {
      words += [UInt64(place.kind.rawValue), UInt64(place.entryCount), UInt64(place.payload.count), place.checksum]
    }
    return words.withUnsafeBytes { byteHash($0, seed: UInt64(count)) }
  }

  /// The ids of the keys from `first` on, at which a block begins. Costs about 10 ns each.
  /// - Throws: ``StoreError`` `corrupt`.
  func texts(from first: Int = 0) throws -> RowTexts {
    var texts = RowTexts()
    guard let file, let start = firstKeys.firstIndex(of: first) else { return texts }
    try PackedStrings.append(
      places[start...].map { try BlockFile.block(at: $0, in: file) }, to: &texts, file: path)
    return texts
  }

  /// Reads the blocks that hold the ids of `keys`; on all cores.
  /// - Throws: ``StoreError`` `corrupt`.
  mutating func read(_ keys: some Sequence<UInt32>) throws {
    guard let file else { return }
    var wanted: Set<Int> = []
    for key in keys where blocks[block(of: key)] == nil { wanted.insert(block(of: key)) }
    if wanted.isEmpty { return }
    let numbers = wanted.sorted()
    let packed = try numbers.map { try BlockFile.block(at: places[$0], in: file) }
    for (number, strings) in zip(numbers, try PackedStrings.unpack(packed, file: path)) { blocks[number] = strings }
  }

  /// Asks for the ids of `keys`, whose blocks were read: they lie anywhere.
  func prefetch(_ keys: some Collection<UInt32>) {
    for key in keys { strings(of: key) { $0.prefetchPlace(of: $1) } }
    for key in keys { strings(of: key) { $0.prefetchText(of: $1) } }
  }

  @inline(__always)
  private func strings(of key: UInt32, _ body: (UnpackedStrings, Int) -> Void) {
    let number = block(of: key)
    if let strings = blocks[number] { body(strings, Int(key) &- firstKeys[number]) }
  }

  /// Whether `text` is the id of `key`, whose block was read.
  @inline(__always)
  func isID(_ text: UnsafeRawBufferPointer, of key: UInt32) -> Bool {
    let number = block(of: key)
    guard let strings = blocks[number] else { return false }
    return strings.withBytes(of: Int(key) - firstKeys[number]) { id in
      id.count == text.count && (id.isEmpty || memcmp(id.baseAddress!, text.baseAddress!, id.count) == 0)
    }
  }

  /// The last block that begins at `key` or before it.
  private func block(of key: UInt32) -> Int {
    var (low, high) = (0, places.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if firstKeys[middle] <= Int(key) { low = middle } else { high = middle }
    }
    return low
  }
}

extension Store {
  /// The raw ids of all members, coded by their keys. Personal data: it leaves the machine's memory only where a person
  /// asked for ids. Costs about 10 ns a member.
  /// - Throws: ``StoreError`` `corrupt`.
  package func memberIDs(_ snapshot: Snapshot) throws -> StringTable {
    StringTable(distinct: try MemberIDs(folder: "\(folder)/members", snapshot.members).texts())
  }
}
