import Segments
import TestSupport
import Testing

@Suite("Records by id and content")
struct IdentitySetTests {
  /// The upper half of a content hash is what counts.
  private func record(_ id: UInt64, _ content: UInt64) -> RecordIdentity {
    RecordIdentity(idHash: id, contentHash: content << 32 | 0xABCD)
  }

  @Test("Same id and content is a duplicate; same id and other content a conflict")
  func verdicts() {
    var set = IdentitySet()
    #expect(set.judge(record(7, 1)) == .new)
    #expect(set.judge(record(7, 1)) == .duplicate)
    #expect(set.judge(record(7, 2)) == .conflict)
    #expect(set.judge(record(7, 2)) == .duplicate)
    #expect(set.judge(record(8, 1)) == .new)
    #expect(set.count == 3)
  }

  @Test("Conflicts and duplicates are as many in any order of arrival", arguments: 1...20)
  func order(seed: Int) {
    var state = UInt64(seed)
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return (state >> 33) % bound
    }
    var records = (0..<300).map { _ in record(random(60) + 1, random(3)) }
    func tally() -> [DuplicateCheck.Verdict: Int] {
      var set = IdentitySet()
      return records.reduce(into: [:]) { $0[set.judge($1), default: 0] += 1 }
    }
    let first = tally()
    records.sort { ($0.contentHash, $0.idHash) < ($1.contentHash, $1.idHash) }
    #expect(tally() == first, "seed \(seed)")
  }

  @Test("Many records are told as a dictionary tells them, while the set grows and where slots collide")
  func many() {
    var random = SeededNumbers(seed: 7)
    var set = IdentitySet()
    var contents: [UInt64: Set<UInt64>] = [:]
    for _ in 0..<100_000 {
      // Of each group of ids the slot is the same, and of some of them the upper half, too.
      let group = random.next() % 5000
      let id = (random.next() % 4) << 62 | (random.next() % 4) << 40 | group &* 0x9E37_79B9 % (1 << 32) + 1
      let content = random.next() % 3
      let known = contents[id, default: []]
      let verdict = set.judge(record(id, content))
      #expect(verdict == (known.contains(content) ? .duplicate : known.isEmpty ? .new : .conflict))
      contents[id, default: []].insert(content)
    }
    #expect(set.count == contents.values.reduce(0) { $0 + $1.count })
  }
}
