internal import ArgumentParser
internal import Dashboards
internal import Events
internal import Segments

struct StoreExpire: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire", abstract: "Drop the days past the retention period.",
    discussion: """
      Drops the days before --before, or all but the last retention-days of muster.yaml. First instants of members \
      stay, so that old members do not become new ones. Records of those days that come later are rejected (expired), \
      and lie in quarantine.

      Days that a published figure rests on are not dropped (exit status 1) unless --force says so.

      Examples:
        muster store expire --dry-run
        muster store expire --before 2026-01-01
      """)

  @Option(help: ArgumentHelp("The first day that is kept.", valueName: "day"))
  var before: CommunityDay?

  @Flag(help: "Drop days even where a published figure rests on them.")
  var force = false

  @OptionGroup var options: UpkeepOptions

  func run() throws {
    let workspace = try options.load()
    let now = SystemClock.now
    let expiry = try Expiry(workspace, before: before, now: now)
    let plan = try expiry.plan()
    let resting = try PublishedRanges(storeFolder: workspace.storeFolder).figures(restingOn: plan.days)
    if !resting.isEmpty, !force, !options.dryRun { throw refusal(resting, plan) }
    if options.dryRun {
      Terminal.write(text(plan, resting: resting))
    } else {
      Terminal.write(text(try expiry.run(now: now), resting: resting))
    }
  }

  private func refusal(_ figures: [PublishedRanges.Figure], _ plan: Expiry.Plan) -> StoreError {
    let named = figures.prefix(5).map(\.description).joined(separator: "; ")
    return StoreError(
      .refused, "published figures rest on days before \(plan.before): \(named)",
      hint: "Publish dashboards that begin later (`last:`), or say --force.")
  }

  private func text(_ plan: Expiry.Plan, resting: [PublishedRanges.Figure]) -> String {
    let days = plan.days
    if options.format == .json {
      return """
        {"dry_run":\(options.dryRun),"before":"\(plan.before)","days":\(days.count),"segments":\(plan.segments.count),\
        "rows":\(plan.rowCount),"bytes":\(plan.byteCount),"duplicate_days":\(plan.duplicateDays.count),\
        "resting":[\(resting.map { jsonText($0.description) }.joined(separator: ","))]}

        """
    }
    if plan.isEmpty { return "the store holds nothing before \(plan.before)\n" }
    let range = days.isEmpty ? "no days" : "\(grouped(days.count)) days (\(days.first!) to \(days.last!))"
    let notes = resting.map { "published: \($0)\n" }.joined()
    return """
      \(notes)\(options.dryRun ? "would drop" : "dropped") \(range): \(grouped(plan.rowCount)) events, \
      \(byteText(plan.byteCount)); sidecars of \(grouped(plan.duplicateDays.count)) days, \
      \(byteText(plan.duplicateByteCount))

      """
  }
}
