import Events
import Segments
import TestSupport
import Testing

@Suite("muster.yaml")
struct WorkspaceSettingsTests {
  @Test("Without keys everything has its default")
  func defaults() throws {
    let settings = try TemporaryWorkspace("").workspace.settings
    #expect(settings == WorkspaceSettings())
    #expect(settings.timeZone == "UTC" && settings.publishedCellMinimum == 5)
    #expect(settings.schema.dimensions == ["community", "platform", "content", "push", "arm"])
    #expect(settings.schema.passiveEvents == ["push_planned", "push_sent"])
  }

  @Test("Every key is read")
  func all() throws {
    let settings = try TemporaryWorkspace(
      """
      time-zone: Asia/Shanghai
      week-start: Sunday
      passive-events: []
      dimensions: [city]
      published-cell-minimum: 10
      keep-event-id: true
      duplicate-window: 7
      """
    ).workspace.settings
    #expect(settings.timeZone == "Asia/Shanghai" && settings.weekStart == 7 && settings.schema.passiveEvents.isEmpty)
    #expect(settings.schema.dimensions == ["city"] && settings.publishedCellMinimum == 10)
    #expect(settings.keepsEventID && settings.duplicateWindowDays == 7)
  }

  @Test(
    "What cannot be meant is refused with line and column",
    arguments: [
      ("time-zone: Mars/Base", ":1:12:"), ("week-start: mo", ":1:13:"), ("dimensions: [ts]", ":1:14:"),
      ("dimensions: [a, a]", ":1:17:"), ("published-cell-minimum: -1", ":1:25:"), ("timezone: UTC", ":1:1:"),
    ])
  func refused(text: String, position: String) {
    let error = #expect(throws: StoreError.self) { try TemporaryWorkspace(text) }
    #expect(error.map { "\($0)".contains(position) } == true)
  }
}
