internal import ArgumentParser
internal import Segments

struct StoreReindex: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex", abstract: "Apply a changed time zone or changed dimensions to the store.",
    discussion: """
      Change time-zone or dimensions in muster.yaml, then reindex: rows move to the days of the new zone; a new \
      dimension is taken from the properties (of a plain log: community from community_id, content from content_id, \
      push from push_id, any other from its own name), one that is gone goes back there as text. Answers are those of \
      a fresh ingest of the same logs.

      The store needs its segments' size again on the disk. Until the end readers see the old store, then the new one. \
      Killed at any instant, it goes on where it was when it is run again. Where nothing has changed, it makes the \
      files of the activity index that are missing or damaged.

      Examples:
        muster store reindex --dry-run     what it would cost
        muster store reindex
      """)

  @OptionGroup var options: UpkeepOptions

  func run() throws {
    let reindex = Reindex(try options.load())
    if options.dryRun { return Terminal.write(text(try reindex.plan())) }
    var progress = Progress(quiet: options.quiet)
    let quiet = options.quiet
    let started = ContinuousClock.now
    let plan = try reindex.run(now: SystemClock.now) { plan in
      if !quiet { Terminal.warn(Self.cost(plan)) }
    } progress: { done, count in
      let elapsed = (ContinuousClock.now - started).components.seconds
      progress.show("rewriting day \(done + 1) of \(count), \(elapsed) s")
    }
    Progress.clearLine()
    Terminal.write(text(plan))
  }

  private static func cost(_ plan: Reindex.Plan) -> String {
    let seconds = plan.seconds.map { ", about \(Int($0.rounded(.up))) s" } ?? ""
    let resumed = plan.doneDayCount > 0 ? " (\(grouped(plan.doneDayCount)) done before)" : ""
    return "\(grouped(plan.dayCount)) days\(resumed), \(grouped(plan.rowCount)) events: reads "
      + "\(byteText(plan.readByteCount)), writes about \(byteText(plan.writtenByteCount))\(seconds); needs "
      + "\(byteText(plan.neededByteCount)) of \(byteText(plan.freeByteCount)) free"
  }

  private func text(_ plan: Reindex.Plan) -> String {
    if options.format == .json {
      return """
        {"dry_run":\(options.dryRun),"changes":[\(plan.changes.map(jsonText).joined(separator: ","))],"days":\(plan.dayCount),\
        "done_days":\(plan.doneDayCount),"rows":\(plan.rowCount),"bytes_read":\(plan.readByteCount),\
        "bytes_written":\(plan.writtenByteCount),"bytes_needed":\(plan.neededByteCount),\
        "bytes_free":\(plan.freeByteCount),"indexes":\(plan.renewedIndexCount),"seconds":\(plan.seconds.map { "\(($0 * 10).rounded() / 10)" } ?? "null")}

        """
    }
    if plan.changes.isEmpty, plan.renewedIndexCount > 0 {
      return "made \(grouped(plan.renewedIndexCount)) files of the index\n"
    }
    if plan.changes.isEmpty { return "the store is as muster.yaml says: nothing to do\n" }
    let list = plan.changes.map { "\($0)\n" }.joined()
    let done = "rewrote \(grouped(plan.rowCount)) events on \(grouped(plan.dayCount)) days"
    return list + (options.dryRun ? Self.cost(plan) : done) + "\n"
  }
}
