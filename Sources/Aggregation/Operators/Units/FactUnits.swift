internal import Columns
internal import Events
internal import Segments

/// Units whose arms and outcomes are attributes of members: a test that was run elsewhere.
struct FactUnits {
  let question: UnitQuestion
  let resolved: ResolvedQuestion
  /// The attribute that names arms.
  let arm: String

  func table() throws -> UnitTable {
    var table = UnitTable(asOf: resolved.asOf, timeZone: resolved.zone.name)
    let facts = try FactColumns(question, store: resolved.store, snapshot: resolved.snapshot)
    let all = (0..<Int32(resolved.snapshot.memberCount)).map { $0 }
    guard let column = facts.column(FactColumns.prefix + arm, of: all) else { return table }
    let truth = question.filter.map { filter in
      filter.evaluate(rowCount: all.count) { facts.column($0, of: all) }
    }
    let names = column.values.strings
    let places = names.map { name in question.arms.firstIndex { $0.utf8.elementsEqual(name.utf8) } }
    for member in all.indices where column.codes[member] != TextColumn.null && truth?[member] ?? 1 == 1 {
      let code = Int(column.codes[member])
      guard let place = places[code] else {
        table.exclusions.unknownArms[names[code], default: 0] += 1
        continue
      }
      table.members.append(Int32(member))
      table.arms.append(UInt8(place))
    }
    let count = table.count
    table.clusters = table.members
    table.days = [Int32](repeating: 0, count: count)
    table.pushes = UnitTable.Labels(codes: [Int32](repeating: -1, count: count))
    table.versions = table.pushes
    table.propensities = [Double](repeating: .nan, count: count)
    table.isDelivered = [Bool](repeating: false, count: count)
    for outcome in question.outcomes { table.outcomes.append(figures(outcome, facts, &table)) }
    table.segments = question.segments.map { UnitTable.Labels(facts.column($0, of: table.members)) }
    return table
  }

  private func figures(
    _ outcome: UnitQuestion.Outcome, _ facts: FactColumns, _ table: inout UnitTable
  ) -> UnitTable.Outcome {
    var unusable = 0
    func values(_ measure: UnitQuestion.Measure) -> [Double] {
      guard let column = facts.column(FactColumns.prefix + (measure.kind.factName ?? ""), of: table.members) else {
        return [Double](repeating: .nan, count: table.count)
      }
      let numbers = (0..<UInt32(column.values.count)).map { column.values.withBytes(of: $0, FactNumber.value) }
      return column.codes.map { code in
        if code == TextColumn.null { return .nan }
        let value = numbers[Int(code)]
        if value.isNaN { unusable += 1 }
        return value
      }
    }
    var result = UnitTable.Outcome(
      values: values(outcome.measure), lastMatureDay: UnitMaturity(question, resolved).lastDay(outcome))
    if outcome.isProportion { unusable += result.values.keepProportions() }
    if let denominator = outcome.denominator { result.denominators = values(denominator) }
    if unusable > 0 { table.exclusions.unusableValues[outcome.name, default: 0] += unusable }
    return result
  }
}

/// What the text of an attribute is as a number.
enum FactNumber {
  /// A number in the grammar of JSON; 1 and 0 of true and false in any case; else NaN.
  static func value(_ text: UnsafeRawBufferPointer) -> Double {
    if let number = JSONNumber.value(text) { return number.isFinite ? number : .nan }
    if equals(text, "true") { return 1 }
    return equals(text, "false") ? 0 : .nan
  }

  private static func equals(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    return zip(text, UnsafeBufferPointer(start: word.utf8Start, count: text.count)).allSatisfy { $0 | 0x20 == $1 }
  }
}
