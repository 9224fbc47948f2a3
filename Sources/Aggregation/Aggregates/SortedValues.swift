/// Values in ascending order, so that sums and quantiles do not depend on the order in which they came.
struct SortedValues {
  let values: [Double]

  init(_ values: [Double]) { self.values = values.sorted() }

  var sum: Double { values.reduce(0, +) }

  /// Linear between the two nearest (type 7 of Hyndman and Fan); nil without values.
  func quantile(_ share: Double) -> Double? {
    if values.isEmpty { return nil }
    let place = share * Double(values.count - 1)
    let below = Int(place)
    let above = min(below + 1, values.count - 1)
    return values[below] + (place - Double(below)) * (values[above] - values[below])
  }
}
