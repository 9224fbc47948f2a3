package import Events

/// A store open for reading: the catalog, and the files that a snapshot names.
package struct Store: Sendable {
  /// Absolute path of the store's folder.
  package let folder: String
  package let settings: WorkspaceSettings
  package let zone: TimeZoneRules
  package let catalog: Catalog
  /// How long it took to open it.
  package let openingTime: Duration

  /// - Throws: ``StoreError`` `notFound` where nothing was ever ingested, `settingsChanged`.
  package init(reading workspace: Workspace) throws {
    let started = ContinuousClock.now
    guard fileExists("\(workspace.storeFolder)/catalog.sqlite") || isFolder("\(workspace.storeFolder)/segments") else {
      throw StoreError.noStore(workspace.storeFolder)
    }
    catalog = try Catalog(storeFolder: workspace.storeFolder, writable: false)
    try catalog.check(workspace.settings)
    folder = workspace.storeFolder
    settings = workspace.settings
    zone = try TimeZoneRules(named: settings.timeZone)
    openingTime = ContinuousClock.now - started
  }

  /// A store as it is, whatever the workspace says now.
  init(folder: String, settings: WorkspaceSettings, catalog: Catalog) throws {
    (self.folder, self.settings, self.catalog) = (folder, settings, catalog)
    zone = try TimeZoneRules(named: settings.timeZone)
    openingTime = .zero
  }

  /// The newest committed state.
  /// - Throws: ``StoreError`` `settingsChanged` where the store was reindexed since it was opened.
  package func snapshot() throws -> Snapshot { try catalog.snapshot(madeWith: settings) }

  /// Absolute path of a segment's file.
  package func path(of segment: SegmentRecord) -> String { "\(folder)/segments/\(segment.file)" }

  /// Weeks and months as the workspace counts them.
  package var calendar: CommunityCalendar { CommunityCalendar(weekStart: settings.weekStart) }
}
