/// The token that guards what is not public.
struct BearerToken: Sendable {
  private let bytes: [UInt8]

  init(_ token: String) {
    bytes = Array(token.utf8)
  }

  /// Whether exactly one `Authorization` line is there and shows the token.
  ///
  /// Takes the same time whichever byte differs; the time tells only how long the shown one is.
  func isShown(by lines: [String]) -> Bool {
    guard lines.count == 1, let space = lines[0].firstIndex(of: " "), lines[0][..<space].lowercased() == "bearer" else {
      return false
    }
    let shown = Array(trimmed(lines[0][space...]).utf8)
    var difference = UInt8(shown.count == bytes.count ? 0 : 1)
    for index in shown.indices {
      difference |= shown[index] ^ bytes[index % bytes.count]
    }
    return difference == 0
  }
}
