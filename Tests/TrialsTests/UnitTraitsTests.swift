import Aggregation
import Columns
import Events
import Segments
import TestSupport
import Testing
import Trials

/// The hour in which a member began most sessions before a unit.
@Suite struct UnitTraitsTests {
  private static let settings = """
    time-zone: Asia/Shanghai
    passive-events: [push_sent, push_planned]
    dimensions: [push, arm]

    """

  private func line(_ member: String, _ local: String, _ event: String = "like") -> String {
    #"{"ts":"2026-08-\#(local)+08:00","user_id":"\#(member)","event":"\#(event)"}"#
  }

  private func traits(
    _ lines: [String], anchors: [Int], question: TraitsQuestion = TraitsQuestion()
  ) async throws -> UnitTraits {
    let folder = try TemporaryWorkspace(Self.settings)
    try await folder.ingest(lines)
    let engine = try Engine(try Store(reading: folder.workspace), now: .testArrival)
    let first = CommunityDay("2026-08-01")!.number
    var table = UnitTable(
      anchors.map { UnitRow(member: 0, day: first + Int32($0) - 1, arm: 0, value: 0) }, segmentCount: 0)
    table.asOf = .testArrival
    return try engine.traits(question, of: table)
  }

  @Test("Sessions count once each, by the community's clock, up to the anchor and no further")
  func sessions() async throws {
    let lines = [
      // One session that goes on over the hour, two at 20, then three at 7 on the 5th.
      line("a", "01T09:50:00"), line("a", "01T10:15:00"), line("a", "01T10:40:00"), line("a", "02T20:10:00"),
      line("a", "03T20:50:00"), line("a", "05T07:00:00"), line("a", "05T07:31:00"), line("a", "06T07:10:00"),
      line("b", "01T03:00:00"),
    ]
    let traits = try await traits(lines, anchors: [1, 2, 3, 4, 5, 6, 7])
    // On the 6th 20 and 7 have two each: the earlier hour is taken.
    #expect(traits.ownHours == [-1, 9, 9, 20, 20, 7, 7])
  }

  @Test("Taps are no habit, nor sessions that begin within 24 hours after a push; the 24th hour is free again")
  func pushes() async throws {
    let lines = [
      line("a", "01T06:00:00"), line("a", "02T12:00:00", "push_sent"), line("a", "02T12:05:00", "push_open"),
      line("a", "02T12:06:00"), line("a", "02T12:50:00"), line("a", "03T11:59:59"), line("a", "04T12:00:00"),
      line("a", "04T13:00:00"), line("a", "05T13:00:00", "push_sent"), line("a", "06T13:00:00"),
    ]
    let traits = try await traits(lines, anchors: [2, 4, 5, 6, 7])
    #expect(traits.ownHours == [6, 6, 6, 6, 13])
  }

  @Test("A member is always in the same fold, and folds are about equal")
  func folds() async throws {
    let members = (0..<1000).map { "member \($0)" }
    var counts = [Int](repeating: 0, count: 5)
    var byOrder: [[UInt8]] = []
    for order in [members, members.reversed()] {
      let folder = try TemporaryWorkspace(Self.settings)
      try await folder.ingest(order.map { line($0, "01T09:00:00") })
      let store = try Store(reading: folder.workspace)
      let engine = try Engine(store, now: .testArrival)
      let ids = try engine.roster(RosterQuestion(days: CommunityDay(20_000)...CommunityDay(20_000))).ids
      var table = UnitTable((0..<1000).map { UnitRow(member: $0, day: 20_700, arm: 0, value: 0) })
      table.asOf = .testArrival
      let folds = try engine.traits(TraitsQuestion(), of: table).folds
      byOrder.append(members.map { folds[Int(ids.find($0)!)] })
    }
    #expect(byOrder[0] == byOrder[1])
    for fold in byOrder[0] { counts[Int(fold)] += 1 }
    #expect(counts.allSatisfy { (150...250).contains($0) }, "\(counts)")
  }
}
