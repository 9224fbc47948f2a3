import Columns
import Events
import Foundation
import Segments

/// A small store in memory whose derived files probes replace: made once, as `ingest` makes one.
struct ProbeStore: Sendable {
  /// Members `member 0`, `member 1`, …: enough for a table on disk.
  static let memberCount = 100

  let store: Store
  let snapshot: Snapshot
  /// The files as they were written, by their paths below the store.
  let honest: [String: [UInt8]]

  /// The only one: probes run one after another.
  static let shared: ProbeStore = {
    do {
      return try ProbeStore()
    } catch {
      preconditionFailure("cannot make a store: \(error)")
    }
  }()

  private static let folder = "/dev/shm/muster-probe-store-\(getpid())"

  private init() throws {
    atexit { try? FileManager.default.removeItem(atPath: ProbeStore.folder) }
    try makeFolder(Self.folder)
    try Array("time-zone: UTC\n".utf8).withUnsafeBytes { try writeNewFile($0, to: "\(Self.folder)/muster.yaml") }
    let workspace = try Workspace(folder: Self.folder, store: nil, current: "/")
    try Self.load(workspace)
    store = try Store(reading: workspace)
    snapshot = try store.snapshot()
    let folder = store.folder
    let files = listFolder("\(folder)/index").map { "index/\($0)" } + ["members/table"]
    honest = try Dictionary(uniqueKeysWithValues: files.map { ($0, try readFile("\(folder)/\($0)")) })
  }

  /// One day of events of three kinds, on three platforms.
  private static func load(_ workspace: Workspace) throws {
    let day = CommunityDay(year: 2026, month: 3, day: 1)
    var batch = try BatchWriter(workspace, arrival: Timestamp(iso8601: "2026-03-02T00:00:00Z")!)
    let dimensions = workspace.settings.schema.dimensions
    var rows = SegmentRows(dimensionCount: dimensions.count, keepsEventID: false)
    for number in 0..<memberCount * 3 {
      let id = "member \(number % memberCount)"
      rows.ts.append(Int64(day.number) * 86_400_000_000 + Int64(number) * 1_000_000)
      rows.member.append(Int32(try Array(id.utf8).withUnsafeBytes { try batch.members.key(for: $0) }.number))
      rows.event.append(["view", "like", "push_sent"][number % 3])
      for (place, name) in dimensions.enumerated() {
        rows.dimensions[place].append(name == "platform" ? ["ios", "web", nil][number / 7 % 3] : nil)
      }
      rows.properties.append(nil)
    }
    try batch.append(rows, day: day, sources: [])
    var totals = BatchTotals()
    (totals.read, totals.stored) = (rows.count, rows.count)
    try batch.commit(totals, sources: [])
  }

  /// The index of the only segment, below the store.
  var indexFile: String { honest.keys.first { $0.hasSuffix(".index") }! }

  /// Replaces a file.
  func write(_ bytes: [UInt8], to file: String) {
    do {
      try? removeFile("\(store.folder)/\(file)")
      try bytes.withUnsafeBytes { try writeNewFile($0, to: "\(store.folder)/\(file)") }
    } catch {
      preconditionFailure("cannot write \(file): \(error)")
    }
  }
}
