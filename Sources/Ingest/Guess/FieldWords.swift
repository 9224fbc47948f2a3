/// Names that fields of one meaning have in the logs of the world, the tellingest first.
struct FieldWords {
  private let words: [String]

  private init(_ words: String) { self.words = words.split(separator: " ").map(String.init) }

  static let time = FieldWords(
    """
    ts timestamp eventtime time datetime createdat occurredat eventtimestamp dateunixtime clientts happenedat created date \
    at when unixseconds receivedat starttime loggedat postedat sentat updatedat 时间 日期
    """)
  static let member = FieldWords(
    """
    memberid userid member distinctid openid unionid actorid authorid fromid actinguserid accountid customerid user author \
    actor userno uid uuiduser playerid visitorid clientid subscriberid amplitudeid username login screenname sender from \
    src email deviceid anonymousid host ip remoteaddr 用户id 会员id 用户 会员 成员
    """)
  static let event = FieldWords(
    "event eventname eventtype action activity verb activitytype actiontype type kind op 事件 行为 动作")
  static let eventID = FieldWords("eventid messageid insertid msgid recordid uuid guid id requestid")
  static let dimensions: [String: FieldWords] = [
    "community": FieldWords(
      "communityid community groupid group channelid channel chatid chat guildid stream board forum room repoid spaceid team"
    ),
    "platform": FieldWords("platform os osname devicetype device client source app"),
    "content": FieldWords("contentid postid articleid topicid threadid itemid content path page url topic"),
    "push": FieldWords("pushid push campaignid"),
    "arm": FieldWords("arm variant variation"),
  ]

  /// How telling the name of the field at `path` is, 0 the most; nil where it says nothing.
  func rank(_ path: String) -> Int? {
    let parts = path.split(separator: ".").map { part in
      String(part.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) })
    }
    guard let last = parts.last else { return nil }
    let both = parts.count > 1 ? parts[parts.count - 2] + last : last
    return words.firstIndex(of: last) ?? words.firstIndex(of: both)
  }
}
