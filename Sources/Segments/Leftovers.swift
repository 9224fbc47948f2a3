internal import GRDB
internal import Glibc

/// What an interrupted writer left behind: removed by the next one, which holds the lock.
struct Leftovers {
  let storeFolder: String
  let catalog: Catalog

  /// Empties `staging/`, removes the quarantine of batches that never committed, and moves their segments to `retired/`.
  func clear(batchesAfter last: Int) throws {
    for name in listFolder("\(storeFolder)/staging") { removeFolder("\(storeFolder)/staging/\(name)") }
    for name in listFolder("\(storeFolder)/quarantine") {
      if let batch = Int(name.prefix { $0 != "." }), batch > last {
        try removeFile("\(storeFolder)/quarantine/\(name)")
      }
    }
    for file in try orphans() {
      let name = file.split(separator: "/").last.map(String.init) ?? file
      guard let batch = Int(name.prefix { $0 != "-" }), batch > last else { continue }
      try makeFolder("\(storeFolder)/retired")
      try moveFile("\(storeFolder)/segments/\(file)", to: "\(storeFolder)/retired/\(name)")
    }
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
