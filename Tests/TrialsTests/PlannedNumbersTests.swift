import Events
import Foundation
import Segments
import TestSupport
import Testing
import Trials

/// Numbers that are written into the file of an experiment.
@Suite struct PlannedNumbersTests {
  private static let numbers = PlannedNumbers(plannedUnits: 48_000, referenceUnits: 5400)

  @Test(
    "Only the values change: comments, order, blanks and line ends stay",
    arguments: [
      ("a: 1\n", "a: 1\nplanned-units: 48000\nreference-units: 5400\n"),
      ("a: 1", "a: 1\nplanned-units: 48000\nreference-units: 5400\n"),
      ("", "planned-units: 48000\nreference-units: 5400\n"),
      ("planned-units: 1\na: 1\n", "planned-units: 48000\na: 1\nreference-units: 5400\n"),
      (
        "reference-units:   100.5  # N*\r\n# planned-units: 7\r\nplanned-units:\r\n",
        "reference-units:   5400  # N*\r\n# planned-units: 7\r\nplanned-units: 48000\r\n"
      ),
      (
        "plan:\n  planned-units: 1\nplanned-units: # none\nplanned-units-before: 3\n",
        "plan:\n  planned-units: 1\nplanned-units: 48000 # none\nplanned-units-before: 3\nreference-units: 5400\n"
      ),
    ])
  func edits(old: String, new: String) {
    #expect(String(decoding: Self.numbers.edited(Array(old.utf8)), as: UTF8.self) == new)
    #expect(Self.numbers.edited(Array(new.utf8)) == Array(new.utf8), "a second time changes nothing")
  }

  @Test("A file is written at once and reads as before but for the numbers; in braces it is left alone")
  func writes() throws {
    let folder = try TemporaryWorkspace()
    let schema = EventSchema(dimensions: ["push", "arm"], passiveEvents: [])
    let path = folder.workspace.folder + "/e.yaml"
    let text = "# Which hour?\n" + threeHours + "title: \"Nach links: ←\" # stays\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try Self.numbers.write(to: try experiment(text, file: path), schema: schema)
    let written = try String(contentsOfFile: path, encoding: .utf8)
    #expect(written == text + "planned-units: 48000\nreference-units: 5400\n")
    #expect(Self.numbers.stand(in: try experiment(written, file: path)))
    let braces =
      "{design: member-randomised, arms: {a: {weight: 0.5}, b: {weight: 0.5}}, control: a, primary: g, "
      + "goals: {g: {event: share, within: 7d}}}\n"
    try braces.write(toFile: path, atomically: true, encoding: .utf8)
    let error = try #require(throws: StoreError.self) {
      try Self.numbers.write(to: try experiment(braces, file: path), schema: schema)
    }
    #expect(error.hint?.contains("planned-units: 48000, reference-units: 5400") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == braces)
  }

  @Test("After the first look N* stays; the same N* and none are no change")
  func looks() throws {
    let first = Timestamp(iso8601: "2026-08-11T03:00:00Z")!
    let state = ExperimentState(name: "push_time", firstLook: first, referenceUnits: 5000)
    try Self.numbers.check(nil)
    try PlannedNumbers(plannedUnits: 1, referenceUnits: 5000).check(state)
    try PlannedNumbers(plannedUnits: 1, referenceUnits: nil).check(state)
    let error = #expect(throws: StoreError.self) { try Self.numbers.check(state) }
    #expect(error?.code == .refused && error?.message.contains("5000, which cannot become 5400") == true)
  }
}
