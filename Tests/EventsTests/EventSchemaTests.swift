import Events
import Testing

@Suite struct EventSchemaTests {
  @Test("These name a dimension", arguments: ["platform", "a", "arm2", "push_id", "a_", "members"])
  func names(name: String) {
    #expect(EventSchema.isDimensionName(name))
  }

  @Test(
    "These do not",
    arguments: ["", "Platform", "2arm", "_arm", "push-id", "push id", "é", "社区", "a.b", "a\n", "plätform"])
  func otherNames(name: String) {
    #expect(!EventSchema.isDimensionName(name))
  }

  @Test("Words of the questions stay free", arguments: EventSchema.reservedNames.sorted())
  func reserved(name: String) {
    #expect(!EventSchema.isDimensionName(name))
  }
}
