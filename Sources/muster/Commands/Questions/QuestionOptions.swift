internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// The flags of one kind of question, for asking it and for its SQL.
protocol QuestionFlags: ParsableArguments {
  /// The question that the flags ask of a workspace.
  func question(_ workspace: Workspace) throws -> any Question
}

/// What every question has.
struct QuestionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("First community day; default: the first with data.", valueName: "day"))
  var from: CommunityDay?

  @Option(help: ArgumentHelp("Last community day; default: the last with data.", valueName: "day"))
  var to: CommunityDay?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only events for which this holds, such as \"platform = 'ios' and properties.length > 100\".", valueName: "expr"))
  var condition: String?

  @Option(
    help: ArgumentHelp("Days and hours of this IANA zone instead of the community's; such days are scanned for."))
  var zone: String?

  @Option(
    name: .customLong("as"),
    help: "Count by the rules of amplitude, mixpanel, posthog or discourse, and say what they change.")
  var rival: Rival?

  func scope(_ workspace: Workspace) throws -> QuestionScope {
    QuestionScope(
      days: DayRange(from: from, to: to), filter: try workspace.filter(condition),
      zone: try zone.map { try TimeZoneRules(named: $0) }, rival: rival)
  }
}

extension Rival: ExpressibleByArgument {}

extension Workspace {
  /// The filter that `text` says, over its dimensions.
  func filter(_ text: String?) throws -> Filter? {
    try text.map { try Filter($0, dimensions: settings.schema.dimensions) }
  }
}

extension String {
  /// What stands between commas, without blanks around it.
  var listed: [String] { split(separator: ",").map { String($0).trimmed } }

  /// Without blanks at both ends.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
