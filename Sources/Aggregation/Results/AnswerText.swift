internal import Events

extension Cell {
  /// The value for a table or CSV: nothing for null, rates in full.
  func text(decimals: Int?) -> String {
    switch self {
    case .null: ""
    case .int(let value): String(value)
    case .float(let value): decimals.map { rounded(value, decimals: $0) } ?? String(describing: value)
    case .text(let value): value
    case .day(let value): value.description
    case .bool(let value): value ? "yes" : "no"
    }
  }
}

/// `value` with exactly `decimals` digits behind the point.
private func rounded(_ value: Double, decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return String(describing: value) }
  let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
  let scaled = Int64((abs(value) * scale).rounded())
  let (whole, part) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
  let digits = String(part)
  let zeros = String(repeating: "0", count: decimals - digits.count)
  return (value < 0 && scaled > 0 ? "-" : "") + "\(whole).\(zeros)\(digits)"
}

extension Answer {
  /// RFC 4180: a header, then a line a row; null is empty, a bool is true or false.
  package var csv: String {
    func field(_ text: String) -> String {
      guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
      return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
    func value(_ cell: Cell) -> String {
      if case .bool(let value) = cell { return String(value) }
      return field(cell.text(decimals: nil))
    }
    let lines = [columns.map { field($0.name) }] + rows.map { $0.map(value) }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// Aligned columns for a terminal; missing values are a dash.
  package var table: String {
    let cells = tableCells
    let widths = columns.indices.map { column in cells.map { displayWidth($0[column]) }.max() ?? 0 }
    let lines = cells.map { row in
      var line = row.indices.map { pad(row[$0], to: widths[$0], right: isNumeric($0)) }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([lines[0], rule] + lines.dropFirst()).map { $0 + "\n" }.joined()
  }

  /// A Markdown table.
  package var markdown: String {
    let cells = tableCells.map { $0.map { $0.replacing("|", with: "\\|") } }
    let rule = columns.indices.map { isNumeric($0) ? "---:" : "---" }
    return ([cells[0], rule] + cells.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private var tableCells: [[String]] {
    [columns.map(\.name)]
      + rows.map { row in
        row.enumerated().map { column, cell in
          if cell == .null { return columns[column].name == "cohort" ? "pooled" : "–" }
          return printable(cell.text(decimals: 4))
        }
      }
  }

  private func isNumeric(_ column: Int) -> Bool { [.int, .float].contains(columns[column].kind) }

  private func pad(_ text: String, to width: Int, right: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - displayWidth(text)))
    return right ? space + text : text + space
  }
}

/// `text` without control characters: what a log says must not steer a terminal or break a row.
private func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
  return String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
}

/// Columns of a terminal that `text` takes: two for East Asian wide characters.
private func displayWidth(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { width, scalar in
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      width + 2
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: width
    default: width + 1
    }
  }
}
