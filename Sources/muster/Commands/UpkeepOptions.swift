internal import ArgumentParser
internal import Segments

/// Options of the verbs that rewrite or drop parts of a store.
struct UpkeepOptions: ParsableArguments {
  @Flag(help: "Say what would be done and what it costs, and change nothing.")
  var dryRun = false

  @Option(help: "table or json.")
  var format = OutputFormat.table

  @OptionGroup var place: WorkspaceOptions

  var quiet: Bool { place.quiet }

  func validate() throws { try format.checkTableOrJSON() }

  func load() throws -> Workspace { try place.load() }
}
