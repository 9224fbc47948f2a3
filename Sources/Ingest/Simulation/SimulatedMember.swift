/// What one member is like, for good.
struct SimulatedMember {
  /// Days since the first day of the log; negative for those who were there before it.
  var joinDay: Int32
  /// From the day after it the member is lost, but for rare visits.
  var lastDay: Int32
  /// Probability of a visit on an ordinary day.
  var habit: Chance
  /// The member's own hour, in minutes after local midnight.
  var ownMinute: UInt16
  /// How much a visit holds, in 256ths; heavy-tailed.
  var appetite: UInt16
  /// Two platforms and two communities; equal for nine members in ten.
  var platforms: (UInt8, UInt8)
  var communities: (UInt8, UInt8)
  var contributes: Bool
  var acceptsPushes: Bool

  var returns: Bool { lastDay > joinDay }
}

/// How members are drawn. Shares and scales were set by looking at the curves they give: of new members
/// about 30 % are back on day 1, 15 % on day 7, 8 % on day 30.
struct MemberTraits {
  private static let neverReturns = Chance(0.42)
  private static let usesTwo = Chance(0.1)
  private static let contributing = Chance(0.3)
  private static let acceptingPushes = Chance(0.45)
  /// Lifetimes in days follow P(L ≥ k) = (1 + k / 4.4)^(−1/2) among members who return (Lomax).
  private static let lifetimeScale = 4.4

  private let communities = WeightedChoice.zipf(200)
  private let platforms = WeightedChoice([0.25, 0.35, 0.1, 0.3])
  private let hours = WeightedChoice([0.22, 0.31, 0.47])
  private let peakMinutes: [Int64] = [8 * 60 + 35, 12 * 60 + 35, 20 * 60 + 30]
  /// Core, regular and casual members.
  private let kinds = WeightedChoice([0.14, 0.41, 0.45])
  private let habits: [ClosedRange<Double>] = [0.7...0.95, 0.35...0.7, 0.08...0.3]

  /// The member of `index`; `joinDay` is nil for one who joined before the log begins.
  func member(_ index: Int, joinDay: Int?, seed: UInt64) -> SimulatedMember {
    var stream = RandomStream(seed: seed, .traits, index)
    let life = joinDay.map { newLife(from: $0, &stream) } ?? oldLife(&stream)
    let habit = habits[kinds.draw(&stream)]
    let peak = peakMinutes[hours.draw(&stream)]
    let u = stream.unit()
    let tail = 0.15 + 1 / (u.squareRoot() * u.squareRoot().squareRoot().squareRoot())  // Pareto, exponent 1.6
    let platform = UInt8(platforms.draw(&stream))
    let community = UInt8(communities.draw(&stream))
    return SimulatedMember(
      joinDay: life.joinDay, lastDay: life.lastDay,
      habit: Chance(habit.lowerBound + (habit.upperBound - habit.lowerBound) * stream.unit()),
      ownMinute: UInt16(max(0, min(1439, peak + stream.bell(spread: 95)))),
      appetite: UInt16(min(tail, 25) * 256),
      platforms: (platform, stream.hits(Self.usesTwo) ? (platform + UInt8(1 + stream.below(3))) % 4 : platform),
      communities: (community, stream.hits(Self.usesTwo) ? UInt8(communities.draw(&stream)) : community),
      contributes: stream.hits(Self.contributing),
      acceptsPushes: stream.hits(Self.acceptingPushes))
  }

  private func newLife(from joinDay: Int, _ stream: inout RandomStream) -> (joinDay: Int32, lastDay: Int32) {
    let start = Int32(joinDay)
    if stream.hits(Self.neverReturns) { return (start, start) }
    return (start, start + 1 + lifetime(past: 0, &stream))
  }

  /// A member who is still there when the log begins: joining days count by the share that has stayed.
  private func oldLife(_ stream: inout RandomStream) -> (joinDay: Int32, lastDay: Int32) {
    var age: Int
    var survival: Double
    repeat {
      age = 1 + stream.below(400)
      survival = (1 / (1 + Double(age) / Self.lifetimeScale)).squareRoot()
    } while !stream.hits(Chance(survival))
    return (Int32(-age), lifetime(past: age, &stream) - Int32(age))
  }

  /// A lifetime of more than `age` days, at most 4,000 on top.
  private func lifetime(past age: Int, _ stream: inout RandomStream) -> Int32 {
    let u = stream.unit()
    let days = (Double(age) + Self.lifetimeScale) / (u * u) - Self.lifetimeScale
    return Int32(min(days, Double(age) + 4000))
  }
}
