import Columns
import Testing

@Suite("Texts of rows")
struct RowTextsTests {
  private func texts(_ strings: [String]) -> RowTexts {
    var texts = RowTexts()
    for string in strings { string.utf8.withContiguousStorageIfAvailable { texts.append(UnsafeRawBufferPointer($0)) } }
    return texts
  }

  @Test("Rows taken are those asked for, be they together or apart", arguments: 0..<32)
  func rowsTaken(choice: Int) {
    let strings = ["p9", "", "社区", "p10", "x"]
    let rows = (0..<5).filter { choice >> $0 & 1 == 1 }
    let taken = texts(strings).rows(rows)
    #expect(taken.count == rows.count)
    for (place, row) in rows.enumerated() { #expect(taken[place] ?? "" == strings[row]) }
  }
}
