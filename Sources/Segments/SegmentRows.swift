package import Columns

/// Events of one community day, column by column, in any order.
package struct SegmentRows: Sendable {
  package var ts: [Int64] = []
  package var member: [Int32] = []
  package var event: TextColumn
  package var dimensions: [TextColumn]
  /// JSON objects; null where there is nothing.
  package var properties = TextColumn()
  /// Only where the workspace keeps them.
  package var eventIDs: TextColumn?

  /// No rows yet.
  package init(dimensionCount: Int, keepsEventID: Bool) {
    event = TextColumn()
    dimensions = Array(repeating: TextColumn(), count: dimensionCount)
    eventIDs = keepsEventID ? TextColumn() : nil
  }

  /// Makes room for `count` rows at once, so that none is copied while they come.
  package mutating func reserve(_ count: Int) {
    ts.reserveCapacity(count)
    member.reserveCapacity(count)
    event.codes.reserveCapacity(count)
    for index in dimensions.indices { dimensions[index].codes.reserveCapacity(count) }
    properties.codes.reserveCapacity(count)
  }

  /// How many rows.
  package var count: Int { ts.count }

  /// The same rows by event name (bytes), member, timestamp; rows equal in all three keep their order.
  package func sorted() -> SegmentRows {
    var order = RowOrder(rowCount: count)
    if !isInOrderOfTime {
      let base = ts.min() ?? 0
      let span = UInt64((ts.max() ?? 0) - base)
      order.sort(by: ts.map { UInt64($0 - base) }, bitCount: 64 - span.leadingZeroBitCount)
    }
    let ranks = Self.ranks(event.values)
    // Keys are dense, so that event and member nearly always fit into 32 bits, which sorts twice as fast.
    let memberBitCount = UInt64(32 - UInt32(bitPattern: member.max() ?? 0).leadingZeroBitCount)
    let keys = [UInt64](unsafeUninitializedCapacity: count) { keys, filled in
      for row in 0..<count {
        keys[row] = ranks[Int(event.codes[row])] &<< memberBitCount | UInt64(UInt32(bitPattern: member[row]))
      }
      filled = count
    }
    let rankBitCount = 64 - UInt64(max(0, ranks.count - 1)).leadingZeroBitCount
    order.sort(by: keys, bitCount: rankBitCount + Int(memberBitCount))
    return applying(order)
  }

  private var isInOrderOfTime: Bool {
    ts.withUnsafeBufferPointer { ts in
      var isInOrder = true
      for row in 0..<max(0, ts.count - 1) { isInOrder = isInOrder && ts[row] <= ts[row + 1] }
      return isInOrder
    }
  }

  /// The place of each code when names are ordered by their bytes.
  private static func ranks(_ names: StringTable) -> [UInt64] {
    let codes = (0..<UInt32(names.count)).sorted { a, b in
      names.bytes[names.range(of: a)].lexicographicallyPrecedes(names.bytes[names.range(of: b)])
    }
    var ranks = [UInt64](repeating: 0, count: codes.count)
    for (rank, code) in codes.enumerated() { ranks[Int(code)] = UInt64(rank) }
    return ranks
  }

  private func applying(_ order: RowOrder) -> SegmentRows {
    let null = TextColumn.null
    @Sendable func text(_ column: TextColumn) -> TextColumn {
      if column.values.count == 0 || !column.codes.contains(where: { $0 != null }) { return column }
      return TextColumn(codes: order.applied(to: column.codes), values: column.values)
    }
    var result = self
    ((result.ts, result.member, result.event), (result.dimensions, result.properties, result.eventIDs)) = together {
      (order.applied(to: ts), order.applied(to: member), text(event))
    } _: {
      (dimensions.map(text), text(properties), eventIDs.map(text))
    }
    return result
  }
}

/// The columns of a segment, in the order of the file.
package struct SegmentSchema: Sendable {
  package let dimensions: [String]
  package let keepsEventID: Bool

  package init(dimensions: [String], keepsEventID: Bool) {
    self.dimensions = dimensions
    self.keepsEventID = keepsEventID
  }

  /// `event`, `member`, `ts`, the dimensions, `properties`, and `event_id` where it is kept.
  package var columnNames: [String] {
    ["event", "member", "ts"] + dimensions + ["properties"] + (keepsEventID ? ["event_id"] : [])
  }
}
