internal import Columns

/// Items by number, and for each block the number of each of its items.
struct ItemNumbers: Sendable {
  let names: StringTable
  /// By item of the block; ``none`` for one that is not numbered.
  let byBlock: [[UInt32]]

  /// The number of all other items.
  var none: UInt32 { UInt32(names.count) }

  /// Numbers every item.
  init(all blocks: [ItemBlock]) {
    let width = EngineLimits.coreCount
    let parts = onAllCores(width) { part in
      var names = StringTable()
      let numbers = stride(from: part, to: blocks.count, by: width).map { blocks[$0].names.codes(in: &names) }
      return (names: names, numbers: numbers)
    }
    var names = parts[0].names
    let maps = parts.map { $0.names.texts.codes(in: &names) }
    self.names = names
    byBlock = onAllCores(blocks.count) { block in
      let map = maps[block % width]
      return parts[block % width].numbers[block / width].map { UInt32(bitPattern: map[Int($0)]) }
    }
  }

  /// Numbers the items called so and no others.
  init(_ names: StringTable, in blocks: [ItemBlock]) {
    self.names = names
    let none = UInt32(names.count)
    byBlock = onAllCores(blocks.count) { block in
      let texts = blocks[block].names
      let textCount = texts.count
      var numbers = [UInt32](repeating: none, count: textCount)
      var (code, left) = (0, names.count)
      // Frequent items, which are mostly asked for, come first.
      texts.bytes.withUnsafeBytes { bytes in
        while left > 0, code < textCount {
          if let number = names.find(UnsafeRawBufferPointer(rebasing: bytes[texts.range(of: code)])) {
            numbers[code] = number
            left -= 1
          }
          code += 1
        }
      }
      return numbers
    }
  }
}

extension RowTexts {
  /// The codes in `table` of the texts, which are looked up together.
  func codes(in table: inout StringTable) -> [Int32] {
    if count == 0 { return [] }
    let hashes = bytes.withUnsafeBytes { bytes in
      (0..<count).map { byteHash(UnsafeRawBufferPointer(rebasing: bytes[range(of: $0)])) }
    }
    return [Int32](unsafeUninitializedCapacity: count) { found, filled in
      Array(0..<Int32(truncatingIfNeeded: count)).withUnsafeBufferPointer { rows in
        table.codes(for: self, hashes: hashes, rows: rows, into: found.baseAddress!)
      }
      filled = count
    }
  }
}
