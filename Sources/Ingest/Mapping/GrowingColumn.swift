/// Numbers appended in a hot loop: memory of its own, without the checks of sharing that an array makes.
struct GrowingColumn<Element: BitwiseCopyable>: ~Copyable {
  /// The values; valid until the next change.
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  /// No values, and room for `capacity`.
  init(capacity: Int) {
    self.capacity = max(16, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Adds a value.
  @inline(__always)
  mutating func append(_ value: Element) {
    if count == capacity { grow(toHold: count &+ 1) }
    base[count] = value
    count &+= 1
  }

  /// Adds the values at `more`.
  @inline(__always)
  mutating func append(_ more: UnsafePointer<Element>, count added: Int) {
    if capacity &- count < added { grow(toHold: count &+ added) }
    (base + count).update(from: more, count: added)
    count &+= added
  }

  /// Where to write `more` values, of which `advance` then makes some part of the column.
  @inline(__always)
  mutating func room(for more: Int) -> UnsafeMutablePointer<Element> {
    if capacity &- count < more { grow(toHold: count &+ more) }
    return base + count
  }

  /// Makes the next `added` values, written into `room`, part of the column.
  @inline(__always)
  mutating func advance(by added: Int) { count &+= added }

  /// Forgets the values and keeps the memory.
  mutating func removeAll() { count = 0 }

  /// The values as an array.
  var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

  private mutating func grow(toHold least: Int) {
    capacity = max(capacity * 2, least)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}
