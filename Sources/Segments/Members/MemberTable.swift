internal import Columns
internal import Glibc

/// `members/table`: the slots in which ids are found. Derived from `members/ids`, of which it holds the first so many.
struct MemberTable: Sendable {
  let slots: SlotSearch
  var ids: MemberIDs

  /// nil where there is none for these ids.
  init?(folder: String, ids: MemberIDs) {
    let path = Self.path(folder)
    guard let byteCount = fileByteCount(path), byteCount > 0,
      let block = try? BlockFile.read(path, byteCount: byteCount, only: [.packedSlots]).first,
      let tie = ids.tie(ofFirst: block.entryCount), PackedSlots.hash(block) == tie, let slots = SlotSearch(block)
    else { return nil }
    (self.slots, self.ids) = (slots, ids)
  }

  /// How many ids it holds.
  var count: Int { slots.count }

  private static func path(_ folder: String) -> String { "\(folder)/table" }

  /// The keys of the texts with `codes`; nil for those that are not in the table.
  ///
  /// Each step that leaves the cache is asked for ahead; a text costs about 100 ns.
  /// - Throws: ``StoreError`` `corrupt` where a block of ids is damaged.
  mutating func keys(of texts: StringTable, codes: Range<Int>) throws -> [UInt32?] {
    let hashes = codes.map { code in texts.withBytes(of: UInt32(code)) { byteHash($0) } }
    for hash in hashes { slots.prefetch(hash) }
    let candidates = hashes.map { slots.first(of: $0) }
    let places = candidates.map { $0.map { ids.place(of: $0.key) } }
    try ids.read(places)
    var keys: [UInt32?] = []
    keys.reserveCapacity(codes.count)
    for row in hashes.indices {
      if row % Self.aheadCount == 0 { ids.prefetch(places[row..<min(row + Self.aheadCount, hashes.count)]) }
      let code = UInt32(codes.lowerBound + row)
      var (candidate, place) = (candidates[row], places[row])
      // A tag that is the same by chance: one of four thousand millions.
      while let tried = candidate, let known = place, !texts.withBytes(of: code, { ids.isID($0, at: known) }) {
        candidate = slots.next(of: hashes[row], after: tried)
        place = candidate.map { ids.place(of: $0.key) }
        try ids.read(CollectionOfOne(place))
      }
      keys.append(candidate?.key)
    }
    return keys
  }

  /// Ids that are asked for at once.
  private static let aheadCount = 64

  /// Writes the slots of `table`, which holds the first ids in the order of their keys. What goes wrong is no error:
  /// the file is derived.
  static func write(_ table: StringTable, of ids: MemberIDs, folder: String, beside staging: String) {
    guard let tie = ids.tie(ofFirst: table.count) else { return }
    let block = PackedSlots.encode(table.slots, count: table.count, hash: tie)
    do {
      try block.withUnsafeBytes { try writeNewFile($0, to: "\(staging)/table") }
      rename("\(staging)/table", path(folder))
    } catch {}
  }
}
