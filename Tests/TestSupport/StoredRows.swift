internal import Columns
internal import Events
internal import Segments

extension BinaryWorkspace {
  /// Every event of a store in words, ids instead of keys, sorted: equal where stores hold the same events.
  package func storedRows(_ store: String = ".muster") throws -> [String] {
    let workspace = try Workspace(folder: folder, store: store, current: folder)
    let reading = try Store(reading: workspace)
    let snapshot = try reading.snapshot()
    let members = try reading.memberIDs(snapshot)
    let names = ["event"] + workspace.settings.schema.dimensions + ["properties"]
    var rows: [String] = []
    for record in snapshot.segments {
      let segment = try SegmentReader(record, of: reading)
      for group in 0..<segment.rowGroupCount {
        let (keys, instants) = (try segment.members(rowGroup: group), try segment.timestamps(rowGroup: group))
        let texts = try names.map { try segment.text($0, rowGroup: group) }
        for row in keys.indices {
          let member = members.string(UInt32(bitPattern: keys[row]))
          rows.append(
            "\(record.day) \(instants[row]) \(member) " + texts.map { $0?[row] ?? "-" }.joined(separator: " "))
        }
      }
    }
    return rows.sorted()
  }
}
