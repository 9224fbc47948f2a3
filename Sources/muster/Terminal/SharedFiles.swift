internal import Glibc
internal import Segments

/// Where the page and the chart library lie: in the workspace, or beside the installed binary.
struct SharedFiles {
  let workspace: Workspace

  /// `dashboards/site` of the workspace, else `share/muster/site` beside the installed binary.
  func siteFolder() throws -> String {
    let candidates = ["\(workspace.folder)/dashboards/site", "\(Self.installed)/site"]
    guard let found = candidates.first(where: { fileExists("\($0)/index.html") }) else {
      throw StoreError(
        .notFound, "the page is neither in the workspace nor installed", file: candidates[0],
        hint: "Install it with `make install`.")
    }
    return found
  }

  /// The file of D3, nil where it is not installed.
  var chartLibrary: String? {
    let named = getenv("MUSTER_CHART_LIBRARY").map { String(cString: $0) }
    let candidates = [named, "\(Self.installed)/d3.min.js", "/usr/share/nodejs/d3/dist/d3.min.js"]
    return candidates.compactMap(\.self).first(where: fileExists)
  }

  /// `share/muster` of the prefix that the binary was installed under.
  private static var installed: String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    let binary = count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : "/usr/local/bin/muster"
    return absolutePath("\(binary)/../../share/muster", from: "/")
  }
}
