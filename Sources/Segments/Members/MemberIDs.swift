package import Columns

/// The ids of a store as they lie in `members/ids`: the n-th is the id of key n. A block of them is read when one of
/// its ids is asked for.
struct MemberIDs: Sendable {
  let path: String
  private let file: OpenFile?
  private let places: [BlockFile.Place]
  /// By block: the key of its first id; at last, how many ids there are.
  private let firstKeys: [Int]
  /// By all but the lowest bits of a key: the block of the first such key.
  private let firstBlocks: [Int32]
  private var blocks: [UnpackedStrings?]
  private var unreadCount: Int

  /// Where an id lies: its block, and its row there.
  struct Place {
    fileprivate var block: Int
    fileprivate var row: Int
  }

  /// - Throws: ``StoreError`` `corrupt` where other than the committed ids are there; their bytes are not looked at.
  init(folder: String, _ committed: MemberDictionary.Committed) throws {
    path = "\(folder)/ids"
    file = try BlockFile.open(path, byteCount: committed.idBytes)
    places = try file.map { try BlockFile.places($0, upTo: committed.idBytes, of: [.packedStrings, .strings]) } ?? []
    firstKeys = places.reduce(into: [0]) { $0.append($0.last! + $1.entryCount) }
    firstBlocks = Self.firstBlocks(firstKeys)
    blocks = places.map { _ in nil }
    unreadCount = places.count
    guard count == committed.ids else {
      throw StoreError(.corrupt, "it holds \(count) ids where \(committed.ids) were committed", file: path)
    }
  }

  private static let lowBitCount: UInt32 = 8

  private static func firstBlocks(_ firstKeys: [Int]) -> [Int32] {
    var block = 0
    return stride(from: 0, to: firstKeys.last!, by: 1 << Int(lowBitCount)).map { key in
      while firstKeys[block + 1] <= key { block += 1 }
      return Int32(block)
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

  /// Where the id of `key` lies, which is less than ``count``.
  @inline(__always)
  func place(of key: UInt32) -> Place {
    var block = Int(firstBlocks[Int(key >> Self.lowBitCount)])
    while firstKeys[block &+ 1] <= Int(key) { block &+= 1 }
    return Place(block: block, row: Int(key) &- firstKeys[block])
  }

  /// Reads the blocks that hold the ids at `wanted`; on all cores.
  /// - Throws: ``StoreError`` `corrupt`.
  mutating func read(_ wanted: some Sequence<Place?>) throws {
    guard let file, unreadCount > 0 else { return }
    var unread: Set<Int> = []
    for case let place? in wanted where blocks[place.block] == nil { unread.insert(place.block) }
    if unread.isEmpty { return }
    let numbers = unread.sorted()
    let packed = try numbers.map { try BlockFile.block(at: places[$0], in: file) }
    for (number, strings) in zip(numbers, try PackedStrings.unpack(packed, file: path)) { blocks[number] = strings }
    unreadCount -= numbers.count
  }

  /// Asks for the ids at `wanted`, whose blocks were read: they lie anywhere.
  func prefetch(_ wanted: ArraySlice<Place?>) {
    for case let place? in wanted { blocks[place.block]?.prefetchPlace(of: place.row) }
    for case let place? in wanted { blocks[place.block]?.prefetchText(of: place.row) }
  }

  /// Whether `text` is the id at `place`, whose block was read.
  @inline(__always)
  func isID(_ text: UnsafeRawBufferPointer, at place: Place) -> Bool {
    blocks[place.block]?.withBytes(of: place.row) { areEqual($0, text) } ?? false
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
