/// Logs of sends that go through the whole program, with nothing to be found in them.
package enum LoggedSendScenes {
  package static let all: [Scene] = [
    Scene(name: "log: looks in the middle of a day, immature arms", run: middayLooks),
    Scene(name: "log: capped and quiet-hour sends", run: undelivered),
    Scene(name: "log: allocation changed while the base rate drifts", run: changedAllocation),
  ]

  private static let arms = ["08:30", "20:20"]
  private static let hours = [8 * 3600 + 1800, 20 * 3600 + 1200]
  /// 2026-08-03, 00:00 in Shanghai.
  private static let start = 1_785_686_400
  private static let day = 86_400

  private static func experiment(_ goal: String) -> String {
    """
    design: send-randomised
    arms:
      "08:30": {weight: 0.5, at: "08:30"}
      "20:20": {weight: 0.5, at: "20:20"}
    control: "08:30"
    primary: figure
    goals: {figure: {\(goal)}}
    past: false
    planned-units: 1500
    """
  }

  /// Everybody gets a send a day for four days; three in ten are opened, some time within a day. On the fourth at
  /// 13:37 the mornings of today have begun to be opened, the evenings not been sent.
  private static func middayLooks(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let members = 1500
    let shares = tally(runs: effort.logRuns, seed: seed, chunk: 8) { draws in
      var log = AnalysedLog(
        zone: "Asia/Shanghai", experiment: experiment("event: push_open, of: push, within: 24h"))
      var naive = NaiveArms()
      let now = start + 3 * day + 13 * 3600 + 37 * 60
      for member in 0..<members {
        for place in 0..<4 {
          let (arm, anchor) = (draws.below(2), start + place * day)
          log.plan(member, at: anchor, .init(arm: arms[arm], push: "p\(place)"))
          let sent = anchor + hours[arm]
          log.send(member, at: sent, push: "p\(place)")
          let opened = draws.happens(0.3) ? sent + draws.below(day) : .max
          if opened < .max { log.add("push_open", member, at: opened, ",\"properties\":{\"push_id\":\"p\(place)\"}") }
          naive.add(arm: arm, opened < now)
        }
      }
      let analysis = log.analysis(asOf: "2026-08-06T13:37:00")
      // Evenings of the second day are over at 20:20 of the third; those of the third are not.
      let open = "figure: \(2 * members) units are not counted yet"
      return [
        analysis.calls("figure", "20:20"), naive.callsDifference,
        analysis.notes.contains { $0.hasPrefix(open) } && analysis.number("figure", "20:20", "p") != nil,
      ]
    }
    return Finding.ofLog(
      "a look at 13:37, windows open in both arms", shares, ours: "a difference is called",
      naive: "opens so far over sends planned so far", naiveLeast: 0.8, exact: "open windows are counted", effort)
  }

  /// Half of the evenings of busy members fall into their quiet hours, and a third send is often capped: neither goes
  /// out. What counts is who was planned.
  private static func undelivered(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let shares = tally(runs: effort.logRuns, seed: seed, chunk: 8) { draws in
      var log = AnalysedLog(zone: "Asia/Shanghai", experiment: experiment("event: view, within: 1d"))
      var (naive, planned, delivered) = (NaiveArms(), NaiveArms(), NaiveArms())
      for member in 0..<800 {
        let isBusy = draws.happens(0.5)
        for place in 0..<3 {
          let (arm, anchor) = (draws.below(2), start + 2 * place * day)
          log.plan(member, at: anchor, .init(arm: arms[arm], push: "p\(place)"))
          let isQuiet = arm == 1 && isBusy && draws.happens(0.5)
          let isCapped = place == 2 && draws.happens(0.7)
          if !isQuiet, !isCapped { log.send(member, at: anchor + hours[arm], push: "p\(place)") }
          let isActive = draws.happens(isBusy ? 0.8 : 0.2)
          if isActive { log.add("view", member, at: anchor + draws.below(day)) }
          planned.add(arm: arm, isActive)
          delivered.add(arm: arm, !isQuiet && !isCapped)
          if !isQuiet, !isCapped { naive.add(arm: arm, isActive) }
        }
      }
      let analysis = log.analysis(asOf: "2026-08-20")
      let isExact = (0..<2).allSatisfy { arm in
        analysis.says("delivered", arms[arm], "value", delivered.share(arm))
          && analysis.says("figure", arms[arm], "value", planned.share(arm))
      }
      return [analysis.calls("figure", "20:20"), naive.callsDifference, isExact]
    }
    return Finding.ofLog(
      "capped and quiet-hour sends", shares, ours: "a difference is called", naive: "only what was delivered",
      naiveLeast: 0.8, exact: "non-delivery by arm, all planned units counted", effort)
  }

  /// In the first week a fifth get the evening, in the second four fifths, and the rate of all doubles.
  private static func changedAllocation(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let shares = tally(runs: effort.logRuns, seed: seed, chunk: 8) { draws in
      var log = AnalysedLog(zone: "Asia/Shanghai", experiment: experiment("event: view, within: 1d"))
      var naive = NaiveArms()
      // By arm: Σ y / e and Σ 1 / e.
      var (above, below) = ([0.0, 0.0], [0.0, 0.0])
      for member in 0..<900 {
        for week in 0..<2 {
          let share = week == 0 ? 0.2 : 0.8
          let arm = draws.happens(share) ? 1 : 0
          let propensity = arm == 1 ? share : 1 - share
          let anchor = start + (7 * week + 1) * day
          log.plan(
            member, at: anchor,
            .init(arm: arms[arm], push: "p\(week)", propensity: propensity, version: "\(week)"))
          log.send(member, at: anchor + hours[arm], push: "p\(week)")
          let isActive = draws.happens(week == 0 ? 0.2 : 0.4)
          if isActive { log.add("view", member, at: anchor + draws.below(day)) }
          naive.add(arm: arm, isActive)
          below[arm] += 1 / propensity
          if isActive { above[arm] += 1 / propensity }
        }
      }
      let analysis = log.analysis(asOf: "2026-08-20")
      let isExact = (0..<2).allSatisfy { analysis.says("figure", arms[$0], "value", above[$0] / below[$0]) }
      return [analysis.calls("figure", "20:20"), naive.callsDifference, isExact]
    }
    return Finding.ofLog(
      "shares 0.2, 0.8 while the rate doubles", shares, ours: "a difference is called",
      naive: "both weeks in one pot", naiveLeast: 0.9, exact: "each unit counts 1 / propensity times", effort)
  }
}
