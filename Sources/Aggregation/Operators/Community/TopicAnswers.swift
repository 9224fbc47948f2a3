internal import Columns
internal import Events
internal import Segments

/// Topics with the event that opened each and the first that answered it.
///
/// A topic is opened by the earliest of its opening events. An answer is an answering event by somebody else, at that
/// instant or later. Where several members open a topic at one instant, each answers the others.
struct TopicAnswers {
  struct Topic {
    var opened = Int64.max
    /// The number of the day in the question's zone.
    var day: Int32 = 0
    /// The least and the greatest key of those who opened it.
    var openers: (low: Int32, high: Int32) = (.max, .min)
    var answered: Int64?
  }

  let kept: KeptEvents
  let opens: Set<Int8>
  let replies: Set<Int8>
  /// By code of the topic; one that nobody opened has no instant.
  let topics: [Topic]

  /// Reads opening and answering events of all days that hold data.
  init(
    _ question: HealthQuestion, _ resolved: ResolvedQuestion, data: ClosedRange<CommunityDay>, into answer: inout Answer
  ) throws {
    let settings = resolved.store.settings.community
    let (opening, answering) = (question.opens(settings), question.replies(settings))
    let names = opening + answering.filter { !opening.contains($0) }
    func places(_ asked: [String]) -> Set<Int8> {
      Set(names.indices.filter { asked.contains(names[$0]) }.map { Int8($0) })
    }
    (opens, replies) = (places(opening), places(answering))
    kept = try KeptEvents(resolved, days: data, names: names, text: .column(question.topic), into: &answer)
    var topics = [Topic](repeating: Topic(), count: kept.texts.values.count)
    for row in 0..<kept.count where opens.contains(kept.places[row]) && kept.texts.codes[row] != TextColumn.null {
      let code = Int(kept.texts.codes[row])
      if kept.instants[row] > topics[code].opened { continue }
      if kept.instants[row] < topics[code].opened {
        topics[code] = Topic(opened: kept.instants[row], day: kept.days[row])
      }
      let openers = topics[code].openers
      topics[code].openers = (min(openers.low, kept.members[row]), max(openers.high, kept.members[row]))
    }
    for row in 0..<kept.count where replies.contains(kept.places[row]) && kept.texts.codes[row] != TextColumn.null {
      let code = Int(kept.texts.codes[row])
      let topic = topics[code]
      let isOwn = topic.openers.low == topic.openers.high && kept.members[row] == topic.openers.low
      if kept.instants[row] < topic.opened || isOwn { continue }
      topics[code].answered = min(topic.answered ?? .max, kept.instants[row])
    }
    self.topics = topics.filter { $0.opened < .max }
  }

  /// What to say where there are none.
  static func emptyNote(_ question: HealthQuestion, _ settings: CommunitySettings) -> String {
    "There are no topics: no event called \(question.opens(settings).joined(separator: ", ")) with a value of "
      + "\(question.topic). Name yours with --opens and --topic, or topic-events in muster.yaml."
  }
}
