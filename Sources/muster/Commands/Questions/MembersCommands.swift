internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `members`, for asking and for its SQL.
struct MembersOptions: QuestionFlags {
  @Option(help: ArgumentHelp("lifecycle, value or risk; several with commas.", valueName: "segments"))
  var by = "lifecycle"

  @Flag(name: .customLong("show-ids"), help: "List members by their raw ids, most valuable first.")
  var showsIDs = false

  @Option(help: ArgumentHelp("How many members are listed.", valueName: "n"))
  var top = 100

  @Flag(help: "What risk is reckoned from, in place of segments.")
  var inputs = false

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    _ = try segments()
    if !(1...1_000_000_000).contains(top) { throw ValidationError("--top takes 1 to 1000000000.") }
    if question.from != nil {
      throw ValidationError("members are as they are on one day: give --to, leave out --from.")
    }
    if inputs, showsIDs { throw ValidationError("--inputs are counts: leave out --show-ids.") }
  }

  private func segments() throws -> [MembersQuestion.Segment] {
    let segments = try by.listed.map { word in
      guard let segment = MembersQuestion.Segment(rawValue: word) else {
        throw ValidationError("members are not told apart by '\(word)': --by takes lifecycle, value and risk.")
      }
      return segment
    }
    if segments.isEmpty || Set(segments).count < segments.count {
      throw ValidationError("--by takes each of lifecycle, value and risk once.")
    }
    return segments
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var members = MembersQuestion()
    members.scope = try question.scope(workspace)
    members.segments = try segments()
    (members.showsIDs, members.top, members.givesInputs) = (showsIDs, top, inputs)
    return members
  }
}

struct QueryMembers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members",
    abstract: "How many members of each kind there are on a day.",
    discussion: """
      lifecycle: by the 28 days that end with the day and the 28 before. value: the weights of muster.yaml over recency, \
      frequency, contribution and referral. risk: of no activity in the next 14 days. The day is --to, else the last \
      with data. Ids are printed with --show-ids only.

      Examples:
        muster query members
        muster query members --by lifecycle,risk --to 2026-08-31
        muster query members --by value --where "platform = 'ios'"
        muster query members --show-ids --top 20 --format csv
      """)

  @OptionGroup var members: MembersOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(members) }
}

struct SQLMembers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "The SQL of query members; by risk that of --inputs.")

  @OptionGroup var members: MembersOptions
  @OptionGroup var output: SQLOptions

  func validate() throws {
    if members.showsIDs { throw ValidationError("Raw ids are in no segment: leave out --show-ids.") }
  }

  func run() throws { try output.write(members) }
}
