/// The forms in which a document is sent.
enum ContentCoding: String, CaseIterable, Sendable {
  // In order of preference where the client has none.
  case zstd, gzip, identity
}

/// What a client takes, from its `Accept-Encoding` lines (RFC 9110, section 12.5.3).
struct AcceptEncoding {
  /// 0 to 1000, by coding; nil: not named.
  private var weights: [ContentCoding: Int] = [:]
  private var weightOfOthers: Int?

  init(_ lines: [String]) {
    for line in lines {
      for element in line.split(separator: ",") {
        let parts = element.split(separator: ";").map(trimmed)
        guard let name = parts.first?.lowercased() else { continue }
        let weight = thousandths(parts.dropFirst())
        if name == "*" {
          weightOfOthers = weight
        } else if let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) {
          weights[coding] = weight
        }
      }
    }
  }

  /// The available coding that the client likes best; `identity` when it takes none of them.
  func best(of available: [ContentCoding]) -> ContentCoding {
    var best = (coding: ContentCoding.identity, weight: 0)
    for coding in ContentCoding.allCases where available.contains(coding) {
      let weight = weight(of: coding)
      if weight > best.weight { best = (coding, weight) }
    }
    return best.coding
  }

  /// A coding that is not named is not taken, except the identity: that is taken where nothing else is.
  private func weight(of coding: ContentCoding) -> Int {
    weights[coding] ?? (coding == .identity ? 0 : weightOfOthers ?? 0)
  }
}

/// Thousandths of `q=0.8`; 1000 without one, 0 for one that is malformed.
private func thousandths(_ parameters: ArraySlice<Substring>) -> Int {
  for parameter in parameters {
    let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
    guard sides[0].lowercased() == "q" else { continue }
    guard sides.count == 2 else { return 0 }
    let digits = sides[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = digits.count == 2 ? digits[1] : ""
    guard let whole = digits.first, whole == "0" || whole == "1", fraction.count <= 3,
      fraction.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return 0 }
    let scaled = Int(fraction + String(repeating: "0", count: 3 - fraction.count)) ?? 0
    return min(1000, (whole == "1" ? 1000 : 0) + scaled)
  }
  return 1000
}

/// Without the spaces and tabs at both ends.
func trimmed(_ text: Substring) -> Substring {
  let isSpace = { (character: Character) in character == " " || character == "\t" }
  var text = text.drop(while: isSpace)
  while let last = text.last, isSpace(last) { text.removeLast() }
  return text
}
