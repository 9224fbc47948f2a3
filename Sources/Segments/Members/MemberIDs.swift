internal import Columns
internal import Glibc

/// The files of raw ids: `members/ids`, and `members/table`, in which they are found without hashing them all again.
struct MemberIDs: Sendable {
  let folder: String
  /// Committed bytes of `ids`.
  let byteCount: Int
  /// How many ids the table on disk holds.
  private var coveredCount = 0

  init(folder: String, byteCount: Int) {
    self.folder = folder
    self.byteCount = byteCount
  }

  /// All ids with their codes. With a table on disk this costs reading both files, without one about 100 ns an id.
  /// - Throws: ``StoreError`` `corrupt` where `ids` is damaged.
  mutating func table() throws -> StringTable {
    let file = "\(folder)/ids"
    var texts = RowTexts()
    try PackedStrings.append(
      BlockFile.read(file, byteCount: byteCount, only: [.packedStrings, .strings]), to: &texts, file: file)
    let (slots, count) = storedSlots(of: texts) ?? ([], 0)
    coveredCount = count
    guard let table = StringTable(texts, slots: slots, coveredCount: count) else {
      throw StoreError(.corrupt, "an id stands in it twice", file: file, hint: "Restore it from a copy of the store.")
    }
    return table
  }

  /// The slots as they were written last, and how many ids they hold; nil where they are not of these ids.
  private func storedSlots(of texts: RowTexts) -> (slots: [UInt64], count: Int)? {
    let path = "\(folder)/table"
    guard let size = fileByteCount(path), size > 0, let block = try? BlockFile.read(path, byteCount: size).first,
      block.kind == .packedSlots, block.entryCount <= texts.count,
      PackedSlots.hash(block) == Self.hash(texts.bytes, texts.ends, count: block.entryCount),
      let slots = PackedSlots.decode(block)
    else { return nil }
    return (slots, block.entryCount)
  }

  /// What ties a table to its ids.
  private static func hash(_ bytes: [UInt8], _ ends: [Int], count: Int) -> UInt64 {
    let end = count == 0 ? 0 : ends[count - 1]
    return bytes.withUnsafeBytes { byteHash(UnsafeRawBufferPointer(rebasing: $0[..<end]), seed: UInt64(count)) }
  }

  /// Writes the slots of `ids` unless those on disk hold nearly all. What goes wrong is no error: the table is derived.
  func write(_ ids: StringTable, beside staging: String) {
    let path = "\(folder)/table"
    if ids.count - coveredCount <= coveredCount / 16 { return }
    let block = PackedSlots.encode(
      ids.slots, count: ids.count, hash: Self.hash(ids.bytes, ids.ends, count: ids.count))
    do {
      try block.withUnsafeBytes { try writeNewFile($0, to: "\(staging)/table") }
      rename("\(staging)/table", path)
    } catch {}
  }
}
