import Columns
import Parquet
import Testing

@Suite struct ParquetCheckTests {
  @Test("A bound that does not hold is found, in the footer and in the page index")
  func bounds() throws {
    let bytes = file(.int64([1000, 2000, 3000]), kind: .int64, isOptional: false)
    let minimum: [UInt8] = [0xE8, 0x03, 0, 0, 0, 0, 0, 0]
    let places = (0..<bytes.count - 8).filter { Array(bytes[$0..<$0 + 8]) == minimum }
    #expect(places.count == 2, "the page index, then the footer")
    for place in places {
      var damaged = bytes
      damaged[place] += 1
      let reader = try ParquetReader(damaged, name: "bounds")
      #expect(try reader.read(column: 0, rowGroup: 0).rows == ["int64 1000", "int64 2000", "int64 3000"])
      let error = #expect(throws: ParquetError.self) { try reader.check() }
      #expect(error?.code == .corruptFooter)
      #expect(error?.column == "column")
    }
  }

  @Test("A page index that names other pages is found")
  func pageIndex() throws {
    let bytes = file(.int64((0..<30_000).map { $0 }), kind: .int64, isOptional: false)
    let range = try #require(try ParquetReader(bytes, name: "index").rowGroups[0].chunks[0].offsetIndexRange)
    var found = 0
    for place in range {
      var damaged = bytes
      damaged[place] ^= 1
      let reader = try ParquetReader(damaged, name: "index")
      #expect(throws: ParquetError.self, "byte \(place)") { try reader.check() }
      found += 1
    }
    #expect(found == range.count)
  }
}
