import Dashboards
import NIOCore

/// A file with the answers for each of its forms.
struct PreparedFile: Sendable {
  private struct Form: Sendable {
    let coding: ContentCoding
    let tag: String
    let whole: Answer
    let notModified: Answer
  }

  private let forms: [Form]
  private let codings: [ContentCoding]

  init(_ file: ServedFile) {
    let bytes: [(ContentCoding, [UInt8]?)] = [(.zstd, file.zstd), (.gzip, file.gzip), (.identity, file.identity)]
    forms = bytes.compactMap { coding, bytes in
      guard let bytes else { return nil }
      let tag = entityTag(file.etag, coding)
      let validators = [(name: "ETag", value: tag), (name: "Vary", value: "Accept-Encoding")]
      var fields = validators + [(name: "Content-Type", value: file.mediaType)]
      if coding != .identity { fields.append((name: "Content-Encoding", value: coding.rawValue)) }
      return Form(
        coding: coding, tag: tag, whole: Answer(.ok, fields: fields, body: ByteBuffer(bytes: bytes)),
        notModified: Answer(.notModified, fields: validators, body: nil))
    }
    codings = forms.map(\.coding)
  }

  /// The form that the client likes best; not its bytes when the client has them.
  func answer(acceptEncoding: [String], ifNoneMatch tags: [String]) -> Answer {
    let coding = acceptEncoding.isEmpty ? .identity : AcceptEncoding(acceptEncoding).best(of: codings)
    let form = forms.first { $0.coding == coding }!
    return !tags.isEmpty && ifNoneMatch(tags, names: form.tag) ? form.notModified : form.whole
  }
}
