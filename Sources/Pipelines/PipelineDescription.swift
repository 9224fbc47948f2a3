internal import Events
package import Segments

/// What `pipelines/NAME.yaml` says: steps in order.
package struct PipelineDescription: Sendable, Equatable {
  /// One step, with the names that it is given; none means all.
  package enum Step: Sendable, Equatable {
    /// Loads the logs of datasets; none named means all that have a `path`.
    case ingest(datasets: [String])
    /// Merges small segments of the days where it is worth the work.
    case compact
    /// Answers the questions of dashboards.
    case aggregate(dashboards: [String])
    /// Publishes dashboards.
    case publish(dashboards: [String])

    /// The step's key in the file.
    package var name: String {
      switch self {
      case .ingest: "ingest"
      case .compact: "compact"
      case .aggregate: "aggregate"
      case .publish: "publish"
      }
    }
  }

  package var name: String
  package var title: String
  /// A publication older than this is stale: the pipeline promises a newer one. Nil promises nothing.
  package var freshWithinSeconds: Int64?
  package var steps: [Step]

  package static let keys = ["title", "fresh-within", "steps"]
  package static let stepNames = ["ingest", "compact", "aggregate", "publish"]

  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  package init(contentsOf file: String, name: String) throws {
    let yaml = try YAMLValue(contentsOf: file)
    let keys = try yaml.mapping(knowing: Self.keys)
    self.name = name
    title = try keys["title"]?.string() ?? name
    if let value = keys["fresh-within"] {
      guard let seconds = durationSeconds(try value.string()) else {
        throw value.error("'\(try value.string())' is not a length of time", hint: "Write it like 30m, 24h or 7d.")
      }
      freshWithinSeconds = seconds
    }
    steps = try keys.require("steps", of: yaml).list().map(Self.step)
    if steps.isEmpty { throw yaml.error("the pipeline has no steps") }
  }

  private static func step(_ yaml: YAMLValue) throws -> Step {
    let keys = try yaml.mapping(knowing: stepNames)
    guard keys.count == 1, let (name, value) = keys.first else {
      throw yaml.error(
        "a step has one key", hint: "Write one of \(stepNames.joined(separator: ", ")), such as `- ingest: all`.")
    }
    let names = value.isList ? try value.strings() : try value.string() == "all" ? [] : [try value.string()]
    switch name {
    case "ingest": return .ingest(datasets: names)
    case "compact":
      guard names.isEmpty else { throw value.error("compact takes all days", hint: "Write `- compact: all`.") }
      return .compact
    case "aggregate": return .aggregate(dashboards: names)
    default: return .publish(dashboards: names)
    }
  }

  /// How soon the pipelines of a workspace promise a newer publication: the shortest of those that publish.
  /// Nil where none promises. A pipeline that cannot be read promises nothing.
  package static func promiseSeconds(in workspace: Workspace) -> Int64? {
    workspace.pipelines.compactMap { try? PipelineDescription(named: $0, in: workspace) }
      .filter { $0.steps.contains { $0.name == "publish" } }.compactMap(\.freshWithinSeconds).min()
  }

  /// The pipeline called `name` of a workspace.
  package init(named name: String, in workspace: Workspace) throws {
    let file = try workspace.existing(
      workspace.pipelineFile(name), kind: "pipeline", name: name, among: workspace.pipelines)
    try self.init(contentsOf: file, name: name)
  }
}
