internal import Columns

/// Items by number, and for each block the number of each of its codes.
struct ItemNumbers: Sendable {
  let names: StringTable
  /// By code; that of a code whose item is not numbered is ``none``.
  let byBlock: [[UInt32]]

  /// One number for all other items: a row is counted the same way whether its item is asked for or not.
  var none: Int { names.count }

  /// Numbers every item that has a row.
  init(all blocks: [ItemBlock]) {
    let width = EngineLimits.coreCount
    let parts = onAllCores(width) { part in
      var names = StringTable()
      let numbers = stride(from: part, to: blocks.count, by: width).map { blocks[$0].numbers(in: &names) }
      return (names: names, numbers: numbers)
    }
    var names = parts[0].names
    let maps = parts.map { part in
      part.names.texts.codes(Array(0..<Int32(truncatingIfNeeded: part.names.count)), in: &names)
    }
    self.names = names
    let none = UInt32(names.count)
    byBlock = onAllCores(blocks.count) { block in
      let map = maps[block % width]
      return parts[block % width].numbers[block / width].map {
        $0 < map.count ? UInt32(bitPattern: map[Int($0)]) : none
      }
    }
  }

  /// Numbers the items called so and no others.
  init(_ names: StringTable, in blocks: [ItemBlock]) {
    self.names = names
    let none = UInt32(names.count)
    byBlock = onAllCores(blocks.count) { block in
      let texts = blocks[block].names
      var numbers = [UInt32](repeating: none, count: texts.count)
      var (code, left) = (0, names.count)
      // Frequent items, which are mostly asked for, have low codes.
      texts.bytes.withUnsafeBytes { bytes in
        while left > 0, code < texts.count {
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

extension ItemBlock {
  /// The number of each code by `names`, which takes in those that it lacks; the greatest for a code without a row.
  fileprivate func numbers(in names: inout StringTable) -> [UInt32] {
    var numbers = [UInt32](repeating: .max, count: self.names.count)
    var used: [Int32] = []
    numbers.withUnsafeMutableBufferPointer { numbers in
      for row in rows.joined() {
        let code = Int(truncatingIfNeeded: row >> 32)
        if numbers[code] == 0 { continue }
        numbers[code] = 0
        used.append(Int32(truncatingIfNeeded: code))
      }
    }
    for (code, number) in zip(used, self.names.codes(used, in: &names)) {
      numbers[Int(code)] = UInt32(bitPattern: number)
    }
    return numbers
  }
}

extension RowTexts {
  /// The codes in `table` of the texts in `rows`, which are looked up together.
  func codes(_ rows: [Int32], in table: inout StringTable) -> [Int32] {
    if rows.isEmpty { return [] }
    var hashes = [UInt64](repeating: 0, count: count)
    bytes.withUnsafeBytes { bytes in
      for row in rows { hashes[Int(row)] = byteHash(UnsafeRawBufferPointer(rebasing: bytes[range(of: Int(row))])) }
    }
    return [Int32](unsafeUninitializedCapacity: rows.count) { found, filled in
      rows.withUnsafeBufferPointer { rows in
        table.codes(for: self, hashes: hashes, rows: rows, into: found.baseAddress!)
      }
      filled = rows.count
    }
  }
}
