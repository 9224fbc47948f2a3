internal import ArgumentParser
internal import Events
internal import Segments

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look into the store, check it, and keep it small.",
    subcommands: [
      StoreStatusCommand.self, StoreLayout.self, StoreCheckCommand.self, StoreCompact.self, StoreExpire.self,
      StoreReindex.self, StoreRecover.self,
    ])
}

struct StoreStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "What the store holds.", discussion: "Example:\n  muster store status")

  @Option(help: "table or json.")
  var format = OutputFormat.table

  @OptionGroup var options: WorkspaceOptions

  func run() throws {
    let store = try Store(reading: options.load())
    let status = try StoreStatus(store)
    let totals = status.totals
    if format == .json {
      Terminal.write(
        """
        {"store":\(jsonText(store.folder)),"time_zone":\(jsonText(store.zone.name)),"rows":\(status.rowCount),\
        "members":\(status.memberCount),"members_with_facts":\(status.factMemberCount),\
        "members_never_active":\(status.inactiveMemberCount),"days":\(status.dayCount),"segments":\(status.segmentCount),\
        "segment_bytes":\(status.segmentByteCount),"first_day":\(status.firstDay.map { "\"\($0)\"" } ?? "null"),\
        "last_day":\(status.lastDay.map { "\"\($0)\"" } ?? "null"),"batches":\(status.batchCount),\
        "sources":\(status.sourceCount),"read":\(totals.read),"stored":\(totals.stored),\
        "duplicate":\(totals.duplicate),"rejected":\(totals.rejected),"conflicts":\(totals.conflicts),\
        "expired":\(status.expiredRowCount)}

        """)
      return
    }
    let facts =
      status.factMemberCount == 0
      ? ""
      : "; facts of \(grouped(status.factMemberCount)); \(grouped(status.inactiveMemberCount)) were never active"
    let expired = status.expiredBefore.map { "expired    \(grouped(status.expiredRowCount)) before \($0)\n" } ?? ""
    let days = status.firstDay.map { "\(grouped(status.dayCount)), \($0) to \(status.lastDay!)" } ?? "none"
    Terminal.write(
      """
      store      \(store.folder)
      events     \(grouped(status.rowCount)) in \(grouped(status.segmentCount)) segments, \
      \(byteText(status.segmentByteCount))
      members    \(grouped(status.memberCount))\(facts)
      days       \(days) (\(store.zone.name))
      read       \(grouped(totals.read)) in \(grouped(status.sourceCount)) sources: stored \(grouped(totals.stored)), \
      duplicate \(grouped(totals.duplicate)), rejected \(grouped(totals.rejected))
      \(expired)last       \(status.lastArrival.map(\.description) ?? "never")

      """)
  }
}

struct StoreCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Compare every byte of the store with what was written.",
    discussion: """
      Reads all segments, their indexes, the member dictionary and the duplicate sidecars, and looks for files that \
      the catalog does not know. Exit status 1 where something is not as it should be.

      --repair first removes what interrupted writers left and moves files that the catalog does not know to \
      retired/, and makes indexes that are missing or damaged anew; nothing else is touched.

      Examples:
        muster store check
        muster store check --repair
      """)

  @Flag(help: "Remove leftovers and set unknown segments aside, then check.")
  var repair = false

  @Option(help: "table or json.")
  var format = OutputFormat.table

  @OptionGroup var options: WorkspaceOptions

  func run() throws {
    let workspace = try options.load()
    if repair {
      for name in try StoreRepair.run(workspace, now: SystemClock.now) where !options.quiet {
        Terminal.warn("repaired: \(name)")
      }
    }
    let store = try Store(reading: workspace)
    var progress = Progress(quiet: options.quiet)
    let findings = try StoreCheck(store).findings { done, count in
      progress.show("checking segment \(done) of \(count)")
    }
    Progress.clearLine()
    if format == .json {
      let list = findings.map {
        "{\"kind\":\"\($0.kind.rawValue)\",\"file\":\(jsonText($0.file)),\"message\":\(jsonText($0.message))}"
      }
      Terminal.write("{\"findings\":[\(list.joined(separator: ","))]}\n")
    } else if findings.isEmpty {
      Terminal.write(
        "the store is as it was written: \(grouped(try store.snapshot().segments.count)) segments checked\n")
    } else {
      for finding in findings { Terminal.write("\(finding.kind.rawValue)  \(finding.file): \(finding.message)\n") }
    }
    if !findings.isEmpty { throw ExitCode(ExitStatus.checkFailed.rawValue) }
  }
}
