internal import Columns
package import Events
package import Segments

/// The dataset that plans are written into, so that `ingest` loads them before their days come.
///
/// ```
/// datasets/NAME/dataset.yaml                        the plain log, with room ahead
/// datasets/NAME/log/push_time-2026-08-10.jsonl      one file a plan, by its first day
/// ```
package struct PlanDataset: Sendable {
  private let workspace: Workspace
  private let name: String

  /// Days ahead that any plan of the next week needs.
  private static let daysAheadMin = 14

  package init(_ name: String, in workspace: Workspace) { (self.workspace, self.name) = (workspace, name) }

  /// Whether `name` can be that of a folder.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.hasPrefix("-") && !name.contains("/")
  }

  /// Where the records of a plan lie.
  /// - Throws: ``StoreError`` `refused` where there is such a plan: it may be on its way to members.
  package func file(of experiment: String, from first: CommunityDay, as form: PlanRecords.Form) throws -> String {
    let stem = "\(workspace.folder)/datasets/\(name)/log/\(experiment)-\(first)"
    for ending in ["jsonl", "csv"] where fileExists("\(stem).\(ending)") {
      throw StoreError(
        .refused, "these days were planned before", file: "\(stem).\(ending)",
        hint: "Remove the file where its sends have not gone out, or write to --out.")
    }
    return "\(stem).\(form == .csv ? "csv" : "jsonl")"
  }

  /// Writes `dataset.yaml` with room for records up to `end`, where there is none.
  /// - Returns: its path where it was written.
  package func describe(upTo end: Timestamp, now: Timestamp, schema: EventSchema) throws -> String? {
    let file = workspace.datasetFile(name)
    if fileExists(file) { return nil }
    let needed = (end.microseconds - now.microseconds) / 86_400_000_000 + 2
    let dimensions = ["push", "arm", "experiment"].filter(schema.dimensions.contains).map {
      "\($0): \(EventSchema.plainLogField(ofDimension: $0))"
    }
    let text = """
      title: Planned sends
      path: [log/*.jsonl, log/*.csv]     # what `muster experiment plan … --dataset \(name)` writes
      ahead: \(max(needed, Int64(Self.daysAheadMin)))d                         # loaded before their days come
      time: ts
      member: user_id
      event: event
      event-id: event_id
      dimensions: {\(dimensions.joined(separator: ", "))}
      properties-from: properties

      """
    try makeFolder("\(workspace.folder)/datasets/\(name)/log")
    var bytes = text
    try bytes.withUTF8 { try writeNewFile(UnsafeRawBufferPointer($0), to: file) }
    return file
  }
}
