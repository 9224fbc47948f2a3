// Which rows of an optional column hold a value: a level a row, 1 where it does.
//
//   4 bytes: the length of what follows      RLE of width 1

/// Appends the levels of `count` rows that all hold a value.
func appendLevelsAllPresent(count: Int, into page: inout PageBuffer) {
  let start = page.count
  page.append(UInt32(0))
  appendRun(of: 1, count: count, width: 1, into: &page)
  page.replace(at: start, with: UInt32(page.count - start - 4))
}

/// Appends `levels`, each 0 or 1.
func appendLevels(_ levels: UnsafeBufferPointer<UInt32>, into page: inout PageBuffer) {
  let start = page.count
  page.append(UInt32(0))
  encodeHybrid(levels, width: 1, into: &page)
  page.replace(at: start, with: UInt32(page.count - start - 4))
}

/// The levels of one page.
struct DefinitionLevels {
  /// A level a row; empty where all rows hold a value.
  private(set) var levels: [UInt32] = []
  private(set) var presentCount: Int

  /// Levels of `count` rows that all hold a value.
  init(allPresent count: Int) { presentCount = count }

  /// Reads the levels of `count` rows from the start of a page; `cursor` then stands at its values.
  init(_ cursor: inout ByteCursor, count: Int) throws {
    let section = try cursor.take(Int(try cursor.word()))
    presentCount = count
    if Self.isAllPresent(section, count: count) { return }
    levels = try [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 { try decodeHybrid(section, count: count, width: 1, into: buffer.baseAddress!) }
      initialized = count
    }
    presentCount = 0
    for level in levels { presentCount &+= Int(level) }
  }

  /// Whether `section` is one run of ones: what a page without nulls has.
  private static func isAllPresent(_ section: UnsafeRawBufferPointer, count: Int) -> Bool {
    var cursor = ByteCursor(section)
    guard let header = try? cursor.varint(), header == UInt64(count) << 1, count > 0 else { return false }
    return cursor.left == 1 && (try? cursor.byte()) == 1
  }

  /// Moves the values at the front of `rows` to the rows that hold one, and sets the others to `null`.
  func spread(_ rows: UnsafeMutablePointer<UInt32>, null: UInt32) {
    var next = presentCount
    var row = levels.count
    while row > 0 {
      row &-= 1
      if levels[row] != 0 {
        next &-= 1
        rows[row] = rows[next]
      } else {
        rows[row] = null
      }
    }
  }
}
