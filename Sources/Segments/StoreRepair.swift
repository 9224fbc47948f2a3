package import Events

/// Removes what does not belong to a store, and makes damaged indexes anew: nothing that the catalog knows is touched.
package struct StoreRepair {
  /// Empties `staging/`, moves segments that do not count to `retired/`, whoever wrote them, and makes files of
  /// `index/` that are missing or damaged from their segments.
  /// - Returns: what was removed, moved or made, below the store's folder.
  /// - Throws: ``StoreError`` `locked` while somebody writes.
  package static func run(_ workspace: Workspace, now: Timestamp) throws -> [String] {
    let folder = workspace.storeFolder
    let staged = listFolder("\(folder)/staging").map { "staging/\($0)" }
    let before = Set(listFolder("\(folder)/retired"))
    let writer = try UpkeepWriter(workspace, now: now)
    let leftovers = Leftovers(storeFolder: folder, catalog: writer.catalog)
    for file in try leftovers.orphans() { try leftovers.setAside(file) }
    let moved = listFolder("\(folder)/retired").filter { !before.contains($0) }.map { "retired/\($0)" }
    let derived = try DerivedFiles(storeFolder: folder, settings: workspace.settings, catalog: writer.catalog)
    return staged + moved + (try derived.renew(deeply: true))
  }
}
