/// Numbers appended in a hot loop: memory of its own, without the checks of sharing that an array makes.
package struct GrowingColumn<Element: BitwiseCopyable>: ~Copyable {
  /// The values; valid until the next change.
  @usableFromInline package private(set) var base: UnsafeMutablePointer<Element>
  @usableFromInline package private(set) var count = 0
  @usableFromInline private(set) var capacity: Int

  /// No values, and room for `capacity`.
  package init(capacity: Int) {
    self.capacity = max(16, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Adds a value.
  @inlinable
  @inline(__always)
  package mutating func append(_ value: Element) {
    if count == capacity { grow(toHold: count &+ 1) }
    base[count] = value
    count &+= 1
  }

  /// Adds the values at `more`.
  @inlinable
  @inline(__always)
  package mutating func append(_ more: UnsafePointer<Element>, count added: Int) {
    if capacity &- count < added { grow(toHold: count &+ added) }
    (base + count).update(from: more, count: added)
    count &+= added
  }

  /// Forgets the values and keeps the memory.
  package mutating func removeAll() { count = 0 }

  /// The values as an array.
  @inlinable package var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

  @usableFromInline
  mutating func grow(toHold least: Int) {
    capacity = max(capacity * 2, least)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}
