internal import ArgumentParser
internal import Events
internal import Segments

/// Where the workspace lies: options of every verb that needs one.
struct WorkspaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder with muster.yaml; default: the nearest one upward.", valueName: "dir"))
  var workspace: String?

  @Option(help: ArgumentHelp("The store; default: .muster in the workspace.", valueName: "dir"))
  var store: String?

  @Flag(help: "No progress and no remarks on standard error, only errors.")
  var quiet = false

  func load() throws -> Workspace {
    try Workspace(folder: workspace, store: store, current: currentFolder)
  }
}

/// An instant as people write it: a date, which means the end of that day, or ISO 8601.
struct AsOfOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only events before this instant count: a date (its end) or ISO 8601. Default: the end of the last day with data.",
      valueName: "instant"))
  var asOf: String?

  func instant(in zone: TimeZoneRules) throws -> Timestamp? {
    guard let asOf else { return nil }
    if let day = CommunityDay(asOf) { return zone.start(of: day + 1) }
    var text = asOf
    guard let read = text.withUTF8({ parseISO8601(UnsafeRawBufferPointer($0)) }) else {
      throw ValidationError("--as-of: '\(asOf)' is no instant. Write 2026-09-30 or 2026-09-30T18:00:00+08:00.")
    }
    guard let offset = read.offsetSeconds else { return zone.instant(localMicroseconds: read.localMicroseconds) }
    return Timestamp(microseconds: read.localMicroseconds - Int64(offset) * 1_000_000)
  }
}

/// How an answer is written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case table, json, csv, markdown
}

extension OutputFormat {
  /// - Throws: `ValidationError` for a form that only answers have.
  func checkTableOrJSON() throws {
    guard self == .table || self == .json else { throw ValidationError("This verb prints table or json.") }
  }
}

extension CommunityDay: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension Granularity: ExpressibleByArgument {}
