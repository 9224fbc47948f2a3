internal import Columns
package import Events
package import Segments

/// Keeps reading files that grow, and commits what came at a rhythm.
///
/// ```
/// poll ─▶ files that are there, by device and inode ─▶ bytes that are new ─▶ whole records ─▶ one batch ─▶ places
/// ```
/// Where reading goes on is committed with the batch: whatever ends the process, the next one goes on from there.
package struct FollowRun: Sendable {
  let run: @Sendable (Timestamp) -> IngestRun
  let workspace: Workspace
  let rejectLimit: Double
  /// Seconds between two commits.
  let commitSeconds: Int
  let clock: @Sendable () -> Timestamp
  let shouldStop: @Sendable () -> Bool
  private static let pollMilliseconds = 200

  /// - Parameters:
  ///   - clock: the instant of each batch.
  ///   - shouldStop: asked often; once true, what is whole is committed and the run ends.
  package init(
    _ workspace: Workspace, rejectLimit: Double, reopensClosedDays: Bool, commitSeconds: Int,
    clock: @escaping @Sendable () -> Timestamp, shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.workspace = workspace
    self.rejectLimit = rejectLimit
    self.commitSeconds = commitSeconds
    self.clock = clock
    self.shouldStop = shouldStop
    run = { arrival in
      IngestRun(workspace, arrival: arrival, rejectLimit: 1, reopensClosedDays: reopensClosedDays)
    }
  }

  /// Follows what `list` names, which is asked at every look, until it is told to stop.
  /// - Parameter onCommit: is told of each batch.
  /// - Returns: the account of all batches.
  /// - Throws: what reading and writing throw; what was committed before stays.
  package func follow(
    _ list: () throws -> [LogSource], onCommit: (IngestReport) -> Void
  ) async throws -> IngestReport {
    var total = IngestReport()
    var files = FollowedFiles()
    var next = ContinuousClock.now
    var isFirst = true
    try Self.check(list())
    while true {
      let isStopping = shouldStop()
      let isFresh = try files.look(at: list)
      let waiting = files.newByteCount
      let isTime = ContinuousClock.now >= next || isStopping || waiting >= IngestLimits.followedByteCountWaiting
      if isFirst || isFresh || (waiting > 0 && isTime) {
        let report = try await batch(&files, total)
        if let report {
          total.add(report)
          onCommit(report)
        }
        isFirst = false
        // Where nothing was whole, or another process writes, it is tried again soon.
        next = ContinuousClock.now + .seconds(report == nil ? 1 : commitSeconds)
      }
      if isStopping { return total }
      try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
    }
  }

  private static func check(_ sources: [LogSource]) throws {
    let files = try sources.compactMap { try FollowedFile($0) }
    if let packed = files.first, files.allSatisfy(\.isCompressed) {
      throw IngestError(
        .cannotRead, "compressed files do not grow: they are not followed", file: packed.source.path,
        hint: "Load it without --follow.")
    }
    if let whole = sources.first(where: { $0.description.isReadWhole }) {
      throw IngestError(
        .configuration, "documents and Parquet are whole when they are written: they are not followed",
        file: whole.path, hint: "Load it without --follow.")
    }
    guard let members = sources.first(where: { $0.description.kind == .members }) else { return }
    throw IngestError(
      .configuration, "facts of members are not followed", file: members.path,
      hint: "Load the dataset '\(members.description.name)' without --follow.")
  }

  /// Reads what is whole of all files into one batch; nil where there was nothing, or another process writes.
  private func batch(_ files: inout FollowedFiles, _ total: IngestReport) async throws -> IngestReport? {
    let run = run(clock())
    let zone = try TimeZoneRules(named: workspace.settings.timeZone)
    var consumer: BatchConsumer
    do { consumer = try run.consumer(zone) } catch let error as StoreError where error.code == .locked { return nil }
    try files.findRotated(consumer)
    var read: [(file: FollowedFile, position: FollowedPosition)] = []
    for file in files.withNews {
      let batch = FollowedRead(file: file, run: run, zone: zone, others: files.all)
      if let position = try await batch.read(into: &consumer) { read.append((file, position)) }
    }
    guard !read.isEmpty else { return nil }
    try checkLimit(total, consumer.report)
    consumer.writer.extras.followed = read.map(\.position)
    let report = try await consumer.commit()
    for (file, position) in read { file.commit(position) }
    return report
  }

  /// The limit counts over the whole run: a batch may be three records.
  func checkLimit(_ total: IngestReport, _ report: IngestReport) throws {
    var sum = total
    sum.add(report)
    guard sum.totals.read >= IngestLimits.followedRecordCountOfLimitMin,
      Double(sum.totals.rejected) > rejectLimit * Double(sum.totals.read)
    else { return }
    throw IngestError(
      .tooManyRejected,
      "\(sum.totals.rejected) of \(sum.totals.read) records were rejected: \(sum.rejectionSummary)",
      file: workspace.folder,
      hint:
        "What was committed stays; the last batch was not. Mend the mapping or raise --reject-limit, and start again. "
        + "The first ones:\n  " + sum.examples.joined(separator: "\n  "))
  }
}

extension IngestReport {
  /// Adds the account of a later batch.
  mutating func add(_ other: IngestReport) {
    totals.read += other.totals.read
    totals.stored += other.totals.stored
    totals.duplicate += other.totals.duplicate
    totals.rejected += other.totals.rejected
    totals.conflicts += other.totals.conflicts
    days = Set(days).union(other.days).sorted()
    rejections.merge(other.rejections) { $0 + $1 }
    examples = Array((examples + other.examples).prefix(5))
    quarantineFile = other.quarantineFile ?? quarantineFile
  }
}
