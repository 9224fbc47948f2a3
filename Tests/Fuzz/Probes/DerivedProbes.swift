import Columns
import Events
import Segments

extension Probe {
  /// `members/table`: two bytes count its ids, the rest are slots; tied to the ids that the store has.
  static let memberTable = Probe(name: "member-table") { bytes in
    guard bytes.count >= 2 else { return }
    let probe = ProbeStore.shared
    let tie = payload(of: probe.honest["members/table"]!).prefix(8)
    // The table holds all ids, or it is none: other counts are a chance in 256.
    let count = bytes[1] == 0 ? Int(bytes[0]) : ProbeStore.memberCount
    probe.write(
      BlockFile.encode(.packedSlots, entryCount: count, payload: Array(tie) + bytes.dropFirst(2)), to: "members/table")
    expectStoreErrors {
      var dictionary = try MemberDictionary(of: probe.snapshot, storeFolder: probe.store.folder)
      var keys: Set<UInt32> = []
      for number in 0..<ProbeStore.memberCount * 2 {
        let key = try Array("member \(number)".utf8).withUnsafeBytes { try dictionary.key(for: $0) }.number
        precondition(keys.insert(key).inserted, "two members have one key")
        precondition(key == number || key >= ProbeStore.memberCount, "the key of another member")
      }
    }
  }

  /// `index/first-days`: a byte counts its runs, the rest are runs; tied to the store.
  static let firstDays = Probe(name: "first-days") { bytes in
    guard let count = bytes.first else { return }
    let probe = ProbeStore.shared
    let tie = payload(of: probe.honest["index/first-days"]!).prefix(32)
    probe.write(
      BlockFile.encode(.firstDays, entryCount: Int(count), payload: Array(tie) + bytes.dropFirst()),
      to: "index/first-days")
    expectStoreErrors {
      let days = try probe.store.firstDays(probe.snapshot)
      precondition(days.days.count == ProbeStore.memberCount, "a day for each member")
      _ = days.before(CommunityDay(year: 2026, month: 3, day: 1)).days
    }
  }

  /// The activity index of a segment: its checksums are made right, and it says that it is of that segment.
  static let activityIndex = Probe(name: "activity-index") { bytes in
    let probe = ProbeStore.shared
    let file = probe.indexFile
    probe.write(IndexFrame(Array(bytes), of: probe.honest[file]!).bytes, to: file)
    expectStoreErrors { try readIndex(probe) }
    expectStoreErrors {
      try ActivityIndex(probe.snapshot.segments[0], of: probe.store).check(memberCount: ProbeStore.memberCount)
    }
  }
}

/// What a block file holds behind its header.
private func payload(of file: [UInt8]) -> [UInt8] { Array(file.dropFirst(32)) }

/// Asks all that questions ask of an index.
private func readIndex(_ probe: ProbeStore) throws {
  let capacity = ProbeStore.memberCount
  let index = try ActivityIndex(probe.snapshot.segments[0], of: probe.store)
  for passive in [["push_sent"], [], ["view"]] as [Set<String>] {
    if let counts = try? index.qualifyingCounts(passive) { precondition(counts.members <= index.memberCount) }
    if let members = try? index.qualifyingMembers(passive, capacity: capacity) {
      precondition(members.members.last.map { $0 < capacity } ?? true, "a member that does not exist")
    }
  }
  _ = try? index.keys(capacity: capacity)
  for dimension in [nil, "platform", "content", "arm"] {
    guard var entries = try? index.entries(dimension: dimension) else { continue }
    var places = Bitmap(capacity: index.memberCount)
    for entry in entries.eventCounts.indices {
      _ = (entries.events[entry], entries.values?[entry])
      try index.formUnion(entry, of: &entries, into: &places)
    }
  }
}

/// An index whose checksums and origin are right, so that what lies behind them is reached.
private struct IndexFrame {
  private(set) var bytes: [UInt8]

  init(_ foreign: [UInt8], of honest: [UInt8]) {
    bytes = foreign
    guard foreign.count >= 128 else { return }
    // Magic and format; length of the file; rows and content of the segment.
    bytes.replaceSubrange(0..<8, with: honest[0..<8])
    put(UInt64(bytes.count), at: 16)
    bytes.replaceSubrange(24..<48, with: honest[24..<48])
    let headEnd = min(Int(clamping: number(at: 8, byteCount: 8)), bytes.count)
    mendSet(at: 64)
    mendSet(at: 96)
    var offset = 128
    for _ in 0..<min(number(at: 120, byteCount: 4), 1000) where offset + 36 <= headEnd {
      mendSet(at: offset + 8)
      offset += 36 + Int(number(at: offset + 32, byteCount: 4))
    }
    for _ in 0..<min(number(at: 124, byteCount: 4), 1000) where offset + 36 <= headEnd {
      offset += 4 + Int(number(at: offset, byteCount: 4))
      guard offset + 48 <= headEnd else { break }
      let (entries, byteCount) = (number(at: offset + 8, byteCount: 8), number(at: offset + 16, byteCount: 8))
      mend(offset: entries, byteCount: byteCount, at: offset + 24)
      mend(offset: entries &+ byteCount, byteCount: number(at: offset + 32, byteCount: 8), at: offset + 40)
      offset += 48
    }
    guard headEnd >= 128 else { return }
    bytes.withUnsafeMutableBytes { bytes in
      let first = byteHash(UnsafeRawBufferPointer(rebasing: bytes[..<56]))
      let checksum = byteHash(UnsafeRawBufferPointer(rebasing: bytes[64..<headEnd]), seed: first)
      bytes.storeBytes(of: checksum.littleEndian, toByteOffset: 56, as: UInt64.self)
    }
  }

  /// Offset u64, bytes u32, members u32, checksum u64.
  private mutating func mendSet(at place: Int) {
    mend(offset: number(at: place, byteCount: 8), byteCount: number(at: place + 8, byteCount: 4), at: place + 16)
  }

  private mutating func mend(offset: UInt64, byteCount: UInt64, at place: Int) {
    guard offset <= bytes.count, byteCount <= UInt64(bytes.count) - offset else { return }
    let checksum = bytes.withUnsafeBytes {
      byteHash(UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<Int(offset + byteCount)]))
    }
    put(checksum, at: place)
  }

  private func number(at place: Int, byteCount: Int) -> UInt64 {
    (0..<byteCount).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  private mutating func put(_ number: UInt64, at place: Int) {
    for byte in 0..<8 { bytes[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte)) }
  }
}
