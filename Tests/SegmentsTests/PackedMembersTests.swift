import Columns
import Segments
import TestSupport
import Testing

/// The blocks of the member dictionary that take little room.
@Suite struct PackedMembersTests {
  @Test("First instants come back as they were, whatever their spread", arguments: UInt64(1)...24)
  func firsts(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let unit = [1, 1000, 1_000_000, 7][Int(seed % 4)]
    var pairs = FirstInstants.Pairs()
    for event in [0, 3, 70_000, UInt64(UInt32.max)] {
      var key: UInt64 = 0
      for _ in 0..<Int.random(in: 0...700, using: &random) {
        key += UInt64(Int.random(in: 1...(Bool.random(using: &random) ? 1 : 3_000_000), using: &random))
        let spread = [1, 1000, 1_000_000_000, 1 << 40][Int.random(in: 0...3, using: &random)]
        pairs.append(event << 32 | key, Int64(Int.random(in: -spread...spread, using: &random) * unit))
      }
    }
    if seed == 5 { pairs.append(UInt64(UInt32.max) << 32 | UInt64(UInt32.max), .max) }
    if pairs.keys.isEmpty { return }
    let columns = try #require(PackedFirsts.decode(try read(PackedFirsts.encode(pairs).flatMap(\.self))))
    #expect(zip(columns.events, columns.members).map { UInt64($0) << 32 | UInt64($1) } == pairs.keys, "seed \(seed)")
    #expect(columns.instants == pairs.instants, "seed \(seed)")
  }

  @Test("First instants come back as they were, over several blocks, of which each knows its own")
  func manyFirsts() throws {
    var pairs = FirstInstants.Pairs()
    for number in 0..<UInt64(300_000) { pairs.append((number / 100_000) << 32 | (number % 100_000) * 2, Int64(number)) }
    let blocks = try readAll(PackedFirsts.encode(pairs).flatMap(\.self))
    #expect(blocks.map(\.entryCount) == [131_072, 131_072, 37_856])
    var news = FirstInstants()
    // Of each tenth pair an instant that is earlier.
    var earlier = pairs
    for row in stride(from: 0, to: 300_000, by: 10) { earlier.instants[row] -= 1 }
    news.note(earlier, events: [0, 1, 2])
    let known = blocks.map { news.pairs.rows(knownIn: $0) ?? [] }
    #expect(known.joined().elementsEqual((0..<300_000).lazy.filter { $0 % 10 != 0 }))
    news.drop(known + [known[0]])
    #expect(news.pairs.keys == stride(from: 0, to: 300_000, by: 10).map { pairs.keys[$0] })
    let columns = try blocks.map { try #require(PackedFirsts.decode($0)) }
    #expect(columns.flatMap(\.instants) == pairs.instants)
  }

  @Test("Ids come back as they were, over several blocks", arguments: [0, 1, 5, 70_000, 140_000])
  func ids(count: Int) throws {
    var table = StringTable()
    for number in 0..<count + 3 { _ = table.code(for: number % 7 == 0 ? "ü\(number)" : "member-\(number)") }
    let bytes = PackedStrings.encode(table, from: 3)
    var texts = RowTexts()
    try PackedStrings.append(readAll(bytes), to: &texts, file: "ids")
    #expect(texts.count == count)
    for row in Set([0, 1, count / 2, 65_535, 65_536, count - 1]) where row >= 0 && row < count {
      #expect(texts[row] == table.string(UInt32(row + 3)))
    }
    #expect(texts.bytes.count == table.bytes.count - table.ends[2])
  }

  @Test("Slots come back as they were", arguments: [0, 1, 11, 12, 13, 100, 5000])
  func slots(count: Int) throws {
    var table = StringTable()
    for number in 0..<count { _ = table.code(for: "m\(number)") }
    let block = try read(PackedSlots.encode(table.slots, count: count, hash: 77))
    #expect(PackedSlots.decode(block) == table.slots)
  }

  @Test("Bytes that do not fit together are refused and stop nobody", arguments: UInt64(1)...20)
  func hostile(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    var (pairs, table) = (FirstInstants.Pairs(), StringTable())
    for number in 0..<UInt64(600) {
      pairs.append((number / 200) << 32 | (number % 200) * 3, Int64(random.next() >> 30))
      _ = table.code(for: "m\(number)")
    }
    let blocks = [
      try read(PackedFirsts.encode(pairs).flatMap(\.self)), try readAll(PackedStrings.encode(table, from: 0))[0],
      try read(PackedSlots.encode(table.slots, count: table.count, hash: 1)),
    ]
    for _ in 0..<300 {
      for var block in blocks {
        switch Int.random(in: 0...2, using: &random) {
        case 0: block.payload.removeLast(Int.random(in: 1...block.payload.count, using: &random))
        case 1: block.entryCount = Int.random(in: 0...1200, using: &random)
        default:
          for _ in 0..<3 {
            let place = Int.random(in: 0..<min(block.payload.count, 60), using: &random)
            block.payload[place] = UInt8.random(in: 0...255, using: &random)
          }
        }
        var texts = RowTexts()
        switch block.kind {
        case .packedFirsts:
          if let columns = PackedFirsts.decode(block) { #expect(columns.members.count == block.entryCount) }
        case .packedSlots:
          if let slots = PackedSlots.decode(block) { #expect(slots.count { $0 != 0 } <= block.entryCount) }
        default:
          if (try? PackedStrings.append([block], to: &texts, file: "")) != nil {
            #expect(texts.count == block.entryCount)
          }
        }
      }
    }
  }

  private func read(_ bytes: [UInt8]) throws -> BlockFile.Block { try #require(readAll(bytes).first) }

  /// The blocks of a file with these bytes.
  private func readAll(_ bytes: [UInt8]) throws -> [BlockFile.Block] {
    let workspace = try BinaryWorkspace(inMemory: true)
    try workspace.write(bytes, to: "blocks")
    return try BlockFile.read(workspace.path("blocks"), byteCount: bytes.count)
  }
}
