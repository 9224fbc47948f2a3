internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `followers`, for asking and for its SQL.
struct FollowersOptions: QuestionFlags {
  @Option(help: "growth, referral, tree or inviters.")
  var view = FollowersQuestion.View.growth

  @Option(help: "day, week or month.")
  var granularity = Granularity.day

  @Option(help: ArgumentHelp("Events by which a member joins; default: join-events.", valueName: "events"))
  var join: String?

  @Option(help: ArgumentHelp("Events by which a member leaves; default: leave-events.", valueName: "events"))
  var leave: String?

  @Option(help: ArgumentHelp("Events by which a member invites; default: invite-events.", valueName: "events"))
  var invite: String?

  @Option(
    help: ArgumentHelp(
      "The property that an invite and the join that came of it share; default: invite-link.", valueName: "property"))
  var link: String?

  @Option(help: ArgumentHelp("How many inviters.", valueName: "n"))
  var top = 20

  @Flag(name: .customLong("show-ids"), help: "List inviters by their raw ids.")
  var showsIDs = false

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    if !(1...100_000).contains(top) { throw ValidationError("--top takes 1 to 100000.") }
    if showsIDs, view != .inviters { throw ValidationError("--show-ids belongs to --view inviters.") }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var followers = FollowersQuestion()
    followers.scope = try question.scope(workspace)
    (followers.view, followers.granularity) = (view, granularity)
    (followers.join, followers.leave, followers.invite) = (join?.listed, leave?.listed, invite?.listed)
    (followers.link, followers.top, followers.showsIDs) = (link, top, showsIDs)
    return followers
  }
}

extension FollowersQuestion.View: ExpressibleByArgument {}

struct QueryFollowers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "followers",
    abstract: "Who joins and leaves, and who came because a member invited them.",
    discussion: """
      growth: joins, leaves, net and, where muster.yaml says how many followed on a day (followers-opening), the leave \
      rate. referral: invites, those that converted within 7 days, and the k-factor, by the day of the invite. tree: \
      how many members stand how deep. inviters: whose invites brought most.

      Examples:
        muster query followers --granularity week
        muster query followers --join member_add --leave member_remove
        muster query followers --view referral --granularity month --link code
        muster query followers --view inviters --top 10 --show-ids
      """)

  @OptionGroup var followers: FollowersOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(followers) }
}

struct SQLFollowers: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "followers", abstract: "The SQL of query followers.")

  @OptionGroup var followers: FollowersOptions
  @OptionGroup var output: SQLOptions

  func validate() throws {
    if followers.showsIDs { throw ValidationError("Raw ids are in no segment: leave out --show-ids.") }
  }

  func run() throws { try output.write(followers) }
}
