internal import ArgumentParser
internal import Segments

struct StoreCompact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact", abstract: "Merge the small segments of each day, and empty what is past its time.",
    discussion: """
      A store fed every hour has many small files a day; merged, it is read as fast as one fed daily. Answers do not \
      change. Superseded files stay under retired/ for the grace period (grace-period in muster.yaml), so that a \
      question that began before still finds them. Killed at any instant, it is simply run again.

      Examples:
        muster store compact
        muster store compact --dry-run
      """)

  @OptionGroup var options: UpkeepOptions

  func run() throws {
    let compaction = Compaction(try options.load(), rule: .all)
    let now = SystemClock.now
    if options.dryRun { return Terminal.write(text(try compaction.plan(now: now))) }
    var progress = Progress(quiet: options.quiet)
    let outcome = try compaction.run(now: now) { done, count in progress.show("merging group \(done + 1) of \(count)") }
    Progress.clearLine()
    Terminal.write(text(outcome))
  }

  private func text(_ outcome: Compaction.Outcome) -> String {
    let merged = outcome.groups.reduce(0) { $0 + $1.segments.count }
    let read = outcome.groups.reduce(0) { $0 + $1.byteCount }
    if options.format == .json {
      let groups = outcome.groups.map {
        "{\"day\":\"\($0.day)\",\"segments\":\($0.segments.count),\"rows\":\($0.rowCount),\"bytes\":\($0.byteCount)}"
      }
      return """
        {"dry_run":\(options.dryRun),"merged":\(merged),"into":\(outcome.groups.count),"bytes_read":\(read),\
        "bytes_written":\(outcome.writtenByteCount.map(String.init) ?? "null"),\
        "groups":[\(groups.joined(separator: ","))],\
        "removed":[\(outcome.overdue.map(jsonText).joined(separator: ","))]}

        """
    }
    var lines = outcome.groups.map {
      "\($0.day)  \(grouped($0.segments.count)) segments, \(grouped($0.rowCount)) events, \(byteText($0.byteCount))"
    }
    lines.append(
      outcome.groups.isEmpty
        ? "no day has small segments to merge"
        : "\(options.dryRun ? "would merge" : "merged") \(grouped(merged)) segments into \(grouped(outcome.groups.count))"
          + (outcome.writtenByteCount.map { ", \(byteText(read)) → \(byteText($0))" } ?? ""))
    if !outcome.overdue.isEmpty {
      lines.append(
        "\(options.dryRun ? "would remove" : "removed") \(grouped(outcome.overdue.count)) files past their time")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
