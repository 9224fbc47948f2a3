internal import Columns
package import Events

/// Reads the instants of one field; remembers the last date, since neighbours in a log share it.
package struct TimeReader {
  let format: TimeFormat
  private let zone: TimeZoneRules
  /// The first ten bytes of the last ISO 8601 text, `YYYY-MM-DD`, and its midnight.
  private var dateWord: UInt64 = 0
  private var dateTail: UInt16 = 0
  private var midnight: Int64 = 0

  /// Reads texts in `format`.
  /// - Parameter zone: of texts that say none.
  package init(format: TimeFormat, zone: TimeZoneRules) {
    self.format = format
    self.zone = zone
  }

  /// Microseconds UTC; nil where `text` is something else. 16 bytes behind `text` are readable.
  package mutating func read(_ text: UnsafeRawBufferPointer) -> Int64? {
    switch format {
    case .automatic:
      return isoTime(text) ?? automaticUnixTime(text) ?? namedUTC(text)
    case .iso8601: return isoTime(text)
    case .unix(let unitsPerSecond): return parseUnixTime(text, unitsPerSecond: unitsPerSecond)
    case .pattern(let pattern): return pattern.read(text).map(instant)
    }
  }

  /// As ``read(_:)`` of `count` texts; false where one of them is something else.
  mutating func read(
    _ texts: UnsafePointer<PlacedText>, count: Int, into instants: UnsafeMutablePointer<Int64>
  ) -> Bool {
    let isISO =
      switch format {
      case .automatic, .iso8601: true
      case .unix, .pattern: false
      }
    var index = 0
    while index < count {
      let (word, tail, midnight) = (dateWord, UInt64(dateTail) | 0x54_0000, midnight)
      while isISO, index < count, texts[index].count == 27, texts[index].start.word == word,
        texts[index].start[word: 8] & 0xFF_FFFF == tail, let clock = fullClock(texts[index].start)
      {
        instants[index] = midnight &+ clock
        index &+= 1
      }
      if index == count { break }
      guard let instant = read(texts[index].bytes) else { return false }
      instants[index] = instant
      index &+= 1
    }
    return true
  }

  private func automaticUnixTime(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard let asMicroseconds = parseUnixTime(text, unitsPerSecond: 1_000_000) else { return nil }
    switch asMicroseconds.magnitude {
    case ..<100_000_000_000: return parseUnixTime(text, unitsPerSecond: 1)
    case ..<100_000_000_000_000: return parseUnixTime(text, unitsPerSecond: 1000)
    default: return asMicroseconds
    }
  }

  /// `2024-01-01 10:00:00 UTC`, as databases print it.
  private func namedUTC(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count > 14, text.suffix(4).elementsEqual(" UTC".utf8) else { return nil }
    guard let local = parseISO8601(UnsafeRawBufferPointer(rebasing: text.dropLast(4))) else { return nil }
    return local.offsetSeconds == nil ? local.localMicroseconds : nil
  }

  private func instant(_ local: LocalInstant) -> Int64 {
    if let offset = local.offsetSeconds { return local.localMicroseconds - Int64(offset) * 1_000_000 }
    return zone.instant(localMicroseconds: local.localMicroseconds).microseconds
  }

  private mutating func isoTime(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count >= 10 else { return nil }
    let tail = UnsafeRawPointer(base + 8).loadUnaligned(as: UInt16.self)
    if base.word == dateWord, tail == dateTail, let clock = utcClock(base, count: text.count) {
      return midnight + clock
    }
    guard let local = parseISO8601(text) else { return nil }
    if let date = parseISO8601(UnsafeRawBufferPointer(rebasing: text[..<10])) {
      (dateWord, dateTail, midnight) = (base.word, tail, date.localMicroseconds)
    }
    return instant(local)
  }

  /// Microseconds into the day of `…Thh:mm:ss.ffffffZ`, 27 bytes in all; nil where the text has another form.
  @inline(__always)
  private func fullClock(_ base: UnsafePointer<UInt8>) -> Int64? {
    let clock = base[word: 11] ^ 0x3030_3A30_303A_3030
    let fraction = base[word: 19] ^ 0x5A30_3030_3030_302E
    let odd = (clock &+ 0x7676_7F76_767F_7676) | clock | (fraction &+ 0x7F76_7676_7676_767F) | fraction
    let pairs = clock &* 10 &+ clock &>> 8
    let (hour, minute, second) = (pairs & 255, pairs &>> 24 & 255, pairs &>> 48 & 255)
    guard odd & 0x8080_8080_8080_8080 == 0, hour < 24, minute < 60, second < 60 else { return nil }
    let parts = fraction &>> 8 &* 10 &+ fraction &>> 16
    let micros = (parts & 255) &* 10_000 &+ (parts &>> 16 & 255) &* 100 &+ (parts &>> 32 & 255)
    return Int64(truncatingIfNeeded: ((hour &* 60 &+ minute) &* 60 &+ second) &* 1_000_000 &+ micros)
  }

  /// Microseconds into the day of `…Thh:mm:ss[.f…]Z`; nil where the text has another form.
  @inline(__always)
  private func utcClock(_ base: UnsafePointer<UInt8>, count: Int) -> Int64? {
    guard count >= 20, base[count - 1] == 0x5A, base[10] == 0x54 || base[10] == 0x20 else { return nil }
    // hh:mm:ss
    let word = base[word: 11] ^ 0x3030_3A30_303A_3030
    let overNine = (word &+ 0x7676_7F76_767F_7676) | word
    guard overNine & 0x8080_8080_8080_8080 == 0 else { return nil }
    let hour = Int64(word & 15) * 10 + Int64(word >> 8 & 15)
    let minute = Int64(word >> 24 & 15) * 10 + Int64(word >> 32 & 15)
    let second = Int64(word >> 48 & 15) * 10 + Int64(word >> 56 & 15)
    guard hour < 24, minute < 60, second < 60 else { return nil }
    var fraction: Int64 = 0
    if count > 20 {
      guard base[19] == 0x2E, count > 21 else { return nil }
      if count == 27 {
        guard let fraction = sixDigits(base[word: 20]) else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
      }
      var unit: Int64 = 100_000
      var index = 20
      while index < count - 1 {
        let digit = base[index] &- 0x30
        guard digit < 10 else { return nil }
        fraction += Int64(digit) * unit
        unit /= 10
        index += 1
      }
    }
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
  }
}

/// The number that the first six characters of `word` show; nil where they are not all digits.
@inline(__always)
private func sixDigits(_ word: UInt64) -> Int64? {
  let digits = (word ^ 0x3030_3030_3030) & 0xFFFF_FFFF_FFFF
  guard ((digits &+ 0x7676_7676_7676) | digits) & 0x8080_8080_8080 == 0 else { return nil }
  // Pairs, then the three pairs together.
  let pairs = (digits &* 10) &+ (digits >> 8)
  return Int64(pairs & 255) * 10_000 + Int64((pairs >> 16) & 255) * 100 + Int64((pairs >> 32) & 255)
}
