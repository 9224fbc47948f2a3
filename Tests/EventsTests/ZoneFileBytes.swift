/// Builds compiled zone files (RFC 8536), whole or with a defect, for the tests of their reader.
struct ZoneFileBytes {
  var magic = "TZif"
  var version: UInt8 = 0x32
  /// UTC seconds and the index of the type that holds from there.
  var changes: [(second: Int64, type: UInt8)] = []
  /// Seconds east of UTC, and whether it is daylight saving time.
  var types: [(offset: Int32, isDaylight: Bool)] = [(0, false)]
  var leapSecondCount: UInt32 = 0
  /// What stands after the data.
  var footer = "\n\n"

  /// A file in which a rule alone holds, from its first year on.
  init(rule: String, standardOffset: Int32 = 0) {
    types = [(standardOffset, false)]
    footer = "\n\(rule)\n"
  }

  init(changes: [(second: Int64, type: UInt8)] = [], types: [(offset: Int32, isDaylight: Bool)] = [(0, false)]) {
    self.changes = changes
    self.types = types
  }

  /// An empty first version, the second version, and the footer.
  var bytes: [UInt8] {
    var bytes = header(changeCount: 0, typeCount: 0, leapCount: 0)
    bytes += header(changeCount: UInt32(changes.count), typeCount: UInt32(types.count), leapCount: leapSecondCount)
    for change in changes { bytes += bigEndian(change.second) }
    bytes += changes.map(\.type)
    for type in types { bytes += bigEndian(type.offset) + [type.isDaylight ? 1 : 0, 0] }
    bytes += [UInt8](repeating: 0, count: Int(leapSecondCount) * 12)
    return bytes + Array(footer.utf8)
  }

  private func header(changeCount: UInt32, typeCount: UInt32, leapCount: UInt32) -> [UInt8] {
    let counts: [UInt32] = [0, 0, leapCount, changeCount, typeCount, 0]
    return Array(magic.utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts.flatMap(bigEndian)
  }

  private func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
