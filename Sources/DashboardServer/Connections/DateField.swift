import NIOCore
import Synchronization

/// The `Date` line of an answer, made once a second.
enum DateField {
  private static let last = Mutex<(seconds: Int64, line: ByteBuffer)>((.min, ByteBuffer()))

  static func of(_ seconds: Int64) -> ByteBuffer {
    last.withLock { last in
      if last.seconds != seconds { last = (seconds, ByteBuffer(string: "Date: \(httpDate(seconds))\r\n")) }
      return last.line
    }
  }
}
