import Columns
import TestSupport
import Testing

@Suite("Many look-ups at once")
struct StringTableBatchTests {
  private func texts(_ strings: [String]) -> (RowTexts, [UInt64]) {
    var texts = RowTexts()
    var hashes: [UInt64] = []
    for string in strings {
      Array(string.utf8).withUnsafeBytes {
        texts.append($0)
        hashes.append(byteHash($0))
      }
    }
    return (texts, hashes)
  }

  @Test("Codes are those that single look-ups give, in the order of the rows", arguments: [1, 63, 64, 65, 1000])
  func sameCodes(count: Int) {
    var random = SeededNumbers(seed: UInt64(count))
    let strings = (0..<count).map { _ in "member-\(random.next() % UInt64(count / 2 + 1))" }
    let rows = (0..<Int32(count)).filter { _ in random.next() % 4 != 0 }
    let (all, hashes) = texts(strings)
    var (one, many) = (StringTable(["member-0"]), StringTable(["member-0"]))
    let expected = rows.map { Int32(one.code(for: strings[Int($0)])) }
    let codes = [Int32](unsafeUninitializedCapacity: rows.count) { codes, filled in
      rows.withUnsafeBufferPointer { rows in
        if let base = codes.baseAddress { many.codes(for: all, hashes: hashes, rows: rows, into: base) }
      }
      filled = rows.count
    }
    #expect(codes == expected)
    #expect(many.strings == one.strings)
  }

  @Test("A table takes its slots back, also for the first of more texts", arguments: [0, 1, 500, 1000])
  func takesSlots(covered: Int) throws {
    let strings = (0..<1000).map { "id \($0)" }
    let slots = StringTable(strings[..<covered]).slots
    let table = try #require(StringTable(texts(strings).0, slots: slots, coveredCount: covered))
    #expect(table.strings == strings)
    #expect(strings.indices.allSatisfy { table.find(strings[$0]) == UInt32($0) })
    #expect(table.find("id 1000") == nil)
  }

  @Test("Slots that cannot be right are made anew")
  func refusesSlots() throws {
    let strings = (0..<100).map { "id \($0)" }
    let right = StringTable(strings).slots
    for (slots, covered) in [([], 100), ([1, 2, 3], 100), (right, 99), (right.map { $0 == 0 ? 0 : $0 | 0xFFFF }, 100)] {
      let table = try #require(StringTable(texts(strings).0, slots: slots, coveredCount: covered))
      #expect(strings.indices.allSatisfy { table.find(strings[$0]) == UInt32($0) })
    }
  }

  @Test("A text that stands twice is no table")
  func refusesRepeats() { #expect(StringTable(texts(["a", "b", "a"]).0, slots: [], coveredCount: 0) == nil) }
}
