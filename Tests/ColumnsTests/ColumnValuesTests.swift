import Columns
import Testing

@Suite struct ColumnValuesTests {
  @Test(
    "Rows come back as they were appended",
    arguments: [[], [nil], [""], ["a"], ["a", nil, "", "a", "b", nil]] as [[String?]])
  func textRows(rows: [String?]) {
    let column = TextColumn(rows)
    #expect(column.count == rows.count)
    #expect((0..<column.count).map { column[$0] } == rows)
  }

  @Test("A missing value is not the empty string and takes no code")
  func missing() {
    let column = TextColumn([nil, "", nil, "x"])
    #expect(column.codes == [TextColumn.null, 0, TextColumn.null, 1])
    #expect(column.values.strings == ["", "x"])
  }

  @Test("Appending goes on with the codes that are there")
  func appending() {
    var column = TextColumn(codes: [1, 0], values: StringTable(["a", "b", "unused"]))
    column.append("a")
    column.append("c")
    column.append(nil)
    #expect(column.codes == [1, 0, 0, 3, TextColumn.null])
  }

  @Test("The count is that of the rows")
  func counts() {
    #expect(ColumnValues.int32([1, 2, 3]).count == 3)
    #expect(ColumnValues.int64([]).count == 0)
    #expect(ColumnValues.text(TextColumn(["a", "a", nil])).count == 3)
  }
}
