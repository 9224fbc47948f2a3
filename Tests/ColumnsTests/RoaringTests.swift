import Columns
import TestSupport
import Testing

/// Sets of many shapes: few members, many, neighbours, far ones, whole containers.
private func randomSet(_ random: inout SeededNumbers, below bound: UInt32) -> [UInt32] {
  var set: Set<UInt32> = []
  for _ in 0..<Int.random(in: 0...4, using: &random) {
    let start = UInt32.random(in: 0..<bound, using: &random)
    let length = [1, 5, 300, 9000, 70000][Int.random(in: 0...4, using: &random)]
    let step = UInt32([1, 1, 2, 17][Int.random(in: 0...3, using: &random)])
    for place in 0..<UInt32(length) where UInt64(start) + UInt64(place * step) < UInt64(bound) {
      set.insert(start + place * step)
    }
  }
  return set.sorted()
}

private func hex(_ text: String) -> [UInt8] {
  let digits = Array(text.utf8).map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

@Suite struct RoaringTests {
  @Test("What is written is read again, and nothing is longer than a plain list", arguments: UInt64(1)...60)
  func roundTrip(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let bound: UInt32 = [100, 65_536, 65_537, 300_000, 2_000_000][Int(seed % 5)]
    let members = randomSet(&random, below: bound)
    let bytes = roaringBytes(members)
    let bitmap = try #require(bytes.withUnsafeBytes { Bitmap(roaring: $0, capacity: Int(bound)) })
    #expect(bitmap.members == members, "seed \(seed)")
    #expect(bytes.withUnsafeBytes(Bitmap.roaringCount) == members.count)
    #expect(bytes.count <= 16 + members.count * 2 + Int(bound / 65536 + 1) * 8)
    if let last = members.last {
      #expect(bytes.withUnsafeBytes { Bitmap(roaring: $0, capacity: Int(last)) } == nil, "a member is the capacity")
      #expect(bytes.withUnsafeBytes { Bitmap(roaring: $0, capacity: Int(last) + 1) } == bitmap)
    }
  }

  @Test(
    "The bytes are those of CRoaring",
    arguments: [
      ([], "3a30000000000000"), ([0], "3a3000000100000000000000100000000000"),
      ([65535, 65536], "3a300000020000000000000001000000180000001a000000ffff0000"),
      ([10, 11, 12, 13, 14, 131077], "3b30010001000004000200000001000a0004000500"),
      ([0, 3, 6, 9], "3a3000000100000000000300100000000000030006000900"),
      (
        Array(0..<100) + (65536..<65586) + [131_072, 131_074] + (196_608..<196_617),
        "3b3003000b00006300010031000200010003000800250000002b0000003100000035000000010000006300010000003100000002000100"
          + "00000800"
      ),
      ([4_294_967_295], "3a30000001000000ffff000010000000ffff"),
      (
        Array(0..<200_000),
        "3b3003000f0000ffff0100ffff0200ffff03003f0d250000002b000000310000003700000001000000ffff01000000ffff01000000ffff"
          + "010000003f0d"
      ),
    ] as [([UInt32], String)])
  func golden(members: [UInt32], text: String) throws {
    #expect(roaringBytes(members) == hex(text))
    let capacity = Int(members.last ?? 0) + 1
    #expect(hex(text).withUnsafeBytes { Bitmap(roaring: $0, capacity: capacity) }?.members == members)
  }

  @Test("Bytes that are cut short, or longer than they say, are no set", arguments: UInt64(1)...10)
  func lengths(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let bytes = roaringBytes(randomSet(&random, below: 200_000) + [200_001])
    for count in Array(0..<min(60, bytes.count)) + [bytes.count - 1] {
      #expect(bytes[..<count].withUnsafeBytes { Bitmap(roaring: $0, capacity: 200_002) } == nil, "\(count) bytes")
    }
    #expect((bytes + [0]).withUnsafeBytes { Bitmap(roaring: $0, capacity: 200_002) } == nil)
  }

  @Test("Changed bytes are no set, or one whose members lie below the capacity", arguments: UInt64(1)...40)
  func flips(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let members = randomSet(&random, below: 140_000) + [140_000]
    let bytes = roaringBytes(members)
    for _ in 0..<200 {
      var changed = bytes
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place =
          Bool.random(using: &random)
          ? Int.random(in: 0..<min(40, bytes.count), using: &random)
          : Int.random(in: 0..<bytes.count, using: &random)
        changed[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      }
      guard let set = changed.withUnsafeBytes({ Bitmap(roaring: $0, capacity: 140_001) }) else { continue }
      #expect(set.members.last ?? 0 <= 140_000, "seed \(seed)")
      #expect(set.count == changed.withUnsafeBytes(Bitmap.roaringCount), "seed \(seed)")
    }
  }

  @Test("Places among a set are its members in order", arguments: UInt64(1)...20)
  func places(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let all = randomSet(&random, below: 20_000)
    var (bits, places) = (Bitmap(capacity: 20_000), Bitmap(capacity: all.count))
    for member in all { bits.insert(member) }
    var expected: [UInt32] = []
    let share = seed % 3 == 0 ? 1 : Int.random(in: 1...5, using: &random)
    for (place, member) in all.enumerated() where Int.random(in: 0..<share, using: &random) == 0 {
      places.insert(UInt32(place))
      expected.append(member)
    }
    #expect(places.keys(among: bits).members == expected, "seed \(seed)")
    #expect(Bitmap(all: all.count).keys(among: bits).members == all, "seed \(seed)")
    #expect(Bitmap(all: all.count).count == all.count)
  }
}
