import Segments
import Testing

@Suite("Records by id and content")
struct IdentitySetTests {
  @Test("Same id and content is a duplicate; same id and other content a conflict")
  func verdicts() {
    var set = IdentitySet()
    #expect(set.insert(id: 7, content: 1) == .new)
    #expect(set.insert(id: 7, content: 1) == .duplicate)
    #expect(set.insert(id: 7, content: 2) == .conflict)
    #expect(set.insert(id: 7, content: 2) == .duplicate)
    #expect(set.insert(id: 8, content: 1) == .new)
    #expect(set.count == 3)
  }

  @Test("Conflicts and duplicates are as many in any order of arrival", arguments: 1...20)
  func order(seed: Int) {
    var state = UInt64(seed)
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return (state >> 33) % bound
    }
    var records = (0..<300).map { _ in (id: random(60) + 1, content: random(3)) }
    func tally() -> [IdentitySet.Verdict: Int] {
      var set = IdentitySet()
      return records.reduce(into: [:]) { $0[set.insert(id: $1.id, content: $1.content), default: 0] += 1 }
    }
    let first = tally()
    records.sort { ($0.content, $0.id) < ($1.content, $1.id) }
    #expect(tally() == first, "seed \(seed)")
  }
}
