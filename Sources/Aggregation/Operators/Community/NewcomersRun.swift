internal import Columns
internal import Events
internal import Segments

/// Answers whether newcomers stay, and by whether somebody answered their first post within a day.
///
/// ```
/// start ├── 24 h ──┤├──────── until 28 d ────────┤      retained: active in the second part
///        answered?   active?
/// ```
/// The first day decides the group, and only what comes after it decides whether the member stayed: so nobody is in a
/// group because of having stayed.
struct NewcomersRun: QuestionPlan {
  let question: HealthQuestion
  let resolved: ResolvedQuestion

  static let answerMicroseconds: Int64 = 86_400_000_000
  static let stayMicroseconds: Int64 = 28 * 86_400_000_000
  static let groups = ["all", "first_post_answered", "first_post_unanswered"]

  /// A first post, by member.
  private struct Post {
    var instant: Int64
    var day: Int32
    var topic: UInt32
    var isAnswered = false
  }

  private struct Tally {
    var newcomers = 0
    var matured = 0
    var retained = 0
  }

  func run(into answer: inout Answer) throws {
    answer.columns = [
      AnswerColumn("period", .date), AnswerColumn("group", .string), AnswerColumn("newcomers", .int),
      AnswerColumn("matured", .int), AnswerColumn("retained", .int), AnswerColumn("rate", .float),
      AnswerColumn("low", .float), AnswerColumn("high", .float), AnswerColumn("complete", .bool),
    ]
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    let posts = try firstPosts(data, into: &answer)
    let starts = try FirstEvents(resolved, data: data, into: &answer)
    var stayed = (after: Bitmap(capacity: starts.instants.count), afterPost: Bitmap(capacity: starts.instants.count))
    try markStays(starts, posts, data, &stayed, into: &answer)

    let spans = question.span.spans(days, resolved.calendar)
    var tallies = [[Tally]](repeating: [Tally](repeating: Tally(), count: 3), count: spans.count + 1)
    func count(_ start: Int64, _ day: Int32, _ group: Int, _ isRetained: Bool) {
      guard let place = spans.firstIndex(where: { $0.days.contains(CommunityDay(day)) }) else { return }
      let isMature = start + Self.stayMicroseconds <= resolved.asOf.microseconds
      for line in [0, place + 1] {
        tallies[line][group].newcomers += 1
        if isMature { tallies[line][group].matured += 1 }
        if isMature, isRetained { tallies[line][group].retained += 1 }
      }
    }
    for member in starts.instants.indices where starts.instants[member] < resolved.asOf.microseconds {
      count(starts.instants[member], starts.days[member], 0, stayed.after.contains(UInt32(member)))
    }
    for (member, post) in posts {
      count(post.instant, post.day, post.isAnswered ? 1 : 2, stayed.afterPost.contains(UInt32(member)))
    }
    answer.rows = rows(spans, tallies, days)
    answer.notes += [
      "Retained: active again from 24 hours to 28 days after the start, of those whose 28 days are over. The start of "
        + "all is the first event, of the other groups the first post.",
      "Observational: members whose post is answered differ in other ways too; this is no proof that answers keep them.",
    ]
    if question.span != .range { answer.notes.append("The lines without a period are the range.") }
    if let note = resolved.partialNote(spans) { answer.notes.append(note) }
  }

  /// The first post of each member that has a topic, and whether it was answered.
  private func firstPosts(_ data: ClosedRange<CommunityDay>, into answer: inout Answer) throws -> [Int32: Post] {
    let found = try TopicAnswers(question, resolved, data: data, into: &answer)
    if found.topics.isEmpty { answer.notes.append(TopicAnswers.emptyNote(question, resolved.store.settings.community)) }
    let kept = found.kept
    var posts: [Int32: Post] = [:]
    for row in 0..<kept.count where found.opens.contains(kept.places[row]) {
      let post = Post(instant: kept.instants[row], day: kept.days[row], topic: kept.texts.codes[row])
      guard post.topic != TextColumn.null else { continue }
      posts[kept.members[row]] = posts[kept.members[row]].map { Self.earlier($0, post, kept.texts.values) } ?? post
    }
    markAnswered(&posts, found)
    return posts
  }

  private func markAnswered(_ posts: inout [Int32: Post], _ found: TopicAnswers) {
    let kept = found.kept
    let byTopic = Dictionary(grouping: posts.map { (member: $0.key, post: $0.value) }, by: \.post.topic)
      .mapValues { $0.sorted { $0.post.instant < $1.post.instant } }
    for row in 0..<kept.count where found.replies.contains(kept.places[row]) {
      guard let waiting = byTopic[kept.texts.codes[row]] else { continue }
      let instant = kept.instants[row]
      let first = firstPlace(in: waiting) { $0.post.instant > instant - Self.answerMicroseconds }
      for (member, post) in waiting[first...] {
        if post.instant > instant { break }
        if member != kept.members[row] { posts[member]?.isAnswered = true }
      }
    }
  }

  /// The earlier post; of one instant the one in the lesser topic.
  private static func earlier(_ a: Post, _ b: Post, _ topics: StringTable) -> Post {
    if a.instant != b.instant { return a.instant < b.instant ? a : b }
    return topics.string(a.topic).utf8.lexicographicallyPrecedes(topics.string(b.topic).utf8) ? a : b
  }

  private func markStays(
    _ starts: FirstEvents, _ posts: [Int32: Post], _ data: ClosedRange<CommunityDay>,
    _ stayed: inout (after: Bitmap, afterPost: Bitmap), into answer: inout Answer
  ) throws {
    var postInstants = [Int64](repeating: .max, count: starts.instants.count)
    for (member, post) in posts { postInstants[Int(member)] = post.instant }
    var scan = try EventScan(resolved, days: data)
    scan.readsTimestamps = true
    // A member who has not started is `max` away, which no event reaches.
    func isStay(_ instant: Int64, _ start: Int64) -> Bool {
      start != .max && instant >= start + Self.answerMicroseconds && instant < start + Self.stayMicroseconds
    }
    let parts = try scan.fold(stayed, into: &answer) { state, block in
      for run in block.runs {
        block.forEachRow(of: run) { row in
          let member = UInt32(bitPattern: block.members[row])
          if isStay(block.timestamps[row], starts.instants[Int(member)]) { state.after.insert(member) }
          if isStay(block.timestamps[row], postInstants[Int(member)]) { state.afterPost.insert(member) }
        }
      }
    }
    for part in parts {
      stayed.after.formUnion(part.after)
      stayed.afterPost.formUnion(part.afterPost)
    }
  }

  private func rows(
    _ spans: [ReportInterval.Span], _ tallies: [[Tally]], _ days: ClosedRange<CommunityDay>
  ) -> [[Cell]] {
    func areMature(before day: CommunityDay) -> Bool {
      resolved.zone.start(of: day).microseconds + Self.stayMicroseconds <= resolved.asOf.microseconds
    }
    let lines =
      [(label: Cell.null, hasBegun: true, isComplete: areMature(before: days.upperBound + 1))]
      + spans.map { (.day($0.start), resolved.hasBegun($0.start), areMature(before: $0.end)) }
    // A range that is one interval is not said twice.
    return zip(lines, tallies).dropFirst(question.span == .range ? 1 : 0).flatMap { line, groups in
      zip(Self.groups, groups).map { name, tally -> [Cell] in
        let head: [Cell] = [line.label, .text(name)]
        guard line.hasBegun else { return head + [Cell](repeating: .null, count: 6) + [.bool(line.isComplete)] }
        let interval = WilsonInterval(successes: tally.retained, trials: tally.matured)
        return head + [
          .int(tally.newcomers), .int(tally.matured), .int(tally.retained), .ratio(tally.retained, of: tally.matured),
          interval.map { .float($0.low) } ?? .null, interval.map { .float($0.high) } ?? .null, .bool(line.isComplete),
        ]
      }
    }
  }
}
