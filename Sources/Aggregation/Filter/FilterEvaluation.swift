import Columns

/// Truth is a byte: 0 false, 1 true, 2 unknown.
enum FilterTruth {
  static let `false`: UInt8 = 0
  static let `true`: UInt8 = 1
  static let unknown: UInt8 = 2

  static func of(_ value: Bool) -> UInt8 { value ? Self.true : Self.false }
}

/// Evaluates an expression over rows, a byte array for each part of it.
///
/// Once `and` has found a row false, or `or` has found it true, the parts that follow leave the row out; so in
/// `event = 'share' and properties.to = 'friend'` only the properties of shares are looked at.
struct FilterEvaluation {
  let rowCount: Int
  /// A column that is absent has no values.
  let columns: [String: TextColumn]

  /// The truth of each row; where `wanted` is 0 it may be anything.
  func truth(of expression: FilterExpression, wanted: [UInt8]?) -> [UInt8] {
    switch expression {
    case .and(let parts): combine(parts, deciding: FilterTruth.false, wanted: wanted)
    case .or(let parts): combine(parts, deciding: FilterTruth.true, wanted: wanted)
    case .not(let part): truth(of: part, wanted: wanted).map { $0 == FilterTruth.unknown ? $0 : 1 &- $0 }
    case .condition(let condition): truth(of: condition, wanted: wanted)
    }
  }

  /// False decides `and`, true decides `or`; otherwise the greater of two bytes is right for both.
  private func combine(_ parts: [FilterExpression], deciding: UInt8, wanted: [UInt8]?) -> [UInt8] {
    var result = truth(of: parts[0], wanted: wanted)
    var open = wanted ?? [UInt8](repeating: 1, count: rowCount)
    for part in parts.dropFirst() {
      update(&open, by: result) { $0 & ($1 == deciding ? 0 : 1) }
      let next = truth(of: part, wanted: open)
      update(&result, by: next) { $0 == deciding || $1 == deciding ? deciding : max($0, $1) }
    }
    return result
  }

  @inline(__always)
  private func update(_ bytes: inout [UInt8], by others: [UInt8], _ body: (UInt8, UInt8) -> UInt8) {
    bytes.withUnsafeMutableBufferPointer { bytes in
      others.withUnsafeBufferPointer { others in
        for row in 0..<rowCount { bytes[row] = body(bytes[row], others[row]) }
      }
    }
  }

  private func truth(of condition: FilterCondition, wanted: [UInt8]?) -> [UInt8] {
    let ofNull = condition.test.truth(of: nil)
    guard let column = columns[condition.operand.column] else { return [UInt8](repeating: ofNull, count: rowCount) }
    precondition(column.count == rowCount, "a column has one value a row")
    var ofCode = CodeTruths(condition, values: column.values)
    // Where there are few texts, each is looked at once and rows ask a table.
    if wanted == nil, column.values.count <= rowCount / 16 { return ofCode.all(column.codes, ofNull: ofNull) }
    return [UInt8](unsafeUninitializedCapacity: rowCount) { result, count in
      column.codes.withUnsafeBufferPointer { codes in
        for row in 0..<rowCount {
          let isWanted = wanted.map { $0[row] != 0 } ?? true
          result[row] = isWanted && codes[row] != TextColumn.null ? ofCode[codes[row]] : ofNull
        }
      }
      count = rowCount
    }
  }
}

/// The truth of a condition for each code of a column, found when it is first asked for.
private struct CodeTruths {
  private static let notYet: UInt8 = 255

  private let condition: FilterCondition
  private let values: StringTable
  private var known: [UInt8]
  private var reader = PropertyReader()

  init(_ condition: FilterCondition, values: StringTable) {
    self.condition = condition
    self.values = values
    known = [UInt8](repeating: Self.notYet, count: values.count)
  }

  subscript(code: UInt32) -> UInt8 {
    mutating get {
      let truth = known[Int(code)]
      return truth == Self.notYet ? find(code) : truth
    }
  }

  /// The truths of rows with these codes.
  mutating func all(_ codes: [UInt32], ofNull: UInt8) -> [UInt8] {
    for code in known.indices where known[code] == Self.notYet { find(UInt32(code)) }
    let truths = known
    if codes.isEmpty { return [] }
    return [UInt8](unsafeUninitializedCapacity: codes.count) { result, count in
      codes.withUnsafeBufferPointer { codes in
        let done = WideKernels.bytes(of: codes, in: truths, beyond: ofNull, into: result.baseAddress!)
        truths.withUnsafeBufferPointer { truths in
          for row in done..<codes.count {
            let code = codes[row]
            result[row] = code < UInt32(truths.count) ? truths[Int(code)] : ofNull
          }
        }
      }
      count = codes.count
    }
  }

  @inline(never)
  @discardableResult
  private mutating func find(_ code: UInt32) -> UInt8 {
    let truth = values.withBytes(of: code) { value in
      switch condition.operand {
      case .column, .fact: condition.test.truth(of: value)
      case .property(let keys): reader.withText(at: keys, in: value) { condition.test.truth(of: $0) }
      }
    }
    known[Int(code)] = truth
    return truth
  }
}

extension FilterTest {
  /// The truth for a value's text form; nil is a missing value.
  func truth(of value: UnsafeRawBufferPointer?) -> UInt8 {
    if case .isNull(let negated) = self { return FilterTruth.of((value == nil) != negated) }
    guard let value else { return FilterTruth.unknown }
    switch self {
    case .isNull: return FilterTruth.unknown
    case .like(let pattern, let negated): return FilterTruth.of(pattern.matches(value) != negated)
    case .compare(let comparison, let literal):
      guard let order = literal.order(of: value) else { return FilterTruth.unknown }
      return FilterTruth.of(comparison.holds(order))
    case .isIn(let literals, let negated):
      var found = false
      for literal in literals {
        guard let order = literal.order(of: value) else { return FilterTruth.unknown }
        found = found || order == 0
      }
      return FilterTruth.of(found != negated)
    }
  }
}

extension FilterLiteral {
  /// Less than, equal to or greater than 0 as `value` is against the literal; nil where it does not convert.
  fileprivate func order(of value: UnsafeRawBufferPointer) -> Int? {
    switch self {
    case .text(let text):
      var text = text
      return text.withUTF8 { Self.byteOrder(value, UnsafeRawBufferPointer($0)) }
    case .number(_, let number):
      guard let own = JSONNumber.value(value) else { return nil }
      return own < number ? -1 : own > number ? 1 : 0
    case .boolean(let boolean):
      if value.elementsEqual("true".utf8) { return boolean ? 0 : 1 }
      if value.elementsEqual("false".utf8) { return boolean ? -1 : 0 }
      return nil
    }
  }

  private static func byteOrder(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
    return a.count - b.count
  }
}

extension FilterComparison {
  fileprivate func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}
