internal import Events
internal import Segments

/// Answers how well the risk of leaving is foretold: by weekly snapshot, or by tenth of the risk.
struct ChurnRun: QuestionPlan {
  let question: HealthQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let days = resolved.days else { return }
    let inputs = try ChurnInputs(resolved, days: days, into: &answer)
    let snapshots = ChurnInputs.snapshotDays(resolved, days).map { inputs.snapshot(at: $0) }
    if question.givesInputs {
      answer.rows = snapshots.flatMap(Self.rows)
      return
    }
    let model = ChurnModel(snapshots)
    let budget = question.budget ?? resolved.store.settings.community.contactBudget
    answer.rows =
      question.view == .churn ? snapshotRows(snapshots, model, budget) : calibrationRows(snapshots, model)
    answer.notes += [model.reason, model.formula].compactMap(\.self)
    answer.notes.append(
      "Churned: no activity in the 14 days from the snapshot on, of members active in the 28 days before it.")
    if question.view == .churn, model.fit != nil {
      answer.notes.append(
        "The line without a period pools the last \(ChurnModel.testCount) snapshots, on which nothing was fitted. "
          + "hits of the \(budget) members of the highest risk a week churned; where the cut goes through equal risks, "
          + "that is an expectation.")
    }
  }

  private var columns: [AnswerColumn] {
    func ints(_ names: String...) -> [AnswerColumn] { names.map { AnswerColumn($0, .int) } }
    if question.givesInputs {
      return [AnswerColumn("period", .date)] + ints("recency", "recent", "before", "tenure", "members", "churned")
    }
    if question.view == .calibration {
      return ints("tenth", "members", "churned") + [AnswerColumn("risk", .float), AnswerColumn("rate", .float)]
    }
    return [AnswerColumn("period", .date), AnswerColumn("part", .string)] + ints("members", "churned")
      + [AnswerColumn("rate", .float), AnswerColumn("risk", .float)] + ints("contacted")
      + [AnswerColumn("hits", .float), AnswerColumn("precision", .float), AnswerColumn("complete", .bool)]
  }

  private static func rows(_ snapshot: ChurnInputs.Snapshot) -> [[Cell]] {
    snapshot.groups.map { group in
      [
        .day(snapshot.day), .int(group.features.recency), .int(group.features.recent), .int(group.features.before),
        .int(group.features.tenure), .int(group.members), .int(group.churned),
      ]
    }
  }

  // MARK: Snapshots

  private func snapshotRows(_ snapshots: [ChurnInputs.Snapshot], _ model: ChurnModel, _ budget: Int) -> [[Cell]] {
    var pooled = (members: 0, churned: 0, risk: 0.0, contacted: 0, hits: 0.0)
    let rows = zip(snapshots, model.parts).map { snapshot, part -> [Cell] in
      let head: [Cell] = [
        .day(snapshot.day), model.fit == nil ? .null : .text(part.rawValue), .int(snapshot.members),
        .int(snapshot.churned), .ratio(snapshot.churned, of: snapshot.members),
      ]
      guard let fit = model.fit, part == .test else { return head + [.null, .null, .null, .null, .bool(true)] }
      let groups = snapshot.groups.map { (fit.risk($0.features.vector), $0.members, $0.churned) }
      let risk = groups.reduce(0) { $0 + $1.0 * Double($1.1) }
      let (contacted, hits) = ChurnModel.contacted(groups, budget: budget)
      pooled.members += snapshot.members
      pooled.churned += snapshot.churned
      pooled.risk += risk
      pooled.contacted += contacted
      pooled.hits += hits
      return head + Self.figures(risk, snapshot.members, contacted, hits)
    }
    guard model.fit != nil else { return rows }
    let line: [Cell] = [
      .null, .text(ChurnModel.Part.test.rawValue), .int(pooled.members), .int(pooled.churned),
      .ratio(pooled.churned, of: pooled.members),
    ]
    return [line + Self.figures(pooled.risk, pooled.members, pooled.contacted, pooled.hits)] + rows
  }

  private static func figures(_ risk: Double, _ members: Int, _ contacted: Int, _ hits: Double) -> [Cell] {
    [
      members == 0 ? .null : .float(risk / Double(members)), .int(contacted), .float(hits),
      contacted == 0 ? .null : .float(hits / Double(contacted)), .bool(true),
    ]
  }

  // MARK: Calibration

  /// Ten rows: members of the test snapshots in the order of their risk; equal risks stay together.
  private func calibrationRows(_ snapshots: [ChurnInputs.Snapshot], _ model: ChurnModel) -> [[Cell]] {
    guard let fit = model.fit else { return [] }
    var merged: [ChurnInputs.Features: ChurnInputs.Group] = [:]
    for (snapshot, part) in zip(snapshots, model.parts) where part == .test {
      for group in snapshot.groups {
        var sum = merged[group.features] ?? ChurnInputs.Group(features: group.features, members: 0, churned: 0)
        sum.members += group.members
        sum.churned += group.churned
        merged[group.features] = sum
      }
    }
    let groups = merged.values.map { (risk: fit.risk($0.features.vector), group: $0) }.sorted {
      $0.risk != $1.risk ? $0.risk < $1.risk : $0.group.features < $1.group.features
    }
    let total = groups.reduce(0) { $0 + $1.group.members }
    var tenths = [(members: Int, churned: Int, risk: Double)](repeating: (0, 0, 0), count: 10)
    var (before, first) = (0, 0)
    while first < groups.count {
      var last = first
      while last + 1 < groups.count, groups[last + 1].risk == groups[first].risk { last += 1 }
      let members = groups[first...last].reduce(0) { $0 + $1.group.members }
      let tenth = min(9, 5 * (2 * before + members) / total)
      tenths[tenth].members += members
      tenths[tenth].churned += groups[first...last].reduce(0) { $0 + $1.group.churned }
      tenths[tenth].risk += groups[first].risk * Double(members)
      before += members
      first = last + 1
    }
    return tenths.enumerated().map { place, tenth in
      [
        .int(place + 1), .int(tenth.members), .int(tenth.churned),
        tenth.members == 0 ? .null : .float(tenth.risk / Double(tenth.members)),
        .ratio(tenth.churned, of: tenth.members),
      ]
    }
  }
}
