/// The text of rows, as it grows; never above a limit, where it drops what comes and says so.
struct RowText: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private let byteCountMax: Int
  private(set) var count = 0
  /// Whether bytes were dropped.
  private(set) var isOverfull = false

  init(byteCountMax: Int) {
    self.byteCountMax = byteCountMax
    capacity = min(1 << 10, byteCountMax)
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Valid until the next change.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  mutating func removeAll() {
    count = 0
    isOverfull = false
  }

  /// Forgets what was appended behind the first `count` bytes.
  mutating func cut(to count: Int) { self.count = count }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    guard hasRoom(1) else { return }
    base[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, hasRoom(bytes.count) else { return }
    UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: bytes.count)
    count &+= bytes.count
  }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends `value` in decimal digits, at least `digits` of them.
  mutating func append(decimal value: UInt64, digits: Int = 1) {
    guard hasRoom(20) else { return }
    var length = 1
    var bound: UInt64 = 10
    while length < 20, value >= bound {
      length &+= 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow {
        if value >= bound { length = 20 }
        break
      }
      bound = next
    }
    length = max(length, digits)
    var rest = value
    var place = length
    while place > 0 {
      place &-= 1
      let next = rest / 10
      base[count &+ place] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- next &* 10)
      rest = next
    }
    count &+= length
  }

  mutating func append(decimal value: Int64) {
    if value < 0 { append(0x2D) }
    append(decimal: value.magnitude)
  }

  /// Fills up with blanks to a byte below the limit, where bytes were dropped.
  mutating func fillUp() {
    guard isOverfull else { return }
    isOverfull = false
    let blankCount = byteCountMax - 1 - count
    guard blankCount > 0, hasRoom(blankCount) else { return }
    (base + count).update(repeating: 0x20, count: blankCount)
    count += blankCount
  }

  @inline(__always)
  private mutating func hasRoom(_ more: Int) -> Bool { more <= capacity &- count && !isOverfull || grow(by: more) }

  private mutating func grow(by more: Int) -> Bool {
    guard !isOverfull, more <= byteCountMax - count else {
      isOverfull = true
      return false
    }
    capacity = min(max(capacity * 2, count + more), byteCountMax)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    return true
  }
}
