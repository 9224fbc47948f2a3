/// Decoded numbers that wait to be taken one by one.
struct WordBuffer: ~Copyable {
  private static let capacity = 1024

  private var base: UnsafeMutablePointer<Int64>?
  private var position = 0
  private(set) var count = 0

  deinit { base?.deallocate() }

  var isEmpty: Bool { position == count }

  /// The next number; the buffer is not empty.
  @inline(__always)
  mutating func next() -> Int64 {
    defer { position &+= 1 }
    return base.unsafelyUnwrapped[position]
  }

  /// Replaces the numbers by those that `body` writes, of which it gives the count.
  mutating func fill(_ body: (UnsafeMutablePointer<Int64>, Int) throws -> Int) rethrows {
    let room = base ?? .allocate(capacity: Self.capacity)
    base = room
    (position, count) = (0, 0)
    count = max(0, try body(room, Self.capacity))
  }

  /// The same of numbers of half the width.
  mutating func fillNarrow(_ body: (UnsafeMutablePointer<UInt32>, Int) throws -> Int) rethrows {
    try fill { output, max in
      try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max) { narrow in
        let count = try body(narrow.baseAddress!, max)
        for index in 0..<count { output[index] = Int64(narrow[index]) }
        return count
      }
    }
  }

  /// Replaces each number.
  mutating func change(_ body: (Int64) -> Int64) {
    guard let base else { return }
    for index in 0..<count { base[index] = body(base[index]) }
  }
}
