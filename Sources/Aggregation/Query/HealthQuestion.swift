package import Events
internal import Segments

/// How well a community does, view by view.
package struct HealthQuestion: Sendable, Equatable {
  /// What is looked at.
  package enum View: String, Sendable, CaseIterable {
    /// Core, regular and casual contributors.
    case onion
    /// The contributor absence factor and Gini's coefficient.
    case absence
    /// Time to the first response.
    case response
    /// Whether newcomers stay, and by whether their first post was answered.
    case newcomers
    /// What members gave, older gifts counting less.
    case love
    /// How well the risk of leaving is foretold, by weekly snapshot.
    case churn
    /// Foretold against observed, by tenth of the risk.
    case calibration
  }

  package var scope = QuestionScope()
  package var view = View.onion
  /// Nil is the view's own: quarters of onion and absence, months of the others.
  package var every: ReportInterval?
  /// The column that tells topics apart.
  package var topic = "content"
  /// Events that open a topic, that answer, that contribute; nil is what the workspace says.
  package var opens: [String]?
  package var replies: [String]?
  package var contributions: [String]?
  /// Members that can be contacted a week; nil is what the workspace says.
  package var budget: Int?
  /// Gives the rows that a fitted or censored view is reckoned from, in place of its own.
  package var givesInputs = false

  package init() {}

  /// The interval of its rows.
  var span: ReportInterval { every ?? (view == .onion || view == .absence ? .quarter : .month) }

  /// Whether it reads topics.
  private var readsTopics: Bool { view == .response || view == .newcomers }

  func opens(_ settings: CommunitySettings) -> [String] { opens ?? settings.topicEvents }
  func replies(_ settings: CommunitySettings) -> [String] { replies ?? settings.replyEvents }
  func contributions(_ settings: CommunitySettings) -> [String] { contributions ?? settings.contributionEvents }
}

extension HealthQuestion: Question {
  package static var metric: String { "health" }
  package var definition: String { "health.\(view.rawValue)/1" }
  package var interval: Granularity { span == .week ? .week : .month }
  package var eventNames: [String] { (opens ?? []) + (replies ?? []) + (contributions ?? []) }
  /// A topic is a column to group by: it has to be one that the workspace knows.
  package var by: [String] { readsTopics ? [topic] : [] }

  package var flags: [QuestionFlag] {
    [
      QuestionFlag("view", view == .onion ? nil : view.rawValue), QuestionFlag("every", every?.rawValue),
      QuestionFlag("topic", topic == "content" ? nil : topic), QuestionFlag("opens", opens?.joined(separator: ",")),
      QuestionFlag("replies", replies?.joined(separator: ",")),
      QuestionFlag("contributions", contributions?.joined(separator: ",")),
      QuestionFlag("budget", budget.map(String.init)), QuestionFlag("inputs", givesInputs),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    switch view {
    case .onion, .absence: ContributionRun(question: self, resolved: resolved)
    case .response: ResponseRun(question: self, resolved: resolved)
    case .newcomers: NewcomersRun(question: self, resolved: resolved)
    case .love: LoveRun(question: self, resolved: resolved)
    case .churn, .calibration: ChurnRun(question: self, resolved: resolved)
    }
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    switch view {
    case .onion, .absence:
      ContributionSQL(question: self, resolved: resolved, days: days, source: source).text
    case .newcomers: ResponseSQL(question: self, resolved: resolved, days: days, source: source).text
    case .love: LoveSQL(question: self, resolved: resolved, days: days, source: source).text
    case .response:
      inputsHead + ResponseSQL(question: self, resolved: resolved, days: days, source: source).text
    case .churn, .calibration: inputsHead + ChurnSQL(resolved: resolved, days: days, source: source).text
    }
  }

  /// Says that the rows are not those of the view but what it is reckoned from.
  private var inputsHead: String {
    givesInputs ? "" : "-- Its figures are fitted or censored: these are the rows of --inputs, from which they come.\n"
  }
}
