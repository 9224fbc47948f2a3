import Columns
import Events
import Segments
import TestSupport
import Testing

@Suite struct MemberFactsTests {
  /// Rows of (member key, arm, city), "" for nothing given, and what each was.
  private func note(_ rows: [(UInt32, String, String)], in facts: inout MemberFacts) throws -> [MemberFacts.Verdict] {
    let places = [try facts.place(of: "arm"), try facts.place(of: "city")]
    return rows.map { member, arm, city in
      let codes = zip(places, [arm, city]).map { place, text in
        text.isEmpty ? TextColumn.null : facts.codes(of: StringTable([text]).texts, at: place)[0]
      }
      return facts.note(MemberKey(member), places: places, codes: codes)
    }
  }

  @Test("A row is new, a repeat, or replaces what it gives and leaves the rest")
  func verdicts() throws {
    var facts = MemberFacts()
    let verdicts = try note(
      [(3, "a", ""), (3, "a", ""), (3, "", ""), (3, "", "Rome"), (3, "b", ""), (3, "b", "Rome"), (0, "", "")],
      in: &facts)
    #expect(verdicts == [.new, .duplicate, .duplicate, .new, .replaced, .duplicate, .new])
    #expect(facts.memberCount == 2 && facts.isChanged)
  }

  @Test(
    "A name that outside engines could not tell from another is refused",
    arguments: [["member"], ["Member"], ["arm", "ARM"], [""], ["a\u{1}"], [String(repeating: "n", count: 129)]])
  func names(names: [String]) throws {
    var facts = MemberFacts()
    let error = #expect(throws: StoreError.self) { for name in names { _ = try facts.place(of: name) } }
    #expect(error?.code == .configuration && error?.hint != nil)
  }

  @Test("More attributes than the limit are refused")
  func limit() throws {
    var facts = MemberFacts()
    for number in 0..<StoreLimits.factAttributeCountMax { _ = try facts.place(of: "a\(number)") }
    #expect(throws: StoreError.self) { try facts.place(of: "one more") }
  }

  @Test("Facts are visible once committed, and a later batch goes on from them")
  func batches() throws {
    let temporary = try TemporaryWorkspace()
    for (round, rows) in [[("ann", "a"), ("bob", "b")], [("cy", "c"), ("ann", "z")], [("ann", "z")]].enumerated() {
      var batch = try BatchWriter(temporary.workspace, arrival: .testArrival)
      try batch.loadFacts()
      var totals = BatchTotals()
      for (member, arm) in rows {
        let key = try Array(member.utf8).withUnsafeBytes { try batch.members.key(for: $0) }
        let verdict = try note([(key.number, arm, "")], in: &batch.facts!)[0]
        totals.read += 1
        if verdict == .duplicate { totals.duplicate += 1 } else { totals.stored += 1 }
      }
      batch.extras.factsStored = totals.stored
      try batch.commit(totals, sources: [])
      #expect(totals.duplicate == (round == 2 ? 1 : 0))
    }
    let store = try Store(reading: temporary.workspace)
    let snapshot = try store.snapshot()
    let facts = try #require(try store.facts(snapshot))
    #expect(facts.names == ["arm", "city"])
    let arms = try facts.column("arm", memberCount: snapshot.memberCount)
    #expect((0..<arms.count).map { arms[$0] } == ["z", "b", "c"])
    #expect(snapshot.facts?.file == "facts-000002.parquet", "a batch of repeats writes no file")
    #expect(try StoreCheck(store).findings().isEmpty)
    let status = try StoreStatus(store)
    #expect(status.memberCount == 3 && status.factMemberCount == 3 && status.inactiveMemberCount == 3)
  }
}
