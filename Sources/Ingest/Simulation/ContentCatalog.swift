/// Which post an event is about: `p_N`, numbered in the order in which they were posted.
///
/// A fifth of the views go to posts from before the log (`p_0` … `p_999`), by Zipf's law; the others to the
/// posts of the last 30 days, the newest most, and within a day by Zipf's law. Members mostly like, comment
/// on and share what they saw last.
struct ContentCatalog {
  static let none = UInt32.max
  private static let oldPostCount = 1000

  private let oldPosts = WeightedChoice.zipf(oldPostCount)
  private let ages = WeightedChoice((1...30).map { 1 / (Double($0) * Double($0).squareRoot()) })
  private let ranks = WeightedChoice.zipf(400)
  /// `firstPosts[d]` is the number of the first post of day d; the last day is the one that runs.
  private var firstPosts: [UInt32] = []
  private var nextPost = UInt32(oldPostCount)
  private var pushedPosts: [Int: UInt32] = [:]
  private var lastSeen: [UInt32]

  init(memberCount: Int) {
    lastSeen = [UInt32](repeating: Self.none, count: memberCount)
  }

  mutating func beginDay() { firstPosts.append(nextPost) }

  /// The post that the push of a day advertises: one of the days before it, the same for all members.
  mutating func pushed(on day: Int, seed: UInt64) -> UInt32 {
    if let post = pushedPosts[day] { return post }
    var stream = RandomStream(seed: seed, .content, -1 - day)
    pushedPosts[day] = post(&stream)
    return pushedPosts[day]!
  }

  /// The post of an event, `none` for events without one.
  mutating func content(_ kind: SimulatedKind, of member: Int, _ stream: inout RandomStream) -> UInt32 {
    switch kind {
    case .message, .pointsRedeem, .invite, .leave, .pushPlanned, .pushSent, .pushOpen:
      return Self.none
    case .postCreate:
      nextPost += 1
      lastSeen[member] = nextPost - 1
    case .like, .comment, .share:
      if lastSeen[member] == Self.none || stream.hits(Chance(0.2)) { lastSeen[member] = post(&stream) }
    case .postView:
      lastSeen[member] = post(&stream)
    }
    return lastSeen[member]
  }

  private func post(_ stream: inout RandomStream) -> UInt32 {
    let day = firstPosts.count - 1 - ages.draw(&stream)
    if day < 0 || stream.hits(Chance(0.2)) { return UInt32(oldPosts.draw(&stream)) }
    let first = firstPosts[day]
    let count = (day + 1 < firstPosts.count ? firstPosts[day + 1] : nextPost) - first
    if count == 0 { return UInt32(oldPosts.draw(&stream)) }
    // The most popular post is not the first of its day: each day turns its ranks by its own amount.
    let turn = UInt32(truncatingIfNeeded: RandomStream.scrambled(UInt64(day)) >> 40)
    return first + (UInt32(ranks.draw(&stream)) + turn) % count
  }
}
