internal import ArgumentParser
internal import Segments

struct StoreRecover: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", abstract: "Make a lost or damaged catalog again from the segments' footers.",
    discussion: """
      Segments, days, batches, sources and facts of members come back; runs of pipelines, looks at experiments, \
      annotations and places in followed files do not. \
      What is lost, and what cannot be proven, is said. A sound catalog is left alone. The member dictionary cannot be \
      made again: where it is lost or torn, nothing is changed and the exit status is 65.

      Example:
        muster store recover
      """)

  @Option(help: "table or json.")
  var format = OutputFormat.table

  @OptionGroup var options: WorkspaceOptions

  func validate() throws { try format.checkTableOrJSON() }

  func run() throws {
    let recovery = Recovery(try options.load())
    var progress = Progress(quiet: options.quiet)
    let outcome = try recovery.run(now: SystemClock.now) { done, count in
      progress.show("reading segment \(done + 1) of \(count)")
    }
    Progress.clearLine()
    Terminal.write(format == .json ? json(outcome) : table(outcome))
  }

  private func table(_ outcome: Recovery.Outcome) -> String {
    if outcome.wasSound { return "the catalog is sound: nothing was changed\n" }
    let aside = outcome.setAside.map { "set aside  \($0.file): \($0.reason)\n" }.joined()
    let lost = outcome.lost.map { "lost       \($0)\n" }.joined()
    let doubts = outcome.doubts.map { "unproven   \($0)\n" }.joined()
    return """
      recovered  \(grouped(outcome.rowCount)) events in \(grouped(outcome.segmentCount)) segments of \
      \(grouped(outcome.dayCount)) days, \(grouped(outcome.sourceCount)) sources of \(grouped(outcome.batchCount)) \
      batches, \(grouped(outcome.memberCount)) members\
      \(outcome.factCount == 0 ? "" : ", facts of \(grouped(outcome.factCount))")
      \(aside)\(lost)\(doubts)
      """
  }

  private func json(_ outcome: Recovery.Outcome) -> String {
    let aside = outcome.setAside.map { "{\"file\":\(jsonText($0.file)),\"reason\":\(jsonText($0.reason))}" }
    return """
      {"was_sound":\(outcome.wasSound),"rows":\(outcome.rowCount),"segments":\(outcome.segmentCount),\
      "days":\(outcome.dayCount),"sources":\(outcome.sourceCount),"batches":\(outcome.batchCount),\
      "members":\(outcome.memberCount),"facts":\(outcome.factCount),"set_aside":[\(aside.joined(separator: ","))],\
      "lost":[\(outcome.lost.map(jsonText).joined(separator: ","))],\
      "unproven":[\(outcome.doubts.map(jsonText).joined(separator: ","))]}

      """
  }
}
