import Columns
import Parquet
import Testing

@Suite struct TextRunsTests {
  @Test("Runs say what the rows say, and neighbours differ", arguments: [0, 1, 40, 20_001, 65_000])
  func agree(count: Int) throws {
    let reader = try ParquetReader(sampleFile([count, 3]), name: "sample")
    for group in reader.rowGroups.indices {
      for column in sampleColumns.indices where sampleColumns[column].kind == .text {
        let runs = try reader.readRuns(column: column, rowGroup: group)
        let whole = try reader.read(column: column, rowGroup: group)
        let rows = reader.rowGroups[group].rowCount
        #expect(runs.count == rows)
        #expect(ColumnValues.text(runs.column(0..<rows)).rows == whole.rows)
        #expect(
          zip(runs.runs, runs.runs.dropFirst()).allSatisfy {
            $0.code != $1.code && $0.rows.upperBound == $1.rows.lowerBound
          })
        let part = rows / 3..<rows - rows / 4
        #expect(ColumnValues.text(runs.column(part)).rows == Array(whole.rows[part]))
      }
    }
  }

  @Test("A sorted column has a run for each text")
  func sorted() throws {
    let reader = try ParquetReader(sampleFile([50_000]), name: "sample")
    let runs = try reader.readRuns(column: 4, rowGroup: 0)
    #expect(runs.runs.map { runs.values.string($0.code) } == ["comment", "like", "", "社区"])
    #expect(runs.runs.map(\.rows.lowerBound) == [0, 12_500, 25_000, 37_500])
  }

  @Test("Every damaged byte of a chunk is an error, and none a wrong row")
  func damaged() throws {
    let bytes = sampleFile([300])
    let range = try ParquetReader(bytes, name: "sample").rowGroups[0].chunks[4].byteRange
    for place in range {
      var damaged = bytes
      damaged[place] ^= 0x15
      guard let reader = try? ParquetReader(damaged, name: "damaged") else { continue }
      let runs = try? reader.readRuns(column: 4, rowGroup: 0)
      let whole = try? reader.read(column: 4, rowGroup: 0)
      #expect(runs.map { ColumnValues.text($0.column(0..<300)).rows } == whole?.rows, "byte \(place)")
    }
  }
}
