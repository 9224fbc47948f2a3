internal import Columns
internal import Events

/// The rows of one day on their way to a segment and its index: sorted, encoded and written by ``run()``, on any
/// thread.
package struct SegmentJob: Sendable {
  let rows: SegmentRows
  let day: CommunityDay
  let encoder: SegmentEncoder
  /// Events that are no activity: the index keeps the others' union.
  let passive: Set<String>
  /// Where the file is staged, and its path below.
  let folder: String
  let name: String

  /// Costs sorting, encoding and two writes.
  /// - Throws: ``StoreError`` `cannotWrite`.
  package func run() throws -> StagedSegment {
    let sorted = rows.sorted()
    let (encoded, (index, firsts)) = together {
      encoder.encode(sorted)
    } _: {
      let index = ActivityIndexBuilder(sorted, dimensions: encoder.schema.dimensions, passive: passive).build()
      return (index, Self.firsts(of: sorted))
    }
    try makeFolder("\(folder)/day=\(day)")
    try encoded.bytes.withUnsafeBytes { try writeNewFile($0, to: "\(folder)/\(name)") }
    let (content, tail) = encoded.bytes.withUnsafeBytes {
      (ContentHash(of: $0), ContentHash(of: UnsafeRawBufferPointer(rebasing: $0[encoded.tailOffset...])))
    }
    let record = SegmentRecord(
      day: day, file: name, rowCount: rows.count, byteCount: encoded.bytes.count, content: content.description,
      tailOffset: encoded.tailOffset, tail: tail.description, timestamps: encoded.timestamps)
    try ActivityIndexFiles.stage(index, record, below: folder)
    return StagedSegment(record: record, eventNames: rows.event.values.strings, firsts: firsts)
  }

  /// Each (event, member) run of sorted rows begins with its earliest instant of the day.
  private static func firsts(of rows: SegmentRows) -> FirstInstants.Pairs {
    var firsts = FirstInstants.Pairs()
    rows.event.codes.withUnsafeBufferPointer { events in
      rows.member.withUnsafeBufferPointer { members in
        let ts = rows.ts
        func run(_ row: Int) -> UInt64 { UInt64(events[row]) << 32 | UInt64(UInt32(bitPattern: members[row])) }
        var (count, last) = (0, UInt64.max)
        for row in 0..<events.count {
          count &+= run(row) != last ? 1 : 0
          last = run(row)
        }
        firsts.keys = [UInt64](unsafeUninitializedCapacity: count) { keys, filledKeys in
          firsts.instants = [Int64](unsafeUninitializedCapacity: count) { instants, filledInstants in
            var place = -1
            last = .max
            // Whether a run begins is not to be guessed: each row writes, and all but the first what is there.
            for row in 0..<events.count {
              let begins = run(row) != last
              last = run(row)
              place &+= begins ? 1 : 0
              keys[place] = last
              instants[place] = begins ? ts[row] : instants[place]
            }
            (filledKeys, filledInstants) = (count, count)
          }
        }
      }
    }
    return firsts
  }
}

/// A segment that lies under `staging/`, and what the member dictionary needs to know of it.
package struct StagedSegment: Sendable {
  let record: SegmentRecord
  let eventNames: [String]
  /// Events are places in `eventNames`.
  let firsts: FirstInstants.Pairs
}
