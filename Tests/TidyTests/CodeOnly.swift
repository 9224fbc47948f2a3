/// `text` with comments and the insides of strings blanked; lines and columns stay, and code inside `\( )` too.
func codeOnly(_ text: String) -> String {
  var scan = CodeScan(Array(text.utf8))
  scan.code(until: nil)
  return String(decoding: scan.bytes, as: UTF8.self)
}

private struct CodeScan {
  var bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads code up to the end, or to the `)` that closes an interpolation.
  mutating func code(until closing: UInt8?) {
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "/") where at("//"): blankLine()
      case UInt8(ascii: "/") where at("/*"): blankBlock()
      case UInt8(ascii: "\""): string(hashes: 0)
      case UInt8(ascii: "#"):
        let count = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        index += count
        if at("\"") { string(hashes: count) }
      case UInt8(ascii: "("):
        depth += 1
        index += 1
      case UInt8(ascii: ")"):
        index += 1
        if depth == 0, closing != nil { return }
        depth -= 1
      default: index += 1
      }
    }
  }

  private func at(_ word: String) -> Bool { bytes[index...].starts(with: word.utf8) }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < bytes.count {
      if bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
      index += 1
    }
  }

  private mutating func blankLine() {
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank() }
  }

  private mutating func blankBlock() {
    var depth = 0
    repeat {
      if at("/*") {
        depth += 1
        blank(2)
      } else if at("*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < bytes.count
  }

  private mutating func string(hashes: Int) {
    let quotes = at("\"\"\"") ? "\"\"\"" : "\""
    let escape = "\\" + String(repeating: "#", count: hashes)
    let end = quotes + String(repeating: "#", count: hashes)
    index += quotes.utf8.count
    while index < bytes.count {
      if at(end) {
        index += end.utf8.count
        return
      }
      if at(escape + "(") {
        blank(escape.utf8.count)
        index += 1
        code(until: UInt8(ascii: ")"))
      } else if at(escape) {
        blank(escape.utf8.count + 1)
      } else {
        blank()
      }
    }
  }
}
