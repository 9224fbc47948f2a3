package import Events

/// A store open for reading: the catalog, and the files that a snapshot names.
package struct Store: Sendable {
  /// Absolute path of the store's folder.
  package let folder: String
  package let settings: WorkspaceSettings
  package let zone: TimeZoneRules
  package let catalog: Catalog

  /// - Throws: ``StoreError`` `notFound` where nothing was ever ingested, `settingsChanged`.
  package init(reading workspace: Workspace) throws {
    guard fileExists("\(workspace.storeFolder)/catalog.sqlite") || isFolder("\(workspace.storeFolder)/segments") else {
      throw StoreError(
        .notFound, "there is no store yet", file: workspace.storeFolder,
        hint: "Load a log first: `muster ingest FILE`, or try `muster simulate`.")
    }
    catalog = try Catalog(storeFolder: workspace.storeFolder, writable: false)
    try catalog.check(workspace.settings)
    folder = workspace.storeFolder
    settings = workspace.settings
    zone = try TimeZoneRules(named: settings.timeZone)
  }

  package func snapshot() throws -> Snapshot { try catalog.snapshot() }

  /// Absolute path of a segment's file.
  package func path(of segment: SegmentRecord) -> String { "\(folder)/segments/\(segment.file)" }

  package var calendar: CommunityCalendar { CommunityCalendar(weekStart: settings.weekStart) }
}
