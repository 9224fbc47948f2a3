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

  @Test("Distinct texts make a table that is found in and added to", arguments: [0, 1, 500, 1000])
  func distinct(count: Int) throws {
    let strings = (0..<count).map { "id \($0)" }
    var table = try #require(StringTable(onlyIfDistinct: texts(strings).0))
    #expect(table.strings == strings)
    #expect(strings.indices.allSatisfy { table.find(strings[$0]) == UInt32($0) })
    #expect(table.find("id 1000") == nil)
    #expect(table.code(for: "id 1000") == UInt32(count))
  }

  @Test("Texts of one length keep their codes when one of another length comes", arguments: [1, 7, 18])
  func lengths(byteCount: Int) {
    func text(_ number: Int) -> String { String(repeating: "m", count: byteCount - 1) + String(number) }
    let same = (0..<10).map(text)
    var table = StringTable(same)
    var read = StringTable(onlyIfDistinct: table.texts)!
    for (code, text) in same.enumerated() {
      #expect(table.string(UInt32(code)) == text)
      #expect(read.find(text) == UInt32(code))
    }
    for other in [String(repeating: "x", count: byteCount + 1), "", text(0) + "y"] {
      let code = table.code(for: other)
      #expect(read.code(for: other) == code)
      #expect(same.indices.allSatisfy { table.find(same[$0]) == UInt32($0) && read.find(same[$0]) == UInt32($0) })
      #expect(table.find(other) == code)
    }
    #expect(table.strings == read.strings)
    #expect(StringTable(onlyIfDistinct: table.texts)!.strings == table.strings)
  }

  @Test("A text that stands twice is no table")
  func refusesRepeats() { #expect(StringTable(onlyIfDistinct: texts(["a", "b", "a"]).0) == nil) }
}
