/// A quantile of a sample by linear interpolation between its values (type 7 of Hyndman and Fan, 1996): the value at
/// place (n − 1)·p of the sorted sample. Nil where there are none.
///
/// Costs about three passes over `values`, which it puts into another order.
func sampleQuantile(_ p: Double, of values: inout [Int64]) -> Double? {
  guard let last = values.indices.last else { return nil }
  let place = Double(last) * p
  let lower = Int(place)
  return values.withUnsafeMutableBufferPointer { values in
    moveSmallest(lower, of: values)
    let low = Double(values[lower])
    guard lower < last, place > Double(lower) else { return low }
    var next = values[lower + 1]
    for index in lower + 1...last { next = min(next, values[index]) }
    return low + (Double(next) - low) * (place - Double(lower))
  }
}

/// Puts what would stand at `place` of the sorted values there, and nothing greater before it (Hoare's selection).
private func moveSmallest(_ place: Int, of values: UnsafeMutableBufferPointer<Int64>) {
  var (low, high) = (0, values.count - 1)
  while low < high {
    let middle = low + (high - low) / 2
    let pivot = max(min(values[low], values[middle]), min(max(values[low], values[middle]), values[high]))
    var (i, j) = (low, high)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while values[j] > pivot { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if place <= j { high = j } else if place >= i { low = i } else { return }
  }
}
