internal import ArgumentParser
internal import DashboardServer
internal import Dashboards
internal import Events
internal import Glibc
internal import Segments

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the published dashboards and the page that draws them.",
    discussion: """
      The server computes nothing: it serves what was published, and takes up a new publication by itself. It listens \
      on this machine only unless --host says otherwise; with MUSTER_TOKEN set, the figures ask for that bearer token.

      Examples:
        muster serve
        muster serve --port 9000
        MUSTER_TOKEN=secret muster serve --host 0.0.0.0
      """)

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port = 8080

  @OptionGroup var options: WorkspaceOptions

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
  }

  func run() async throws {
    let workspace = try options.load()
    let places = SharedFiles(workspace: workspace)
    let site = try siteFiles(folder: try places.siteFolder(), chartLibrary: places.chartLibrary)
    if places.chartLibrary == nil {
      Terminal.warn("warning: the chart library is not installed (Debian: node-d3); the page shows tables")
    }
    let token = getenv("MUSTER_TOKEN").map { String(cString: $0) }
    let published = PublishedFolder(storeFolder: workspace.storeFolder)
    if published.currentName() == nil, !options.quiet {
      Terminal.warn("nothing is published yet: run `muster publish`; the page shows it as soon as it is there")
    }
    let server = DashboardServer(
      ServerConfiguration(host: host, port: port, token: token), site: site, published: published,
      now: { SystemClock.now.microseconds / 1_000_000 })
    try await server.run { host, port in
      Terminal.write("Serving dashboards on http://\(host):\(port)/ (Ctrl-C ends)\n")
    }
  }
}
