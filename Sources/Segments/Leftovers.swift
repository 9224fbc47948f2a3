internal import GRDB
internal import Glibc

/// What an interrupted writer left behind: removed by the next one, which holds the lock.
struct Leftovers {
  let storeFolder: String
  let catalog: Catalog

  /// Empties `staging/`, removes the quarantine of batches that never committed, and moves segments that never
  /// counted, and those that were superseded, to `retired/`.
  /// - Parameter keepingReindex: what an interrupted reindex has staged and moved stays.
  func clear(batchesAfter last: Int, keepingReindex: Bool = false) throws {
    try catalog.write { try CommitRecord.write($0, storeFolder: storeFolder) }
    for name in listFolder("\(storeFolder)/staging") where !(keepingReindex && name == "reindex") {
      removeFolder("\(storeFolder)/staging/\(name)")
    }
    for name in listFolder("\(storeFolder)/quarantine") {
      if let batch = Int(name.prefix { $0 != "." }), batch > last {
        try removeFile("\(storeFolder)/quarantine/\(name)")
      }
    }
    try RetiredFiles(storeFolder: storeFolder, catalog: catalog).moveAside()
    let lastUpkeep = try catalog.read { try Int.fetchOne($0, sql: "SELECT COALESCE(MAX(id), 0) FROM upkeep") ?? 0 }
    for file in try orphans() {
      let name = file.split(separator: "/").last ?? ""
      let number = Int(name.drop { $0 == "u" }.prefix { $0 != "-" })
      guard let number, number > (name.hasPrefix("u") ? lastUpkeep : last) else { continue }
      if keepingReindex, name.hasPrefix("u") { continue }
      try setAside(file)
    }
    try ActivityIndexFiles(storeFolder: storeFolder).clear(catalog: catalog, keepingUpkeep: keepingReindex)
  }

  /// Moves a file of `segments/` that does not count to `retired/`.
  func setAside(_ file: String) throws {
    try makeFolder("\(storeFolder)/retired")
    try moveFile("\(storeFolder)/segments/\(file)", to: retiredPath(of: file, storeFolder: storeFolder))
    rmdir("\(storeFolder)/segments/\(file.prefix { $0 != "/" })")
  }

  /// Files under `segments/` that the catalog does not know, by path below it.
  func orphans() throws -> [String] {
    let known = Set(try catalog.read { try String.fetchAll($0, sql: "SELECT file FROM segment") })
    let root = "\(storeFolder)/segments"
    return listFolder(root).flatMap { day in listFolder("\(root)/\(day)").map { "\(day)/\($0)" } }
      .filter { !known.contains($0) }
  }
}

/// Removes a folder and all in it, as far as the system lets.
package func removeFolder(_ path: String) {
  for name in listFolder(path) {
    let child = "\(path)/\(name)"
    if isFolder(child), !isSymbolicLink(child) { removeFolder(child) } else { unlink(child) }
  }
  rmdir(path)
}

private func isSymbolicLink(_ path: String) -> Bool {
  var information = stat()
  return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
}
