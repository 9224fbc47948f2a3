internal import ArgumentParser
internal import Ingest
internal import Segments

/// `ingest --follow`: keeps reading until it is told to stop.
extension Ingest {
  func followSources(in workspace: Workspace) async throws -> IngestReport {
    let run = FollowRun(
      workspace, rejectLimit: rejectLimit, reopensClosedDays: reopen, commitSeconds: every,
      clock: { SystemClock.now }, shouldStop: { StopSignals.wished })
    let quiet = options.quiet
    func say(_ report: IngestReport) {
      if quiet { return }
      let totals = report.totals
      Terminal.warn(
        "committed: read \(grouped(totals.read)), stored \(grouped(totals.stored)), duplicate "
          + "\(grouped(totals.duplicate)), rejected \(grouped(totals.rejected))")
    }
    StopSignals.listen()
    if inputs == ["-"] { return try await run.followInput(sources(in: workspace)[0], onCommit: say) }
    // Of all datasets, those that can be followed.
    let isAll = inputs.isEmpty && dataset == nil
    return try await run.follow(
      { try sources(in: workspace).filter { !isAll || $0.description.kind == .events } }, onCommit: say)
  }
}
