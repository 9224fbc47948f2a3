/// The portable Roaring bytes of ascending, distinct members. Costs about 1 ns a member.
package func roaringBytes(_ members: UnsafeBufferPointer<UInt32>) -> [UInt8] {
  let containers = RoaringContainer.all(of: members)
  let hasRuns = containers.contains { $0.form == .runs }
  let headerByteCount = RoaringContainer.headerByteCount(containers, hasRuns: hasRuns)
  let byteCount = containers.reduce(headerByteCount) { $0 + $1.byteCount }
  return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
    var writer = RoaringWriter(room: UnsafeMutableRawBufferPointer(buffer))
    writer.writeHeader(containers, hasRuns: hasRuns, byteCount: headerByteCount)
    for container in containers { writer.write(container, of: members) }
    filled = byteCount
  }
}

/// The portable Roaring bytes of ascending, distinct members.
package func roaringBytes(_ members: [UInt32]) -> [UInt8] { members.withUnsafeBufferPointer(roaringBytes) }

/// Members that share their upper halves, and the form that takes the least room.
private struct RoaringContainer {
  enum Form { case array, bitmap, runs }

  var key: UInt16
  /// Places in the list of all members.
  var members: Range<Int>
  var runCount: Int

  var form: Form {
    let plain = members.count <= RoaringFormat.arrayCountMax ? members.count * 2 : RoaringFormat.bitmapByteCount
    if 2 + runCount * 4 < plain { return .runs }
    return members.count <= RoaringFormat.arrayCountMax ? .array : .bitmap
  }

  var byteCount: Int {
    switch form {
    case .array: members.count * 2
    case .bitmap: RoaringFormat.bitmapByteCount
    case .runs: 2 + runCount * 4
    }
  }

  static func all(of members: UnsafeBufferPointer<UInt32>) -> [RoaringContainer] {
    var containers: [RoaringContainer] = []
    var start = 0
    while start < members.count {
      let key = members[start] >> 16
      var (end, runCount) = (start + 1, 1)
      while end < members.count, members[end] >> 16 == key {
        if members[end] != members[end - 1] &+ 1 { runCount += 1 }
        end += 1
      }
      containers.append(
        RoaringContainer(key: UInt16(truncatingIfNeeded: key), members: start..<end, runCount: runCount))
      start = end
    }
    return containers
  }

  static func headerByteCount(_ containers: [RoaringContainer], hasRuns: Bool) -> Int {
    let count = containers.count
    if !hasRuns { return 8 + count * 8 }
    return 4 + (count + 7) / 8 + count * 4 + (count >= RoaringFormat.offsetContainerCountMin ? count * 4 : 0)
  }
}

private struct RoaringWriter {
  let room: UnsafeMutableRawBufferPointer
  private var offset = 0

  init(room: UnsafeMutableRawBufferPointer) { self.room = room }

  private mutating func put(_ number: UInt16) {
    room.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt16.self)
    offset += 2
  }

  private mutating func put(_ number: UInt32) {
    room.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt32.self)
    offset += 4
  }

  mutating func writeHeader(_ containers: [RoaringContainer], hasRuns: Bool, byteCount: Int) {
    if hasRuns {
      put(RoaringFormat.runCookie | UInt32(containers.count - 1) << 16)
      for start in stride(from: 0, to: containers.count, by: 8) {
        var flags: UInt8 = 0
        for (bit, container) in containers[start..<min(start + 8, containers.count)].enumerated()
        where container.form == .runs { flags |= 1 << UInt8(bit) }
        room[offset] = flags
        offset += 1
      }
    } else {
      put(RoaringFormat.cookie)
      put(UInt32(containers.count))
    }
    for container in containers {
      put(container.key)
      put(UInt16(container.members.count - 1))
    }
    if hasRuns, containers.count < RoaringFormat.offsetContainerCountMin { return }
    var place = byteCount
    for container in containers {
      put(UInt32(place))
      place += container.byteCount
    }
  }

  mutating func write(_ container: RoaringContainer, of members: UnsafeBufferPointer<UInt32>) {
    switch container.form {
    case .array:
      for index in container.members { put(UInt16(truncatingIfNeeded: members[index])) }
    case .bitmap:
      let bytes = UnsafeMutableRawBufferPointer(rebasing: room[offset..<offset + RoaringFormat.bitmapByteCount])
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      for index in container.members {
        let low = Int(members[index] & 0xFFFF)
        bytes[low >> 3] |= 1 << UInt8(low & 7)
      }
      offset += RoaringFormat.bitmapByteCount
    case .runs:
      put(UInt16(container.runCount))
      var start = container.members.lowerBound
      while start < container.members.upperBound {
        var end = start + 1
        while end < container.members.upperBound, members[end] == members[end - 1] &+ 1 { end += 1 }
        put(UInt16(truncatingIfNeeded: members[start]))
        put(UInt16(end - start - 1))
        start = end
      }
    }
  }
}
