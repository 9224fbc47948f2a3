/// `1234567` as `1,234,567`.
func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: place)
    place -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// Bytes in the unit that people read.
func byteText(_ count: Int) -> String {
  var value = Double(count)
  for unit in ["B", "kB", "MB", "GB"] {
    if value < 1000 { return unit == "B" ? "\(count) B" : "\((value * 10).rounded() / 10) \(unit)" }
    value /= 1000
  }
  return "\((value * 10).rounded() / 10) TB"
}
