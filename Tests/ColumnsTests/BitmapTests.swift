import Columns
import TestSupport
import Testing

@Suite struct BitmapTests {
  @Test("A bitmap does what a set does", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func againstSet(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    var bitmaps = [Bitmap(), Bitmap(capacity: 1000)]
    var sets: [Set<UInt32>] = [[], []]
    for step in 0..<5000 {
      let side = Int.random(in: 0...1, using: &random)
      // Mostly small members, at times a far one.
      let bound: UInt32 = UInt8.random(in: 0...99, using: &random) == 0 ? 100_000 : 300
      let member = UInt32.random(in: 0...bound, using: &random)
      if step % 500 == 499 {
        bitmaps[side].formUnion(bitmaps[1 - side])
        sets[side].formUnion(sets[1 - side])
      }
      let expected = (sets[side].contains(member), sets[side].insert(member).inserted)
      let found = (bitmaps[side].contains(member), bitmaps[side].insert(member))
      guard expected == found else {
        Issue.record("seed \(seed), step \(step): \(member) gives \(found), not \(expected)")
        return
      }
    }
    for (bitmap, set) in zip(bitmaps, sets) {
      var members: [UInt32] = []
      bitmap.forEach { members.append($0) }
      #expect(members == set.sorted(), "seed \(seed)")
      #expect(bitmap.count == set.count, "seed \(seed)")
    }
    #expect((bitmaps[0] == bitmaps[1]) == (sets[0] == sets[1]), "seed \(seed)")
  }

  @Test("Both ends of a word are members of their own", arguments: [0, 1, 63, 64, 65, 127, 128, 1 << 20] as [UInt32])
  func wordEnds(member: UInt32) {
    var bitmap = Bitmap()
    let wasNew = [bitmap.insert(member), bitmap.insert(member)]
    #expect(wasNew == [true, false])
    #expect(bitmap.contains(member))
    #expect(!bitmap.contains(member + 1))
    #expect(member == 0 || !bitmap.contains(member - 1))
    #expect(bitmap.count == 1)
  }

  @Test("A member past the room is not in the set", arguments: [64, 4096, UInt32.max])
  func farMisses(member: UInt32) {
    #expect(!Bitmap(capacity: 64).contains(member))
    #expect(!Bitmap().contains(member))
  }

  @Test(
    "Equal members make equal bitmaps, whatever room they have",
    arguments: [([], [], true), ([5], [5], true), ([5], [], false), ([5], [6], false), ([700], [5, 700], false)]
      as [([UInt32], [UInt32], Bool)])
  func equality(some: [UInt32], others: [UInt32], areEqual: Bool) {
    for (room, otherRoom) in [(0, 0), (0, 5000), (5000, 0)] {
      var (a, b) = (Bitmap(capacity: room), Bitmap(capacity: otherRoom))
      for member in some { a.insert(member) }
      for member in others { b.insert(member) }
      #expect((a == b) == areEqual, "room for \(room) and \(otherRoom)")
    }
  }

  @Test("A union with a shorter or a longer bitmap keeps the members of both")
  func unions() {
    var short = Bitmap()
    short.insert(3)
    var long = Bitmap(capacity: 10)
    long.insert(3)
    long.insert(900)
    var first = short
    first.formUnion(long)
    var second = long
    second.formUnion(short)
    #expect(first == long)
    #expect(second == long)
  }
}
