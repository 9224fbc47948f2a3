internal import Columns

extension UnitTable.Labels {
  /// Numbers of `texts`, which are in order, of which those that no row has are left out.
  init(_ numbers: [Int32], of texts: [String]) {
    var isUsed = [Bool](repeating: false, count: texts.count)
    for number in numbers where number >= 0 { isUsed[Int(number)] = true }
    var codes = [Int32](repeating: -1, count: texts.count)
    var values: [String] = []
    for number in texts.indices where isUsed[number] {
      codes[number] = Int32(values.count)
      values.append(texts[number])
    }
    self.init(codes: numbers.map { $0 < 0 ? -1 : codes[Int($0)] }, values: values)
  }

  /// The texts of a column, in the order of their bytes; nil is a column that is missing everywhere.
  init(_ column: TextColumn?, rows: [Int32]? = nil) {
    guard let column else {
      self.init()
      return
    }
    let texts = column.values.strings
    let order = texts.indices.sorted { texts[$0].utf8.lexicographicallyPrecedes(texts[$1].utf8) }
    var ranks = [Int32](repeating: 0, count: texts.count)
    for (rank, code) in order.enumerated() { ranks[code] = Int32(rank) }
    func rank(_ code: UInt32) -> Int32 { code == TextColumn.null ? -1 : ranks[Int(code)] }
    let numbers = rows.map { $0.map { rank(column.codes[Int($0)]) } } ?? column.codes.map(rank)
    self.init(numbers, of: order.map { texts[$0] })
  }

  /// Bands of active days in the days before the anchor.
  static func priorActivity(_ days: [Double], isNew: [Bool]) -> UnitTable.Labels {
    let bands = ["0", "1–3", "4–9", "10–14", "new"]
    let numbers = zip(days, isNew).map { days, isNew -> Int32 in
      if isNew { return 4 }
      return days < 1 ? 0 : days < 4 ? 1 : days < 10 ? 2 : 3
    }
    return UnitTable.Labels(numbers, of: bands)
  }
}
