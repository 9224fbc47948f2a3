import Segments
import TestSupport
import Testing

@Suite("First instants of a batch")
struct FirstInstantsTests {
  @Test(
    "Of all segments the earliest instant of each event and member stays, in the order of the keys", arguments: 1...5,
    [100, 1 << 20])
  func earliest(seed: UInt64, waitingCountMax: Int) {
    var random = SeededNumbers(seed: seed)
    var firsts = FirstInstants(waitingCountMax: waitingCountMax)
    var expected: [UInt64: Int64] = [:]
    for _ in 0..<20 {
      var pairs = FirstInstants.Pairs()
      // A segment knows two events by places of its own.
      for place in 0..<UInt64(2) {
        // About a place where the keys of one stretch end.
        for member in 65_500..<UInt64(65_550) where random.next() % 3 == 0 {
          pairs.append(place << 32 | member, Int64(random.next() % 1000))
        }
      }
      let events: [UInt32] = random.next() % 2 == 0 ? [0, 1] : [4, 2]
      firsts.note(pairs, events: events)
      for (key, instant) in zip(pairs.keys, pairs.instants) {
        let mapped = UInt64(events[Int(key >> 32)]) << 32 | key & 0xFFFF_FFFF
        expected[mapped] = min(expected[mapped] ?? .max, instant)
      }
    }
    expectEqual(firsts.pairs, expected)
  }

  @Test(
    "Days in order, of which one comes late, give the same as all of them looked at", arguments: [300, 200_000])
  func days(memberCount: Int) {
    var random = SeededNumbers(seed: UInt64(memberCount))
    var firsts = FirstInstants()
    var expected: [UInt64: Int64] = [:]
    for day: Int64 in [1, 2, 4, 3, 5, 6, 6, 7] {
      var pairs = FirstInstants.Pairs()
      // The last event is rare: it has a few members, far from one another. The one before is rare on some days.
      let rarity: [UInt64] = [3, day % 2 == 0 ? 300 : 3, 150]
      for event in 0..<UInt64(3) {
        for member in 0..<UInt64(memberCount) where random.next() % rarity[Int(event)] == 0 {
          pairs.append(event << 32 | member, day * 1000 + Int64(random.next() % 1000))
        }
      }
      firsts.note(pairs, events: [2, 0, 1])
      for (key, instant) in zip(pairs.keys, pairs.instants) {
        let mapped = UInt64([2, 0, 1][Int(key >> 32)]) << 32 | key & 0xFFFF_FFFF
        expected[mapped] = min(expected[mapped] ?? .max, instant)
      }
    }
    expectEqual(firsts.pairs, expected)
  }

  /// Not the arrays themselves: what they differ in would be looked for all too long.
  private func expectEqual(_ pairs: FirstInstants.Pairs, _ expected: [UInt64: Int64]) {
    let isAscending = zip(pairs.keys, pairs.keys.dropFirst()).allSatisfy { $0 < $1 }
    #expect(pairs.keys.count == expected.count && isAscending)
    let other = zip(pairs.keys, pairs.instants).first { expected[$0] != $1 }
    #expect(other == nil)
  }
}
