internal import Events

/// How the lines about one push end, by arm; made once a push, for there are many such lines.
struct PushText {
  /// Days since the first day; `Int32.min` before any push.
  private(set) var day = Int32.min
  /// Of lines about what happened: `push_sent` and `push_open`.
  private(set) var happened: [[UInt8]] = []
  /// Of lines about what was planned: propensity, version of the plan and, but in the holdout, the time of sending.
  private(set) var planned: [[UInt8]] = []

  /// No push yet.
  init() {}

  /// The push of `day` under a plan.
  init(day: Int32, _ plan: PushPlan, _ options: SimulationOptions) {
    self.day = day
    let clock = WallClock(options.firstDay + Int(day), in: options.zone)
    for (arm, (name, propensity)) in zip(PushExperiment.arms, plan.propensities).enumerated() {
      let push = "\"experiment\":\"\(PushExperiment.name)\",\"push_id\":\"push-\(clock.day)\",\"arm\":\"\(name)\""
      happened.append(Array(",\"properties\":{\(push)}}\n".utf8))
      var draw = ",\"propensity\":\(propensity),\"plan\":\"\(plan.version)\""
      if arm != PushExperiment.holdout {
        let instant = PushExperiment.sendInstant(arm: arm, clock)
        draw += ",\"send_at\":\"\(instant.description(in: options.zone))\""
      }
      planned.append(Array(",\"properties\":{\(push)\(draw)}}\n".utf8))
    }
  }
}
