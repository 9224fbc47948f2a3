/// Communities that are drawn as a whole, in a log that goes through the whole program.
package enum LoggedCommunityScenes {
  package static let all: [Scene] = [Scene(name: "log: members in two communities", run: twoCommunities)]

  private static let file = """
    design: community-randomised
    arms: {old: {weight: 0.5}, new: {weight: 0.5}}
    control: old
    primary: back
    goals: {back: {event: view, within: 1d}}
    past: false
    planned-units: 260
    """
  private static let arms = ["old", "new"]
  /// 2026-08-03, 00:00 of UTC.
  private static let start = 1_785_715_200

  /// Ten members a community, six of whom come in a busy one, two in another; a fifth are members of a second
  /// one too, and come to each by itself. Nothing works.
  private static func twoCommunities(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let communities = 260
    let shares = tally(runs: effort.logRuns, seed: seed, chunk: 8) { draws in
      var log = AnalysedLog(zone: "UTC", experiment: file)
      var naive = NaiveArms()
      let drawn = (0..<communities).map { _ in draws.below(2) }
      let rates = (0..<communities).map { _ in draws.happens(0.5) ? 0.6 : 0.2 }
      for member in 0..<10 * communities {
        var own = [member / 10]
        if draws.happens(0.2) { own.append((member / 10 + 1 + draws.below(communities - 1)) % communities) }
        for community in own {
          log.plan(
            member, at: start,
            .init(arm: arms[drawn[community]], push: "p", propensity: 0.5, community: "c\(community)"))
          let isActive = draws.happens(rates[community])
          if isActive {
            log.add("view", member, at: start + draws.below(86_400), ",\"community_id\":\"c\(community)\"")
          }
          naive.add(arm: drawn[community], isActive)
        }
      }
      let analysis = log.analysis(asOf: "2026-08-10")
      let isExact = (0..<2).allSatisfy { arm in
        analysis.says("back", arms[arm], "value", naive.share(arm))
          && analysis.says("back", arms[arm], "units", Double(drawn.count { $0 == arm }))
      }
      return [analysis.calls("back", "new"), naive.callsDifference, isExact]
    }
    return Finding.ofLog(
      "260 communities, a fifth of members in two", shares, ours: "a difference is called",
      naive: "members taken for units", naiveLeast: 0.12, exact: "each community counts its own visits", effort)
  }
}
