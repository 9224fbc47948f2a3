/// What one client may ask for, and what happens to one that asks for more.
package struct ServerLimits: Sendable {
  /// Bytes of the path with its query; longer: 414.
  package var targetByteCountMax = 2048
  /// Bytes of one header field, and of the target before it is looked at; longer: 431 and the connection is closed.
  package var headerFieldByteCountMax = 8 * 1024
  /// Bytes of all header fields; longer: 431 and the connection is closed.
  package var headerByteCountMax = 16 * 1024
  /// More header fields: 431 and the connection is closed.
  package var headerFieldCountMax = 100
  /// Bodies are not read. This many bytes are thrown away; more: 413 (405 where the method is at fault) and the connection is closed.
  package var bodyByteCountMax = 1024
  /// Further connections wait in the system's queue until one is closed. Lowered where the process may not open as many files.
  package var connectionCountMax = 1024
  /// From the opening of a connection to its first request, and from a request's head to its end; later: cut off.
  package var requestMilliseconds: Int64 = 10_000
  /// Between two requests of a connection; later: closed.
  package var idleMilliseconds: Int64 = 60_000
  /// A client that takes nothing of its answer for this long is cut off.
  package var stallMilliseconds: Int64 = 20_000
  /// A client that has not taken its answers after this long is cut off, however steadily it reads.
  package var answerMilliseconds: Int64 = 300_000
  /// After a last answer: how long the client may take to close its side.
  package var lingerMilliseconds: Int64 = 2000
  /// How long open requests may take once the server was told to stop.
  package var shutdownMilliseconds: Int64 = 10_000
  /// How often the published folder is asked for its current release.
  package var releaseCheckMilliseconds: Int64 = 1000
  /// A release that could not be read is tried again after this long, or at once when another one takes its place.
  package var releaseRetryMilliseconds: Int64 = 30_000

  package init() {}

  /// How often a connection looks at its deadlines: a quarter of the shortest, once a second at most.
  var deadlineCheckMilliseconds: Int64 {
    let shortest = [requestMilliseconds, idleMilliseconds, stallMilliseconds, answerMilliseconds, lingerMilliseconds]
      .min()!
    return max(1, min(1000, shortest / 4))
  }
}
