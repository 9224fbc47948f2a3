import Columns
import TestSupport
import Testing

@Suite struct StringTableTests {
  @Test("Codes are dense, in order of first appearance, and stay when the string comes again")
  func codes() {
    var table = StringTable()
    let codes = ["view", "like", "view", "", "share", "like", ""].map { table.code(for: $0) }
    #expect(codes == [0, 1, 0, 2, 3, 1, 2])
    #expect(table.strings == ["view", "like", "", "share"])
  }

  @Test(
    "Strings that nearly agree have their own codes",
    arguments: [
      ["", "\0", "\0\0"],
      ["a", "aa", "aaa", "aaaa", "aaaaa"],
      ["0123456789abcdef", "0123456789abcdef0", "0123456789abcdef1", "0123456789abcde"],
      ["é", "e\u{301}"],  // equal as characters, not as bytes
      ["社区", "社区 ", "社"],
      ["a\nb", "a\rb", "a\tb"],
    ])
  func similar(strings: [String]) {
    var table = StringTable()
    let codes = strings.map { table.code(for: $0) }
    #expect(codes == strings.indices.map(UInt32.init))
    for (index, string) in strings.enumerated() { #expect(table.find(string) == UInt32(index)) }
    #expect(table.strings.map { Array($0.utf8) } == strings.map { Array($0.utf8) })
  }

  @Test("A string that was never added has no code", arguments: ["", "vie", "views", "View", "view\0", "like"])
  func misses(string: String) {
    #expect(StringTable().find(string) == nil)
    #expect(StringTable(["view"]).find(string) == nil)
  }

  @Test("No code changes while the table grows", arguments: [0, 12, 13, 100_000])
  func growth(capacity: Int) {
    let strings = (0..<30_000).map { "member-\($0 &* 7919)" }
    var table = StringTable(capacity: capacity)
    for (index, string) in strings.enumerated() {
      #expect(table.find(string) == nil)
      let code = table.code(for: string)
      #expect(code == UInt32(index))
    }
    #expect(table.count == strings.count)
    for (index, string) in strings.enumerated() {
      guard table.find(string) == UInt32(index), table.string(UInt32(index)) == string else {
        Issue.record("\(string) lost its code \(index)")
        return
      }
    }
    #expect(table.find("member-") == nil)
  }

  @Test("The ranges of the codes divide the bytes without gap")
  func ranges() {
    let table = StringTable(["ab", "", "cde"])
    #expect((0..<3).map { table.range(of: $0) } == [0..<2, 2..<2, 2..<5])
    #expect(table.bytes == Array("abcde".utf8))
    #expect(table.ends == [2, 2, 5])
    #expect(table.withBytes(of: 2) { Array($0) } == Array("cde".utf8))
  }

  @Test("Bytes that are no UTF-8 keep their code, and their text is repaired")
  func invalidText() {
    var table = StringTable()
    let codes = [[0xFF], [0xFE], [0xFF]].map { (bytes: [UInt8]) in bytes.withUnsafeBytes { table.code(for: $0) } }
    #expect(codes == [0, 1, 0])
    #expect(table.strings == ["\u{FFFD}", "\u{FFFD}"])
  }

  @Test("A copy does not see what is added later")
  func copies() {
    var table = StringTable(["a"])
    let copy = table
    _ = table.code(for: "b")
    #expect(copy.find("b") == nil)
    #expect(copy.count == 1)
  }

  @Test("Texts known to be distinct are coded in their order, found, and added to", arguments: [0, 1, 12, 1000])
  func distinct(count: Int) {
    let strings = (0..<count).map { "text \($0)" }
    let whole = StringTable(strings)
    var table = StringTable(distinct: whole.texts)
    #expect(table.strings == strings)
    #expect(strings.indices.allSatisfy { table.find(strings[$0]) == UInt32($0) })
    #expect(table.find("another") == nil)
    #expect(strings.indices.reversed().allSatisfy { table.code(for: strings[$0]) == UInt32($0) })
    #expect(table.code(for: "another") == UInt32(count))
    #expect(table.find("another") == UInt32(count))
    #expect(table.count == count + 1)
  }

  @Test("Texts looked up together in a table of distinct ones have its codes")
  func distinctTogether() {
    let strings = (0..<500).map { "text \($0)" }
    var table = StringTable(distinct: StringTable(strings).texts)
    let asked = StringTable(["new", "text 7", "text 499"]).texts
    let hashes = (0..<asked.count).map { row in
      asked.bytes.withUnsafeBytes { byteHash(UnsafeRawBufferPointer(rebasing: $0[asked.range(of: row)])) }
    }
    var codes = [Int32](repeating: -1, count: 3)
    ([0, 1, 2] as [Int32]).withUnsafeBufferPointer { rows in
      codes.withUnsafeMutableBufferPointer {
        table.codes(for: asked, hashes: hashes, rows: rows, into: $0.baseAddress!)
      }
    }
    #expect(codes == [500, 7, 499])
  }

  @Test("Any bytes find the code that a dictionary gives them", arguments: [1, 2, 3] as [UInt64])
  func againstDictionary(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    var table = StringTable()
    var expected: [[UInt8]: UInt32] = [:]
    for _ in 0..<20_000 {
      // Short strings over three letters, so that many come again.
      let key = (0..<Int.random(in: 0...9, using: &random)).map { _ in UInt8.random(in: 0...2, using: &random) }
      let code = key.withUnsafeBytes { table.code(for: $0) }
      let known = expected[key] ?? UInt32(expected.count)
      expected[key] = known
      guard code == known else {
        Issue.record("seed \(seed): \(key) has the code \(code), not \(known)")
        return
      }
    }
    #expect(table.count == expected.count, "seed \(seed)")
  }
}
