internal import Aggregation
internal import ArgumentParser
internal import Dashboards
internal import Events
internal import Pipelines
internal import Segments

struct Publish: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Answer the questions of dashboards and publish the documents.",
    discussion: """
      Documents become visible all at once; until then the old ones stay. Figures that rest on fewer members than \
      published-cell-minimum are withheld.

      Examples:
        muster publish
        muster publish overview --as-of 2026-09-30
      """)

  @Argument(help: ArgumentHelp("Names of dashboards; default: all.", valueName: "dashboard"))
  var names: [String] = []

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var options: WorkspaceOptions

  func run() throws {
    let workspace = try options.load()
    let dashboards = try DashboardDescription.load(names, from: workspace)
    guard !dashboards.isEmpty else {
      throw StoreError(
        .notFound, "there are no dashboards", file: "\(workspace.folder)/dashboards",
        hint: "Write dashboards/NAME.yaml; `muster new` shows one.")
    }
    let store = try Store(reading: workspace)
    let now = SystemClock.now
    let given = try asOf.instant(in: store.zone)
    var progress = Progress(quiet: options.quiet)
    let (documents, instant) = try Engine.overNewest(store, now: now) { engine in
      let instant = given ?? engine.defaultAsOf
      let builder = DashboardBuilder(engine: engine, asOf: instant)
      return (try dashboards.map { dashboard in try builder.document(dashboard) { progress.show($0) } }, instant)
    }
    let promise = PipelineDescription.promiseSeconds(in: workspace)
    let publication = Publication(
      documents: documents, asOf: instant, publishedAt: now, freshUntil: promise.map { now.adding(seconds: $0) })
    let (folder, newer) = try publication.write(to: store, keeping: workspace.dashboards)
    Progress.clearLine()
    for name in newer { Terminal.warn("\(name): one of newer data was published meanwhile, and stays") }
    Terminal.write("published \(dashboards.map(\.name).joined(separator: ", ")) as of \(instant) in \(folder)\n")
  }
}
