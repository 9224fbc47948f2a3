import Columns
import Segments

extension Probe {
  /// A block of the member dictionary: a byte chooses its kind, two count its entries, the rest is its payload.
  static let block = Probe(name: "block") { bytes in
    guard bytes.count >= 3 else { return }
    let kinds: [BlockFile.Kind] = [.strings, .packedStrings, .packedFirsts, .packedSlots]
    let count = Int(bytes[1]) | Int(bytes[2]) << 8
    let written = BlockFile.encode(kinds[Int(bytes[0] & 3)], entryCount: count, payload: Array(bytes.dropFirst(3)))
    for block in blocks(of: written) { readBlock(block) }
  }

  /// A whole file of blocks: their headers and checksums.
  static let blockFile = Probe(name: "block-file") { bytes in
    for block in blocks(of: Array(bytes)) { readBlock(block) }
  }

  /// A set of members: two bytes are the end of its room, the rest is Roaring.
  static let roaring = Probe(name: "roaring") { bytes in
    guard bytes.count >= 2 else { return }
    let capacity = (Int(bytes[0]) | Int(bytes[1]) << 8) * 3
    let set = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(2))
    guard let bitmap = Bitmap(roaring: set, capacity: capacity) else { return }
    let members = bitmap.members
    precondition(members.last.map { Int($0) < capacity } ?? true, "a member lies beyond the room")
    precondition(Bitmap.roaringCount(set) == members.count, "the header counts what is there")
    let again = roaringBytes(members).withUnsafeBytes { Bitmap(roaring: $0, capacity: capacity) }
    precondition(again == bitmap, "what was read is written alike")
  }
}

/// The blocks of a file with these bytes; none where it is damaged.
private func blocks(of file: [UInt8]) -> [BlockFile.Block] {
  let path = file.withUnsafeBytes { ScratchFile.holding($0) }
  do {
    return try BlockFile.read(path, byteCount: file.count)
  } catch {
    precondition(error is StoreError, "not a StoreError: \(error)")
    return []
  }
}

/// Reads a block as what it says it is: what comes out has as many entries as were announced.
private func readBlock(_ block: BlockFile.Block) {
  switch block.kind {
  case .strings, .packedStrings:
    var texts = RowTexts()
    guard (try? PackedStrings.append([block], to: &texts, file: "probe")) != nil else { return }
    precondition(texts.count == block.entryCount, "as many strings as were announced")
    for row in 0..<texts.count { _ = texts[row] }
  case .packedFirsts:
    var pairs = FirstInstants.Pairs()
    if let columns = PackedFirsts.decode(block) {
      precondition(columns.members.count == block.entryCount, "as many pairs as were announced")
      for row in columns.members.indices {
        let key = UInt64(columns.events[row]) << 32 | UInt64(columns.members[row])
        if columns.events[row] < 4, key > pairs.keys.last ?? 0 { pairs.append(key, columns.instants[row]) }
      }
    } else {
      for key in 1..<200 as Range<UInt64> { pairs.append(key * key * 7919, Int64(key)) }
    }
    var news = FirstInstants()
    news.note(pairs, events: [0, 1, 2, 3])
    if let known = news.pairs.rows(knownIn: block) { news.drop([known]) }
  case .packedSlots:
    guard let slots = PackedSlots.decode(block) else { return }
    precondition(slots.count { $0 != 0 } <= block.entryCount, "no more slots in use than entries")
  default: break
  }
}
