internal import Columns
internal import Synchronization

/// A row that plans a unit: who, when, and by number what it says.
struct PlannedRow {
  var ts: Int64
  /// The number of its community day.
  var day: Int32
  var member: Int32
  /// Numbers of texts; -1 where there is none.
  var arm: Int32
  var push: Int32
  var cluster: Int32
  /// The number of its propensity and plan version.
  var terms: Int32
  /// The number of the row among all, by which its segments are found.
  var number: Int32

  /// The order within a member: by time, and what is planned at one instant by what it says but for its segments.
  @inline(__always)
  static func precedes(_ a: PlannedRow, _ b: PlannedRow) -> Bool {
    if a.day != b.day { return a.day < b.day }
    if a.ts != b.ts { return a.ts < b.ts }
    if a.push != b.push { return UInt32(bitPattern: a.push) < UInt32(bitPattern: b.push) }
    if a.cluster != b.cluster { return UInt32(bitPattern: a.cluster) < UInt32(bitPattern: b.cluster) }
    if a.arm != b.arm { return UInt32(bitPattern: a.arm) < UInt32(bitPattern: b.arm) }
    return a.terms < b.terms
  }
}

/// The propensity and the plan version of a planned row.
struct PlanTerms: Hashable {
  /// NaN where the log has none, or none in (0, 1].
  var propensity: Double
  var version: String?

  static let none = PlanTerms(propensity: .nan, version: nil)

  static func == (a: PlanTerms, b: PlanTerms) -> Bool {
    a.propensity.bitPattern == b.propensity.bitPattern && a.versionBytes == b.versionBytes
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(propensity.bitPattern)
    hasher.combine(versionBytes)
  }

  private var versionBytes: [UInt8]? { version.map { Array($0.utf8) } }

  static func precedes(_ a: PlanTerms, _ b: PlanTerms) -> Bool {
    if a.propensity.bitPattern != b.propensity.bitPattern {
      return b.propensity.isNaN || a.propensity < b.propensity
    }
    guard let left = a.version else { return false }
    guard let right = b.version else { return true }
    return left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Reads both from the JSON of a row.
  init(_ json: UnsafeRawBufferPointer, _ reader: inout PropertyReader) {
    propensity = reader.withText(at: ["propensity"], in: json) { text in
      guard let value = text.flatMap(JSONNumber.value), value > 0, value <= 1 else { return .nan }
      return value
    }
    version = reader.withText(at: ["plan"], in: json) { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  private init(propensity: Double, version: String?) { (self.propensity, self.version) = (propensity, version) }
}

/// One numbering of terms, which cores ask at the same time; 0 is none.
final class SharedTerms: Sendable {
  private let table = Mutex<(numbers: [PlanTerms: Int32], terms: [PlanTerms])>(([.none: 0], [.none]))

  /// The numbers of `rows` of a column of JSON texts; each text is read once.
  func numbers(of column: TextColumn?, rows: [Int]) -> [UInt32] {
    guard let column else { return [UInt32](repeating: 0, count: rows.count) }
    var reader = PropertyReader()
    var known = [UInt32](repeating: .max, count: column.values.count)
    return rows.map { row in
      let code = column.codes[row]
      if code == TextColumn.null { return 0 }
      if known[Int(code)] == .max {
        let terms = column.values.withBytes(of: code) { PlanTerms($0, &reader) }
        known[Int(code)] = number(of: terms)
      }
      return known[Int(code)]
    }
  }

  private func number(of terms: PlanTerms) -> UInt32 {
    table.withLock { table in
      if let number = table.numbers[terms] { return UInt32(number) }
      table.terms.append(terms)
      table.numbers[terms] = Int32(table.terms.count - 1)
      return UInt32(table.terms.count - 1)
    }
  }

  /// All terms, by number.
  var terms: [PlanTerms] { table.withLock { $0.terms } }
}
