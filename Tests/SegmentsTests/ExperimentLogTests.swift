import Events
import Segments
import TestSupport
import Testing

/// First looks at experiments, as the catalog remembers them.
@Suite struct ExperimentLogTests {
  private func look(at first: String, units: Double = 5000) -> ExperimentState {
    ExperimentState(name: "push_time", firstLook: Timestamp(iso8601: first)!, referenceUnits: units)
  }

  @Test("A later look keeps the first instant, in whichever order two are saved")
  func joins() throws {
    let (first, second) = (look(at: "2026-08-11T03:00:00Z"), look(at: "2026-08-12T03:00:00Z"))
    for looks in [[first, second], [second, first]] {
      let folder = try TemporaryWorkspace()
      let log = try ExperimentLog(folder.workspace)
      #expect(try log.state(of: "push_time") == nil)
      for look in looks { try log.save(look) }
      #expect(try ExperimentLog(folder.workspace).state(of: "push_time") == first)
      #expect(try log.state(of: "other") == nil)
    }
  }

  @Test("Another N* after the first look is refused, and nothing changes")
  func refuses() throws {
    let folder = try TemporaryWorkspace()
    let log = try ExperimentLog(folder.workspace)
    let first = look(at: "2026-08-11T03:00:00Z")
    try log.save(first)
    let error = try #require(throws: StoreError.self) { try log.save(look(at: "2026-08-12T03:00:00Z", units: 2500.5)) }
    #expect(error.code == .refused && error.message.contains("reference-units 5000, which cannot become 2500.5"))
    #expect(try ExperimentLog(folder.workspace).state(of: "push_time") == first)
  }

  @Test("A store that nobody has looked at is read without a table for it")
  func reads() async throws {
    let folder = try TemporaryWorkspace()
    try await folder.ingest([#"{"ts":"2026-08-01T00:00:00Z","user_id":"u","event":"like"}"#])
    let reading = ExperimentLog(reading: try Store(reading: folder.workspace))
    #expect(try reading.state(of: "push_time") == nil)
    let state = look(at: "2026-08-11T03:00:00Z")
    try ExperimentLog(folder.workspace).save(state)
    #expect(try reading.state(of: "push_time") == state)
  }
}
