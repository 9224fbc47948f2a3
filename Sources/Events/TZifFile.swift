/// A compiled time zone file (RFC 8536, version 2 or later).
///
/// ```
/// header v1 │ data v1 (32-bit, skipped) │ header v2 │ data v2 (64-bit) │ \n rule \n
/// data v2: times[8·timecnt] types[timecnt] ttinfo[6·typecnt] abbreviations leap seconds indicators
/// ```
struct TZifFile {
  private var times: [Int64] = []
  private var types: [UInt8] = []
  private var typeOffsets: [Int32] = []
  private var typeIsDaylight: [Bool] = []
  private var rule: PosixZoneRule?

  /// Years up to 34 000 either way, so that microseconds of all transitions fit; a time before it is
  /// the "big bang" that some compilers write first.
  private static let secondMax: Int64 = 1 << 40
  /// 1900-01-01: a rule without changes before it is written out from here.
  private static let ruleStart: Int64 = -2_208_988_800
  /// What RFC 8536 grants, in seconds east of UTC.
  private static let offsetRange: ClosedRange<Int32> = -89_999...93_599

  /// Nil where the bytes are not such a file, or count leap seconds as the zones under `right/` do.
  init?(_ bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0), first.version >= 0x32,
      let header = Header(bytes, at: 44 + first.dataByteCount(timeBytes: 4))
    else { return nil }
    let start = header.offset + 44
    let end = start + header.dataByteCount(timeBytes: 8)
    guard end <= bytes.count, header.typeCount > 0, header.leapCount == 0 else { return nil }
    let typesAt = start + header.timeCount * 8
    let infoAt = typesAt + header.timeCount
    for index in 0..<header.timeCount {
      times.append(Int64(bitPattern: bigEndian(bytes, at: start + index * 8, count: 8)))
      types.append(bytes[typesAt + index])
    }
    for index in 0..<header.typeCount {
      typeOffsets.append(Int32(truncatingIfNeeded: bigEndian(bytes, at: infoAt + index * 6, count: 4)))
      typeIsDaylight.append(bytes[infoAt + index * 6 + 4] != 0)
    }
    guard types.allSatisfy({ Int($0) < header.typeCount }), typeOffsets.allSatisfy(Self.offsetRange.contains),
      zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }), times.last ?? 0 <= Self.secondMax
    else { return nil }
    let footer = bytes[end...].split(separator: 10, omittingEmptySubsequences: false)
    guard footer.count == 3, footer[0].isEmpty, footer[2].isEmpty else { return nil }
    if footer[1].isEmpty { return }
    rule = PosixZoneRule(String(decoding: Array(footer[1]), as: UTF8.self))
    if rule == nil { return nil }
  }

  /// All transitions, those of the footer's rule written out until `untilYear`.
  func transitions(untilYear: Int) -> (starts: [Int64], offsets: [Int32]) {
    let initial = typeIsDaylight.firstIndex(of: false) ?? 0
    var starts = [Int64.min]
    var offsets = [typeOffsets[initial]]
    func add(_ start: Int64, _ offset: Int32) {
      if start < -Self.secondMax {
        offsets[0] = offset
        return
      }
      if offset == offsets.last { return }
      starts.append(start)
      offsets.append(offset)
    }
    for (time, type) in zip(times, types) { add(time, typeOffsets[Int(type)]) }
    guard let rule else { return (starts, offsets) }
    let last = times.last ?? Int64.min
    let lastYear = CommunityDay(Int32(max(last, Self.ruleStart) / 86400)).civil.year
    for change in rule.transitions(fromYear: lastYear, untilYear: untilYear) where change.second > last {
      add(change.second, change.offset)
    }
    return (starts, offsets)
  }

  private struct Header {
    let offset: Int
    let version: UInt8
    let utcCount, standardCount, leapCount, timeCount, typeCount, characterCount: Int

    init?(_ bytes: [UInt8], at offset: Int) {
      guard offset + 44 <= bytes.count, bytes[offset..<offset + 4].elementsEqual("TZif".utf8) else { return nil }
      self.offset = offset
      version = bytes[offset + 4]
      let counts = (0..<6).map { Int(bigEndian(bytes, at: offset + 20 + $0 * 4, count: 4)) }
      guard counts.allSatisfy({ $0 <= 100_000 }) else { return nil }
      (utcCount, standardCount, leapCount) = (counts[0], counts[1], counts[2])
      (timeCount, typeCount, characterCount) = (counts[3], counts[4], counts[5])
    }

    func dataByteCount(timeBytes: Int) -> Int {
      timeCount * (timeBytes + 1) + typeCount * 6 + characterCount + leapCount * (timeBytes + 4) + standardCount
        + utcCount
    }
  }
}

private func bigEndian(_ bytes: [UInt8], at offset: Int, count: Int) -> UInt64 {
  bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
}
