import Columns
import Parquet
import Testing

/// Damage is an error or does not matter: no byte of a file can be changed so that other values are read.
@Suite struct CorruptionTests {
  @Test("A flipped byte is an error, or the values are the same", arguments: 1...2)
  func flippedBytes(groupCount: Int) throws {
    let file = smallFile(groupCount: groupCount)
    let expected = try ParquetReader(file, name: "whole").allRows()
    var unseen = 0
    for index in file.indices {
      for flip in [0xFF, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] as [UInt8] {
        var damaged = file
        damaged[index] ^= flip
        guard let rows = try rowsIfReadable(damaged) else { continue }
        #expect(rows == expected, "byte \(index) flipped by \(flip)")
        if (try? ParquetReader(damaged, name: "checked").check()) != nil { unseen += 1 }
      }
    }
    // The writer's name, keys and values, flags, ids of fields: what carries no value stays unseen.
    #expect(Double(unseen) < Double(file.count * 9) * 0.15)
  }

  @Test("Bytes that are overwritten, left out or doubled never trap", arguments: 0..<40)
  func mangled(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let file = smallFile(groupCount: 2)
    for _ in 0..<100 {
      var damaged = file
      let start = Int(random.next() % UInt64(file.count))
      let end = min(start + Int(random.next() % 9), file.count)
      switch random.next() % 3 {
      case 0: for index in start..<end { damaged[index] = UInt8(truncatingIfNeeded: random.next()) }
      case 1: damaged.removeSubrange(start..<end)
      default: damaged.insert(contentsOf: file[start..<end], at: start)
      }
      _ = try rowsIfReadable(damaged)
    }
  }

  @Test("Random bytes between the magics never trap", arguments: 0..<20)
  func noise(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    for _ in 0..<200 {
      let noise = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let length = [UInt8(noise.count), 0, 0, 0]
      #expect(try rowsIfReadable(Array("PAR1".utf8) + noise + length + Array("PAR1".utf8)) == nil)
    }
  }

  /// Twenty rows a group: DELTA_BINARY_PACKED, a dictionary with nulls, PLAIN.
  private func smallFile(groupCount: Int) -> [UInt8] {
    var writer = ParquetWriter(columns: [
      ColumnDescription(name: "member", kind: .int32, isOptional: false),
      ColumnDescription(name: "ts", kind: .timestamp, isOptional: true),
      ColumnDescription(name: "event", kind: .text, isOptional: true),
      ColumnDescription(name: "id", kind: .text, isOptional: false),
    ])
    for group in 0..<groupCount {
      let members = (0..<20).map { Int32($0 * $0 + group) }
      let instants = (0..<20).map { 1_700_000_000_000_000 + Int64($0 * 1_234_567) }
      let events = (0..<20).map { [nil, "post_view", "comment", "post_view"][$0 % 4] }
      let ids = (0..<20).map { "\(group)-\($0)" }
      writer.append([.int32(members), .int64(instants), .text(TextColumn(events)), .text(TextColumn(ids))])
    }
    return writer.finish()
  }

  /// The rows of `bytes`, nil where reading them is an error; also goes through what inspection reads.
  private func rowsIfReadable(_ bytes: [UInt8]) throws -> [[[String?]]]? {
    do {
      let reader = try ParquetReader(bytes, name: "damaged")
      try? reader.check()
      for column in reader.columns.indices {
        for group in reader.rowGroups.indices { _ = try? reader.pages(column: column, rowGroup: group) }
      }
      return try reader.allRows()
    } catch is ParquetError {
      return nil
    }
  }
}
