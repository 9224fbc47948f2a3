/// The first place of `elements` for which `holds`, which stays true once it is; their count where there is none.
func firstPlace<Element>(in elements: [Element], where holds: (Element) -> Bool) -> Int {
  var (low, high) = (0, elements.count)
  while low < high {
    let middle = (low + high) / 2
    if holds(elements[middle]) { high = middle } else { low = middle + 1 }
  }
  return low
}
