/// The files that `muster new` writes. The repository's own workspace holds the same dashboard and pipeline.
enum Template {
  static func settings(timeZone: String) -> String {
    """
    # The community's settings. Every key is optional; an unknown key is an error.
    time-zone: \(timeZone)           # IANA name; days are counted in it
    week-start: monday
    passive-events: [push_sent, push_planned]   # done to a member: not activity
    dimensions: [community, platform, content, push, arm]
    published-cell-minimum: 5     # figures that rest on fewer members are not published

    """
  }

  static let overview = """
    title: Overview
    tiles:
      - id: active-yesterday
        title: Active members
        description: Members who did something on the last full day
        chart: number
        series: [active_members]
        last: 29
        activity: {granularity: day}
      - id: active-28
        title: Active in 28 days
        description: Members who did something in the 28 days that end with the day
        chart: number
        series: [active_members]
        last: 29
        activity: {trailing: 28}
      - id: new-yesterday
        title: New members
        description: Members whose first activity ever was on the last full day
        chart: number
        series: [new_members]
        last: 29
        activity: {granularity: day}
      - id: active-members
        title: Active members by day
        chart: line
        series: [active_members]
        last: 120
        activity: {granularity: day}
      - id: new-members
        title: New members by day
        chart: bars
        series: [new_members]
        last: 120
        activity: {granularity: day}
      - id: platforms
        title: Active members by week and platform
        description: A member who used two platforms counts in both
        chart: line
        series: [active_members]
        last: 26
        activity: {granularity: week, by: [platform]}
      - id: weekly-retention
        title: Who comes back, week by week
        description: Of the members who first came in a week, the share active in exactly the k-th week after
        chart: retention
        last: 26
        retention: {cohort: week, periods: 12}
      - id: daily-retention
        title: Who comes back, day by day
        description: Of the members who first came on a day, the share active on exactly the k-th day after
        chart: retention
        last: 28
        retention: {cohort: day, periods: 14}

    """

  static let nightly = """
    title: Every night
    fresh-within: 30h     # a publication older than this is stale: /readyz says so
    steps:
      - ingest: all       # every dataset with a path
      - compact: all      # merge small segments where it is worth the work
      - aggregate: all    # answer the questions of every dashboard
      - publish: all

    """
}
