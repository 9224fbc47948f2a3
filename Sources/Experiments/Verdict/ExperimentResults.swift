/// What an experiment has shown by one look: all that a verdict needs.
package struct ExperimentResults: Sendable, Equatable {
  /// One arm against the control.
  package struct Arm: Sendable, Equatable {
    package let name: String
    /// At the level that multiplicity leaves it; nil where `shortfall` says what is missing. Higher is better.
    package let primary: Comparison?
    package let shortfall: InsufficientData?
    package let guardrails: [Guardrail]

    /// The primary goal's comparison, or what it lacks.
    package init(name: String, primary: Result<Comparison, InsufficientData>, guardrails: [Guardrail]) {
      self.name = name
      switch primary {
      case .success(let comparison): (self.primary, shortfall) = (comparison, nil)
      case .failure(let missing): (self.primary, shortfall) = (nil, missing)
      }
      self.guardrails = guardrails
    }
  }

  /// A figure that an arm must not harm; nil where too little is known of it yet.
  package struct Guardrail: Sendable, Equatable {
    package let name: String
    package let result: NonInferiority?

    package init(name: String, result: NonInferiority?) {
      self.name = name
      self.result = result
    }
  }

  package let arms: [Arm]
  /// Of the test that the looks call for: chi-square at a fixed look, else the anytime-valid one.
  package let sampleRatioP: Double
  /// Whether every night is a look; else nothing is decided before the plan is full.
  package let isSequential: Bool
  /// Units of all arms whose windows have closed.
  package let units: Int
  /// `Int.max` where nobody planned any.
  package let plannedUnits: Int
  /// At which more come.
  package let unitsPerDay: Double
  /// Whole days that are closed for every arm.
  package let completeDays: Int

  /// - Precondition: there is an arm besides the control.
  package init(
    arms: [Arm], sampleRatioP: Double, isSequential: Bool, units: Int, plannedUnits: Int, unitsPerDay: Double,
    completeDays: Int
  ) {
    precondition(!arms.isEmpty, "an experiment compares something with its control")
    self.arms = arms
    self.sampleRatioP = sampleRatioP
    self.isSequential = isSequential
    self.units = units
    self.plannedUnits = plannedUnits
    self.unitsPerDay = unitsPerDay
    self.completeDays = completeDays
  }
}
