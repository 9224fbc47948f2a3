import Aggregation
import Events
import Segments
import Testing
import Trials

/// What stands in a file of an experiment, and what it must not say.
@Suite struct ExperimentFileTests {
  private static let whole = """
    design: send-randomised
    from: 2026-08-04
    arms:
      "08:30": {weight: 0.25, at: "08:30"}
      "12:30": {weight: 0.25, at: "12:30"}
      "20:20": {weight: 0.4, at: "20:20"}
      none: {weight: 0.1}
    control: "12:30"
    holdout: none
    primary: opened
    goals:
      back: {event: activity, within: 7d}
      opened: {event: push_open, of: push, within: 24h}
    guardrails:
      left: {event: leave, within: 72h, margin: 0.002}
    segments: [platform, prior-activity]
    """

  private func read(_ text: String) throws -> ExperimentDescription {
    try ExperimentDescription(
      YAMLValue(text: text, file: "e.yaml"), name: "e",
      schema: EventSchema(dimensions: ["platform", "push", "arm"], passiveEvents: ["push_sent"]))
  }

  @Test("The primary goal comes first, the holdout is not compared, the latest arm says when a day has matured")
  func reads() throws {
    let experiment = try read(Self.whole)
    #expect(experiment.goals.map(\.name) == ["opened", "back"])
    #expect(experiment.treatmentPlaces == [0, 2])
    #expect(experiment.units.outcomes.map(\.name) == ["opened", "back", "left"])
    #expect(experiment.units.outcomes[2].windowDays == 3)
    #expect(experiment.units.latestSendSeconds == 1220 * 60)
  }

  @Test(
    "What cannot be meant is named with its place",
    arguments: [
      ("weight: 0.4", "weight: 0.5", "add to 1.1, not to 1"),
      ("control: \"12:30\"", "control: \"12:03\"", "no arm is called '12:03'"),
      ("control: \"12:30\"", "control: none", "cannot be the control too"),
      ("primary: opened", "primary: openend", "Did you mean 'opened'?"),
      ("within: 72h", "within: 70h", "whole days"),
      ("margin: 0.002", "harm: up", "no direction"),
      ("event: activity, within: 7d", "event: activity", "'within' is missing"),
      ("at: \"20:20\"", "at: \"25:20\"", "not a time of day"),
      ("segments: [platform", "segments: [plattform", "not a dimension"),
      ("design: send-randomised", "design: random", "not a design"),
    ])
  func refuses(old: String, new: String, message: String) throws {
    let text = Self.whole.replacing(old, with: new)
    let error = try #require(throws: StoreError.self) { try read(text) }
    #expect("\(error)".contains(message))
    #expect(error.line != nil)
  }
}
