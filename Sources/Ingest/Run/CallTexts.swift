internal import Columns

/// The texts of one column over a whole call, and what the codes of each parser stand for among them.
struct CallTexts {
  private(set) var table = StringTable()
  /// By parser and its code: the code in `table`.
  private var known: [[UInt32]] = []

  /// Learns what the new codes of `column` stand for; to be called for each batch of a parser, in order.
  mutating func learn(_ column: CodedTexts, parser: Int) {
    while known.count <= parser { known.append([]) }
    known[parser].removeLast(known[parser].count - min(known[parser].count, Int(column.firstNewCode)))
    let news = column.newTexts
    if news.count == 0 { return }
    let hashes = news.bytes.withUnsafeBytes { bytes in
      (0..<news.count).map { byteHash(UnsafeRawBufferPointer(rebasing: bytes[news.range(of: $0)])) }
    }
    let codes = [Int32](unsafeUninitializedCapacity: news.count) { codes, filled in
      let rows = Array(0..<Int32(news.count))
      rows.withUnsafeBufferPointer { table.codes(for: news, hashes: hashes, rows: $0, into: codes.baseAddress!) }
      filled = news.count
    }
    known[parser] += codes.lazy.map { UInt32(bitPattern: $0) }
  }

  /// What a parser's code says; nil for a missing text.
  func text(_ code: UInt32, parser: Int) -> String? {
    code == TextColumn.null ? nil : table.string(known[parser][Int(code)])
  }

  /// Appends the codes in `table` of `rows` of `column`.
  func gather(_ column: CodedTexts, _ rows: UnsafeBufferPointer<Int32>, parser: Int, to target: inout [UInt32]) {
    let missing = TextColumn.null
    if column.isMissing { return target.append(contentsOf: repeatElement(missing, count: rows.count)) }
    known[parser].withUnsafeBufferPointer { known in
      column.codes.withUnsafeBufferPointer { codes in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows.count) { gathered in
          for (index, row) in rows.enumerated() {
            let code = codes[Int(row)]
            gathered[index] = code == missing ? code : known[Int(code)]
          }
          target.append(contentsOf: gathered)
        }
      }
    }
  }
}

extension [Int64] {
  /// Appends the values of `rows` to `target`.
  func gather(_ rows: UnsafeBufferPointer<Int32>, to target: inout [Int64]) {
    withUnsafeBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: rows.count) { gathered in
        for (index, row) in rows.enumerated() { gathered[index] = values[Int(row)] }
        target.append(contentsOf: gathered)
      }
    }
  }
}

extension UnsafeBufferPointer<Int32> {
  /// Appends the values of `rows` to `target`.
  func gather(_ rows: UnsafeBufferPointer<Int32>, to target: inout [Int32]) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count) { gathered in
      for (index, row) in rows.enumerated() { gathered[index] = self[Int(row)] }
      target.append(contentsOf: gathered)
    }
  }
}
