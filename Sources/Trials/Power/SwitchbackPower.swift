package import Aggregation
package import Events
package import Experiments

/// How small a p a switchback can reach: with too few blocks no effect is large enough.
///
/// A block is the next K slots of one weekday, one of each arm, so B blocks of w weekdays take K ⌈B / w⌉ weeks.
package struct SwitchbackPower: Sendable, Equatable {
  /// A number of blocks.
  package struct Row: Sendable, Equatable {
    package var weeks: Int
    package var blocks: Int
    package var leastP: Double
  }

  /// The first is the shortest plan that can reach alpha.
  package let rows: [Row]
  /// Of one comparison.
  package let alpha: Double
  private let experiment: ExperimentDescription

  /// - Throws: ``InsufficientData`` where the experiment ends before alpha can be reached.
  package init(_ experiment: ExperimentDescription) throws(InsufficientData) {
    self.experiment = experiment
    let alpha = experiment.alpha / Double(experiment.treatmentPlaces.count)
    self.alpha = alpha
    let armCount = experiment.arms.count { $0.weight > 0 }
    let slotsPerWeek = experiment.sendPlan?.weekdays.count ?? 7
    let needed = (1...64).first { RandomisationTest.leastP(blocks: $0) <= alpha * (1 + 1e-12) } ?? 64
    if let from = experiment.days.from, let to = experiment.days.to {
      let found = (to - from + 1) / 7 / armCount * slotsPerWeek
      if found < needed { throw InsufficientData([.init(arm: nil, .blocks, found: found, needed: needed)]) }
    }
    let least = armCount * ((needed + slotsPerWeek - 1) / slotsPerWeek)
    rows = ([least] + [4, 8, 12, 26].filter { $0 > least }).map { weeks in
      let blocks = weeks / armCount * slotsPerWeek
      return Row(weeks: weeks, blocks: blocks, leastP: RandomisationTest.leastP(blocks: blocks))
    }
  }

  /// The table that people read.
  package func answer(asOf: Timestamp, timeZone: String) -> Answer {
    Answer(
      metric: "experiment power", definition: "experiment.switchback_power/1", asOf: asOf, timeZone: timeZone,
      columns: [
        AnswerColumn("metric", .string), AnswerColumn("weeks", .int), AnswerColumn("blocks", .int),
        AnswerColumn("alpha", .float), AnswerColumn("least_p", .float),
      ],
      rows: rows.map {
        [.text(experiment.goals[0].name), .int($0.weeks), .int($0.blocks), .float(alpha), .float($0.leastP)]
      },
      notes: [
        "The first row is the shortest plan that can reach alpha, with the largest of effects: plan for more.",
        "A switchback is looked at once; it has no planned-units and no reference-units.",
      ])
  }
}
