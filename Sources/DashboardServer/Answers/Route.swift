/// What a path asks for; the cases are the `route` label of the metrics, so they are few.
enum Route: String, CaseIterable, Sendable {
  case page, asset, dashboards, dashboard, manifest, health, ready, metrics
  /// Any other path.
  case other
  /// Bytes that are not a request.
  case invalid

  static let dashboardFolder = "/api/v1/dashboards/"

  /// The route of a decoded path.
  init(path: String) {
    switch path {
    case "/": self = .page
    case "/api/v1/dashboards": self = .dashboards
    case "/api/v1/manifest.json": self = .manifest
    case "/healthz": self = .health
    case "/readyz": self = .ready
    case "/metrics": self = .metrics
    case _ where path.hasPrefix(Self.dashboardFolder) && path.hasSuffix(".json"): self = .dashboard
    case _ where path.hasPrefix("/assets/"): self = .asset
    default: self = .other
    }
  }

  /// NAME of `/api/v1/dashboards/NAME.json`.
  static func dashboardName(path: String) -> String? {
    guard Route(path: path) == .dashboard else { return nil }
    return String(path.dropFirst(dashboardFolder.count).dropLast(".json".count))
  }

  /// Whether a token, when there is one, has to be shown for a decoded path.
  static func isGuarded(path: String) -> Bool {
    path == "/metrics" || path == "/api" || path.hasPrefix("/api/")
  }
}

/// The decoded path of a request target: without query, `%41` as `A`.
///
/// Takes the origin form (`/path?query`) and the absolute form (`http://host/path?query`) that proxies send;
/// nil for anything else and for escapes that are not UTF-8. `..` is not followed: paths are keys, not files.
func decodedPath(ofTarget target: String) -> String? {
  var bytes = Substring(target).utf8
  if bytes.first != UInt8(ascii: "/") {
    let schemes = ["http://", "https://"]
    guard let scheme = schemes.first(where: { target.lowercased().hasPrefix($0) }) else { return nil }
    bytes = bytes.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    if bytes.first != UInt8(ascii: "/") { return "/" }
  }
  let path = bytes.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
  guard path.contains(UInt8(ascii: "%")) else { return String(Substring(path)) }

  var decoded: [UInt8] = []
  var index = path.startIndex
  while index < path.endIndex {
    let byte = path[index]
    path.formIndex(after: &index)
    guard byte == UInt8(ascii: "%") else {
      decoded.append(byte)
      continue
    }
    let digits = path[index...].prefix(2)
    guard digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16), digits.first != UInt8(ascii: "+")
    else {
      return nil
    }
    decoded.append(value)
    path.formIndex(&index, offsetBy: 2)
  }
  return String(validating: decoded, as: UTF8.self)
}
