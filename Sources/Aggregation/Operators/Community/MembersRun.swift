internal import Events
internal import Segments

/// Answers how many members there are of each kind on a day, or lists them.
struct MembersRun: QuestionPlan {
  let question: MembersQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let day = resolved.days?.upperBound, let data = resolved.dataDays else { return }
    if question.givesInputs {
      let inputs = try ChurnInputs(resolved, days: day + 1...day + 1, into: &answer)
      answer.rows = rows(inputs.features(at: day + 1), day)
      return
    }
    let found = try MemberStates(question, resolved, on: day, data: data, into: &answer)
    answer.rows = question.showsIDs ? try listed(found.states) : counted(found.states)
    answer.notes.append("Members who were active until \(day).")
    if !resolved.hasEnded(before: day + 1) { answer.notes.append("\(day) has not ended.") }
    answer.notes += found.notes
  }

  private var columns: [AnswerColumn] {
    if question.givesInputs {
      return [AnswerColumn("period", .date)]
        + ["recency", "recent", "before", "tenure", "members"].map { AnswerColumn($0, .int) }
    }
    if question.showsIDs {
      return [
        AnswerColumn("member", .string), AnswerColumn("lifecycle", .string), AnswerColumn("value", .float),
        AnswerColumn("risk", .float), AnswerColumn("last_active", .date),
      ]
    }
    return question.segments.map { AnswerColumn($0.rawValue, .string) }
      + [AnswerColumn("members", .int), AnswerColumn("share", .float)]
  }

  /// Members by the segments asked for, in the order of the words; without a word last.
  private func counted(_ states: [MemberStates.State]) -> [[Cell]] {
    var counts: [[Int]: Int] = [:]
    for state in states { counts[question.segments.map { place(of: state, in: $0) }, default: 0] += 1 }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { places, count in
      zip(question.segments, places).map { segment, place in
        let words = Self.words(segment)
        return place < words.count ? .text(words[place]) : .null
      } + [.int(count), .ratio(count, of: states.count)]
    }
  }

  static func words(_ segment: MembersQuestion.Segment) -> [String] {
    switch segment {
    case .lifecycle: MemberStates.Lifecycle.allCases.map(\.rawValue)
    case .value: MemberValue.Band.allCases.map(\.rawValue)
    case .risk: MemberStates.Risk.allCases.map(\.rawValue)
    }
  }

  private func place(of state: MemberStates.State, in segment: MembersQuestion.Segment) -> Int {
    let word =
      switch segment {
      case .lifecycle: state.lifecycle.rawValue
      case .value: state.value?.band.rawValue
      case .risk: state.probability.map { MemberStates.Risk($0).rawValue }
      }
    let words = Self.words(segment)
    return words.firstIndex { $0 == word } ?? words.count
  }

  private func listed(_ states: [MemberStates.State]) throws -> [[Cell]] {
    let ids = try MemberIdentities(resolved, isNeeded: true)
    let ordered = states.sorted { a, b in
      let (first, second) = (a.value?.score ?? -1, b.value?.score ?? -1)
      if first != second { return first > second }
      if a.probability != b.probability { return a.probability ?? -1 > b.probability ?? -1 }
      if a.lastActive != b.lastActive { return a.lastActive > b.lastActive }
      return ids.precedes(a.member, b.member)
    }
    return ordered.prefix(question.top).map { state in
      [
        .text(ids.id(of: state.member)), .text(state.lifecycle.rawValue),
        state.value.map { .float($0.score) } ?? .null, state.probability.map(Cell.float) ?? .null,
        .day(state.lastActive),
      ]
    }
  }

  private func rows(_ features: [ChurnInputs.Features?], _ day: CommunityDay) -> [[Cell]] {
    var counts: [ChurnInputs.Features: Int] = [:]
    for features in features.compactMap(\.self) { counts[features, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { features, count in
      [
        .day(day + 1), .int(features.recency), .int(features.recent), .int(features.before), .int(features.tenure),
        .int(count),
      ]
    }
  }
}
