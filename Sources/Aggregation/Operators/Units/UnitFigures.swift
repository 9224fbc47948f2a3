/// The figure of every slot, unit by unit.
struct UnitFigures: Sendable {
  /// By place of a slot that counts whole days.
  let tallies: [Int: UnitTally]
  /// By unit: where a tally keeps its figure.
  let places: [Int32]
  /// By place of a slot that counts taps: a figure a unit.
  var taps: [Int: [Double]] = [:]
  /// By place of such a slot: values of a sum that are no numbers.
  var unusableCounts: [Int: Int] = [:]

  init(tallies: [Int: UnitTally], places: [Int32]) { (self.tallies, self.places) = (tallies, places) }

  /// Values of a sum that are no numbers and add nothing.
  func unusableCount(_ slot: Int) -> Int { unusableCounts[slot] ?? tallies[slot]?.unusableCount ?? 0 }

  /// The figures of a slot for units in the given order.
  func values(_ slot: Int, _ order: [Int32]) -> [Double] {
    if let taps = taps[slot] { return order.map { taps[Int($0)] } }
    guard let tally = tallies[slot] else { preconditionFailure("every slot is filled") }
    return [Double](unsafeUninitializedCapacity: order.count) { values, filled in
      order.withUnsafeBufferPointer { order in
        places.withUnsafeBufferPointer { places in
          let words = tally.words
          switch tally.slot.kind {
          case .count:
            for row in 0..<order.count { values[row] = Double(words[Int(places[Int(order[row])])]) }
          case .days where tally.slot.wordCount == 1:
            for row in 0..<order.count { values[row] = Double(words[Int(places[Int(order[row])])].nonzeroBitCount) }
          default:
            for row in 0..<order.count { values[row] = tally.value(Int(places[Int(order[row])])) }
          }
        }
      }
      filled = order.count
    }
  }
}
