/// What arms say of one figure when a cluster, such as a member with several sends, may be in more than one of them: its
/// totals in every arm, their squares and products, and the same of what is known of the past. Sums of disjoint clusters
/// add.
///
/// ```
/// vᵢ = by arm: Σ wy, Σ wd, Σ wx, Σ wu, Σ wo     over the rows of cluster i; w = 1 / propensity, or 1
///      y / d the figure, x and u the same two before; o = 1 where they are known
/// M  = Σ vᵢ vᵢᵀ
///
/// eᵢ  = (y − θ(x − x̄ o)) − r (d − η(u − ū o)),   r = Σ(…) / Σ(…)   in one arm
/// cov = Σ eᵢ e′ᵢ · n / (n − 1) / (D D′)                            of two arms: a quadratic form in M
/// ```
///
/// A mean is the ratio whose d is 1. Without a past this is ``RatioSums`` and ``CrossedRatioSums``, with it ``RatioCUPED``;
/// here for any number of arms at once. Source: the delta method; Deng, Knoblich, Lu, KDD 2018.
package struct MomentSums: Sendable, Equatable {
  package let armCount: Int
  /// Laid out as ``MomentLayout`` says.
  private(set) var values: [Double]

  /// Nothing yet.
  package init(armCount: Int) {
    self.armCount = armCount
    values = [Double](repeating: 0, count: MomentLayout(armCount: armCount).count)
  }

  init(armCount: Int, values: [Double]) { (self.armCount, self.values) = (armCount, values) }

  /// Takes in other clusters.
  package static func += (a: inout MomentSums, b: MomentSums) {
    precondition(a.armCount == b.armCount, "the same arms on both sides")
    for place in a.values.indices { a.values[place] += b.values[place] }
  }

  private var layout: MomentLayout { MomentLayout(armCount: armCount) }

  /// Clusters with a row of the arm.
  package func clusters(_ arm: Int) -> Int { Int(values[layout.clusters + arm]) }
  /// Clusters with a row of either arm.
  package func clusters(_ a: Int, _ b: Int) -> Int {
    a == b ? clusters(a) : clusters(a) + clusters(b) - Int(values[layout.shared + a * armCount + b])
  }
  /// Rows of the arm.
  package func rows(_ arm: Int) -> Int { Int(values[layout.rows + arm]) }
  /// Rows of the arm whose value is not 0.
  package func events(_ arm: Int) -> Int { Int(values[layout.events + arm]) }

  /// θ and x̄ of the numerator and of the denominator, over the rows of all arms.
  package var adjustments: (numerator: CUPED, denominator: CUPED) {
    (adjustment(at: layout.past), adjustment(at: layout.past + MomentLayout.pastCount))
  }

  private func adjustment(at start: Int) -> CUPED {
    let v = values[start..<start + MomentLayout.pastCount].map { $0 }
    return CUPED(
      arms: CollectionOfOne(
        CovariateSums(
          outcome: MeanSums(units: Int(v[0]), sum: v[1], sumOfSquares: v[2]),
          covariate: MeanSums(units: Int(v[3]), sum: v[4], sumOfSquares: v[5]), observedOutcome: v[6], products: v[7])))
  }

  /// What rows of one arm add up to, and the weights of ``MomentSums`` that give its residuals.
  private struct ArmRatio {
    var value: Double
    var denominator: Double
    var unadjusted: Double
    var coefficients: [Double]
  }

  private func ratio(_ arm: Int, adjusting: Bool) -> ArmRatio? {
    let s = (0..<MomentLayout.width).map { values[layout.sums + arm * MomentLayout.width + $0] }
    var (theta, eta, x, u) = (0.0, 0.0, 0.0, 0.0)
    if adjusting {
      let both = adjustments
      (theta, x) = (both.numerator.theta, both.numerator.covariateMean)
      (eta, u) = (both.denominator.theta, both.denominator.covariateMean)
    }
    let numerator = s[0] - theta * (s[2] - x * s[4])
    let denominator = s[1] - eta * (s[3] - u * s[4])
    guard denominator != 0, s[1] != 0 else { return nil }
    let r = numerator / denominator
    return ArmRatio(
      value: r, denominator: denominator, unadjusted: s[0] / s[1],
      coefficients: [1, -r, -theta, r * eta, theta * x - r * eta * u])
  }

  /// Σ eᵢ e′ᵢ of two arms.
  private func residuals(_ a: Int, _ one: ArmRatio, _ b: Int, _ other: ArmRatio) -> Double {
    let width = MomentLayout.width
    var total = 0.0
    for i in 0..<width where one.coefficients[i] != 0 {
      var row = 0.0
      let start = layout.products + (a * width + i) * armCount * width + b * width
      for j in 0..<width { row += values[start + j] * other.coefficients[j] }
      total += one.coefficients[i] * row
    }
    return total
  }

  /// The figure of one arm.
  ///
  /// - Parameters:
  ///   - adjusting: whether the past is taken out; it is not where fewer than half of the rows have one.
  ///   - isProportion: whether events and non-events are held to the requirement too.
  /// - Throws: ``InsufficientData`` where the arm holds less than `requirement`, or its clusters do not differ.
  package func estimate(
    _ arm: Int, named name: String? = nil, adjusting: Bool, isProportion: Bool,
    requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Estimate {
    let n = clusters(arm)
    var missing: [InsufficientData.Shortfall] = []
    if n < max(2, requirement.units) {
      missing.append(.init(arm: name, .units, found: n, needed: max(2, requirement.units)))
    }
    if isProportion {
      let (events, others) = (events(arm), rows(arm) - events(arm))
      if events < requirement.events {
        missing.append(.init(arm: name, .events, found: events, needed: requirement.events))
      }
      if others < requirement.nonEvents {
        missing.append(.init(arm: name, .nonEvents, found: others, needed: requirement.nonEvents))
      }
    }
    guard missing.isEmpty else { throw InsufficientData(missing) }
    guard let ratio = ratio(arm, adjusting: adjusting) else {
      throw InsufficientData(.denominator, found: 0, needed: 1, arm: name)
    }
    // Of residuals that are all 0 the sums leave rounding errors.
    let squares = residuals(arm, ratio, arm, ratio)
    let start = layout.products + arm * MomentLayout.width * (armCount * MomentLayout.width + 1)
    guard squares > 0x1p-44 * abs(values[start]) else {
      throw InsufficientData(.distinctValues, found: 1, needed: 2, arm: name)
    }
    let error = (squares / Double(n - 1) * Double(n)).squareRoot() / abs(ratio.denominator)
    return Estimate(value: ratio.value, standardError: error, units: n, unadjusted: ratio.unadjusted)
  }

  /// The figures of two arms with their covariance; clusters that are in both are counted once.
  ///
  /// - Throws: ``InsufficientData`` as ``estimate(_:named:adjusting:isProportion:requirement:)``, of both arms.
  package func estimates(
    treatment: (place: Int, name: String), control: (place: Int, name: String), adjusting: Bool, isProportion: Bool,
    requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> TwoEstimates {
    var found: [Estimate] = []
    var missing: [InsufficientData.Shortfall] = []
    for arm in [treatment, control] {
      do throws(InsufficientData) {
        found.append(
          try estimate(
            arm.place, named: arm.name, adjusting: adjusting, isProportion: isProportion, requirement: requirement))
      } catch { missing += error.shortfalls }
    }
    guard missing.isEmpty, let a = ratio(treatment.place, adjusting: adjusting),
      let b = ratio(control.place, adjusting: adjusting)
    else { throw InsufficientData(missing) }
    let n = clusters(treatment.place, control.place)
    let residuals = residuals(treatment.place, a, control.place, b)
    let covariance = residuals * Double(n) / Double(n - 1) / (a.denominator * b.denominator)
    return TwoEstimates(treatment: found[0], control: found[1], covariance: covariance, units: n)
  }
}

/// Where things lie in the flat sums of ``MomentSums``.
struct MomentLayout {
  /// y, d, x, u, o.
  static let width = 5
  /// Of a covariate: rows, Σ y, Σ y², rows with a past, Σ x, Σ x², Σ y and Σ xy over them.
  static let pastCount = 8

  let armCount: Int

  var sums: Int { 0 }
  var products: Int { armCount * Self.width }
  var clusters: Int { products + armCount * armCount * Self.width * Self.width }
  var shared: Int { clusters + armCount }
  var rows: Int { shared + armCount * armCount }
  var events: Int { rows + armCount }
  var past: Int { events + armCount }
  var count: Int { past + 2 * Self.pastCount }
}
