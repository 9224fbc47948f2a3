internal import ArgumentParser
internal import Events
internal import Segments

struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a workspace: settings, a dashboard, a nightly pipeline.",
    discussion: """
      Examples:
        muster new club
        muster new club --time-zone Asia/Shanghai
      """)

  @Argument(help: ArgumentHelp("The folder; it must be new or empty of workspace files.", valueName: "dir"))
  var folder: String

  @Option(help: ArgumentHelp("IANA name of the community's time zone.", valueName: "zone"))
  var timeZone = "UTC"

  func run() throws {
    let zone = try TimeZoneRules(named: timeZone).name
    let root = absolutePath(folder, from: currentFolder)
    let files = [
      ("muster.yaml", Template.settings(timeZone: zone)), ("dashboards/overview.yaml", Template.overview),
      ("pipelines/nightly.yaml", Template.nightly), (".gitignore", ".muster/\ndatasets/*/log/\n"),
    ]
    for (name, _) in files where fileExists("\(root)/\(name)") {
      throw StoreError(
        .cannotWrite, "the file exists already", file: "\(root)/\(name)",
        hint: "Choose a new folder; nothing was changed.")
    }
    for name in ["dashboards", "pipelines", "datasets"] { try makeFolder("\(root)/\(name)") }
    for (name, text) in files {
      try Array(text.utf8).withUnsafeBytes { try writeFileDurably($0, to: "\(root)/\(name)") }
    }
    Terminal.write(
      """
      \(root) is a workspace in \(zone). Next:
        cd \(folder)
        muster ingest FILE        load a log; what its fields may be: muster ingest --help
        muster query activity     ask
        muster run nightly        publish the dashboard
        muster serve              look at it

      """)
  }
}
