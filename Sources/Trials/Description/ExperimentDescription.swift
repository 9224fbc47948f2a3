package import Aggregation
internal import Events
package import Experiments
internal import Segments

/// What `pipelines/experiments/NAME.yaml` says: who was drawn how, what is hoped for and what must not be harmed.
package struct ExperimentDescription: Sendable, Equatable {
  /// How arms are given out.
  package enum Design: String, CaseIterable, Sendable {
    /// One arm a member, for good.
    case memberRandomised = "member-randomised"
    /// An arm for each planned (member, push).
    case sendRandomised = "send-randomised"
    /// One arm a community.
    case communityRandomised = "community-randomised"
    /// One arm a slot: a mass send reaches all at once.
    case switchback
  }

  /// How often the data are looked at.
  package enum LookRule: String, CaseIterable, Sendable {
    /// Every night; the intervals hold at all of them together.
    case sequential
    /// Once, when the plan is full.
    case fixed
  }

  package var name: String
  package var title: String
  package var design: Design
  /// Days of planned sends, both included; nil is open.
  package var days: DayRange
  package var arms: [ExperimentArm]
  /// Names of arms: what the others are held against, and the one without push.
  package var control: String
  package var holdout: String?
  /// Whose clock the arms' times of day are of: the community's, or each member's own.
  package var goesByMemberClock = false
  /// The first is the primary one.
  package var goals: [ExperimentGoal]
  package var guardrails: [ExperimentGuardrail]
  package var looks: LookRule
  /// The share of false alarms that is accepted, over all comparisons of the primary goal.
  package var alpha: Double
  /// Units of all arms together; nil without a plan.
  package var plannedUnits: Int?
  /// N*, which `experiment power` writes before the first look.
  package var referenceUnits: Double?
  /// What units are broken down by; several names are crossed.
  package var segments: [[String]] = []
  package var switchback: SwitchbackSettings?
  package var sendPlan: SendPlanSettings?
  /// The rows that it rests on; outcomes are those of the goals, then of the guardrails.
  package var units: UnitQuestion
  /// Where it stands, for errors.
  package var file: String
  /// Where it names attributes of members: whether they have these, the store says.
  var factMentions: [FactMention] = []

  /// The control's place in `arms`.
  package var controlPlace: Int { arms.firstIndex { $0.name == control }! }
  /// The holdout's place in `arms`.
  package var holdoutPlace: Int? { holdout.flatMap { name in arms.firstIndex { $0.name == name } } }
  /// Places of the arms that are compared with the control; the holdout is not one of them.
  package var treatmentPlaces: [Int] {
    arms.indices.filter { $0 != controlPlace && $0 != holdoutPlace && arms[$0].weight > 0 }
  }
}

/// One arm.
package struct ExperimentArm: Sendable, Equatable {
  package var name: String
  /// Its share; those of all arms add to 1.
  package var weight: Double
  /// The time of day at which its pushes leave, in minutes after midnight; nil where the experiment is not about time.
  package var minute: Int?
}

/// A figure that should rise.
package struct ExperimentGoal: Sendable, Equatable {
  package var name: String
  /// Estimated as this quantile of the units' values instead of their mean.
  package var quantile: Double?
}

/// A figure that must not be harmed by more than a margin.
package struct ExperimentGuardrail: Sendable, Equatable {
  package var name: String
  package var harm: NonInferiority.Harm
  /// In the unit of the figure.
  package var margin: Double
}

/// How slots of a switchback are joined to blocks, and what is cut.
package struct SwitchbackSettings: Sendable, Equatable {
  /// Slots left out at the beginning and at the end.
  package var burnIn = 0
  package var burnOut = 0
  /// Of the drawn orders, where there are too many to take all.
  package var seed: UInt64 = 1
}
