internal import Aggregation
internal import Dashboards
package import Events
internal import Ingest
package import Segments

/// Runs the steps of a pipeline in order, once each, and leaves a record in the catalog.
package struct PipelineRun: Sendable {
  private let pipeline: PipelineDescription
  private let workspace: Workspace
  /// The instant of the run.
  private let now: Timestamp
  /// Nil is the end of the last day that holds data once `ingest` is done.
  private let asOf: Timestamp?
  private let report: @Sendable (String) -> Void

  /// - Parameters:
  ///   - now: the instant of the run; steps read no other clock.
  ///   - asOf: only events before it count; nil is the default after ingest.
  ///   - report: is told what happens, a line at a time.
  package init(
    _ pipeline: PipelineDescription, workspace: Workspace, now: Timestamp, asOf: Timestamp? = nil,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.pipeline = pipeline
    self.workspace = workspace
    self.now = now
    self.asOf = asOf
    self.report = report
  }

  /// Runs all steps; the first that fails ends the run, and the record says so.
  /// - Parameter clock: gives the instant at which the run ended.
  package func run(clock: () -> Timestamp) async throws {
    let log = try RunLog(workspace)
    let id = try log.start(pipeline.name, at: now)
    var state = PipelineState()
    do {
      for (index, step) in pipeline.steps.enumerated() {
        report("step \(index + 1) of \(pipeline.steps.count): \(step.name)")
        switch step {
        case .ingest(let datasets): try await ingest(datasets)
        case .compact: try compact()
        case .aggregate(let dashboards): try aggregate(dashboards, into: &state)
        case .publish(let dashboards): try publish(dashboards, &state)
        }
      }
    } catch {
      try? log.finish(id, at: clock(), asOf: state.asOf, state: .failed, message: "\(error)")
      throw error
    }
    try log.finish(id, at: clock(), asOf: state.asOf, state: .done, message: state.published ?? "")
  }

  private func ingest(_ datasets: [String]) async throws {
    let sources = try LogSource.files(ofDatasets: datasets, in: workspace)
    if sources.isEmpty {
      report("no dataset has a log: nothing to load")
      return
    }
    let result = try await IngestRun(workspace, arrival: now).load(sources)
    let totals = result.totals
    report(
      "read \(totals.read), stored \(totals.stored), duplicate \(totals.duplicate), rejected \(totals.rejected), "
        + "\(result.days.count) days touched, \(result.skippedSources.count) sources unchanged")
    if totals.rejected > 0 {
      report("warning: rejected \(result.rejectionSummary); see \(result.quarantineFile ?? "quarantine")")
    }
  }

  private func compact() throws {
    guard fileExists("\(workspace.storeFolder)/catalog.sqlite") else { return }
    let groups = try Compaction(workspace, rule: .worthwhile).run(now: now).groups
    let merged = groups.reduce(0) { $0 + $1.segments.count }
    report(groups.isEmpty ? "no day is worth merging" : "merged \(merged) segments into \(groups.count)")
  }

  /// What later steps take from earlier ones.
  private struct PipelineState {
    var asOf: Timestamp?
    /// Documents made by `aggregate`, by the dashboard's name.
    var documents: [String: DashboardDocument] = [:]
    var published: String?
  }

  private func aggregate(_ names: [String], into state: inout PipelineState) throws {
    let dashboards = try DashboardDescription.load(names, from: workspace)
    let settled = state.asOf ?? asOf
    let (asOf, documents) = try Engine.overNewest(Store(reading: workspace), now: now) { engine in
      let asOf = settled ?? engine.defaultAsOf
      let builder = DashboardBuilder(engine: engine, asOf: asOf)
      return (asOf, try dashboards.map { dashboard in try builder.document(dashboard) { report($0) } })
    }
    state.asOf = asOf
    for document in documents { state.documents[document.name] = document }
  }

  private func publish(_ names: [String], _ state: inout PipelineState) throws {
    let wanted = names.isEmpty ? workspace.dashboards : names
    let missing = wanted.filter { state.documents[$0] == nil }
    if !missing.isEmpty { try aggregate(missing, into: &state) }
    guard let asOf = state.asOf else {
      report("no dashboards: nothing to publish")
      return
    }
    let publication = Publication(
      documents: wanted.compactMap { state.documents[$0] }, asOf: asOf, publishedAt: now,
      freshUntil: pipeline.freshWithinSeconds.map { now.adding(seconds: $0) })
    let (folder, newer) = try publication.write(to: Store(reading: workspace), keeping: workspace.dashboards)
    state.published = folder
    for name in newer { report("\(name): one of newer data was published meanwhile, and stays") }
    report("published \(wanted.joined(separator: ", ")) as of \(asOf)")
  }
}
