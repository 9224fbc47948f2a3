package import Events
internal import Segments

/// Which days the published documents rest on: what must not expire under them.
package struct PublishedRanges {
  /// A dashboard in force, and the first day that a figure of it needs.
  package struct Figure: Sendable, Equatable, CustomStringConvertible {
    package var dashboard: String
    /// Nil where the document does not say: it was published by an earlier version.
    package var firstDay: CommunityDay?

    package var description: String {
      "\(dashboard) (\(firstDay.map { "from \($0) on" } ?? "it does not say from when on"))"
    }
  }

  private let figures: [Figure]

  /// Reads the manifest of the release in force; where nothing is published there is nothing to rest.
  /// - Throws: ``StoreError`` where it is none.
  package init(storeFolder: String) throws {
    let file = "\(storeFolder)/published/current/manifest.json"
    guard fileExists(file) else {
      figures = []
      return
    }
    figures = try Manifest(contentsOf: file).documents.map { Figure(dashboard: $0.name, firstDay: $0.firstDay) }
  }

  /// The dashboards that need one of `days`, which ascend.
  package func figures(restingOn days: [CommunityDay]) -> [Figure] {
    guard let last = days.last else { return [] }
    return figures.filter { figure in figure.firstDay.map { $0 <= last } ?? true }
  }
}
