import NIOCore
import NIOHTTP1

/// Answers the requests of one connection in their order, and ends the connection of a client that overdoes it.
///
/// ```
///            head                     end: answer
///   waiting ──────▶ reading ───────────────────────────▶ waiting
///      │               │ body too large, bytes malformed,
///      │ too late      │ last request: answer
///      ▼               ▼
///   closed ◀──────  closing: nothing is read any more; the client has taken the answer and
///           closed  closes its side, or is cut off
/// ```
///
/// A client that sends requests and takes no answers is not read from until it does.
final class ConnectionHandler: ChannelInboundHandler, ChannelOutboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case waiting
    case reading(HTTPRequestHead, bodyByteCount: Int)
    case closing
  }

  private let responder: Responder
  private let limits: ServerLimits
  private var deadlines: Deadlines
  private var phase = Phase.waiting
  /// The server is stopping: the request that is being read is the last one.
  private var isLast = false
  private var hasHeldRead = false
  /// In `closing`: what is still taken from the system and thrown away, so that closing does not reset the connection.
  private var lingeringReadCount = 64
  private var check: Scheduled<Void>?

  init(responder: Responder, limits: ServerLimits) {
    self.responder = responder
    self.limits = limits
    self.deadlines = Deadlines(limits, at: monotonicMilliseconds())
  }

  // MARK: The life of the connection

  func handlerAdded(context: ChannelHandlerContext) {
    responder.metrics.connectionOpened()
    scheduleCheck(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    check?.cancel()
    if case .reading = phase { responder.metrics.requestEnded() }
    responder.metrics.connectionClosed()
  }

  private func scheduleCheck(_ context: ChannelHandlerContext) {
    check = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(limits.deadlineCheckMilliseconds)) {
      self.checkDeadlines(context)
    }
  }

  private func checkDeadlines(_ context: ChannelHandlerContext) {
    let unsent = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
    switch deadlines.verdict(unsentByteCount: unsent ?? 0, at: monotonicMilliseconds()) {
    case .wait:
      scheduleCheck(context)
    case .close(let cut):
      if let cut { responder.metrics.countCut(cut) }
      context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      if case .reading = phase { isLast = true } else { closeOnceTaken(context) }
    case ChannelEvent.inputClosed:
      // The client sends no more; what it asked for it still gets.
      closeOnceTaken(context)
    default:
      break
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (unwrapInboundIn(data), phase) {
    case (.head(let head), .waiting):
      responder.metrics.requestBegan()
      phase = .reading(head, bodyByteCount: 0)
      deadlines.enter(.reading, at: monotonicMilliseconds())
      if let announced = head.headers.first(name: "Content-Length"), Int(announced) ?? .max > limits.bodyByteCountMax {
        respond(to: head, bodyIsTooLarge: true, context)
      }
    case (.body(let bytes), .reading(let head, let byteCount)):
      let byteCount = byteCount + bytes.readableBytes
      phase = .reading(head, bodyByteCount: byteCount)
      if byteCount > limits.bodyByteCountMax { respond(to: head, bodyIsTooLarge: true, context) }
    case (.end, .reading(let head, _)):
      respond(to: head, bodyIsTooLarge: false, context)
    default:
      break  // Sent after the last request.
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .closing = phase { return }
    guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
    // A client that goes away in the middle of a request hears nothing.
    guard error != .invalidEOFState else { return closeOnceTaken(context) }
    if case .waiting = phase { responder.metrics.requestBegan() }
    send(error == .headerOverflow ? .headTooLarge : .invalidRequest, route: .invalid, connection: .close, context)
  }

  private func respond(to head: HTTPRequestHead, bodyIsTooLarge: Bool, _ context: ChannelHandlerContext) {
    let (route, answer) = responder.answer(head, bodyIsTooLarge: bodyIsTooLarge)
    // The parser does not read on after these.
    let changesProtocol = head.method == .CONNECT || head.headers.contains(name: "Upgrade")
    let ends = bodyIsTooLarge || isLast || changesProtocol || !head.isKeepAlive
    let connection: ConnectionField = ends ? .close : head.version.minor == 0 ? .keepAlive : .none
    send(answer, route: route, connection: connection, context)
  }

  // MARK: Answers

  private enum ConnectionField: String {
    case none = ""
    /// Older clients close unless told.
    case keepAlive = "Connection: keep-alive\r\n"
    case close = "Connection: close\r\n"
  }

  private func send(_ answer: Answer, route: Route, connection: ConnectionField, _ context: ChannelHandlerContext) {
    responder.metrics.requestEnded()
    responder.metrics.count(answer, of: route)
    var head = context.channel.allocator.buffer(capacity: answer.head.readableBytes + 64)
    head.writeImmutableBuffer(answer.head)
    head.writeImmutableBuffer(DateField.of(responder.seconds))
    head.writeString(connection.rawValue)
    head.writeStaticString("\r\n")
    context.write(wrapOutboundOut(head), promise: nil)
    if let body = answer.body, body.readableBytes > 0 { context.write(wrapOutboundOut(body), promise: nil) }
    phase = .waiting
    deadlines.enter(.waiting, at: monotonicMilliseconds())
    if connection == .close { closeOnceTaken(context) }
  }

  /// Closes the sending side when all answers are out, and the connection when the client did the same.
  private func closeOnceTaken(_ context: ChannelHandlerContext) {
    if case .closing = phase { return }
    if case .reading = phase { responder.metrics.requestEnded() }
    phase = .closing
    deadlines.enter(.closing, at: monotonicMilliseconds())
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
  }

  // MARK: Back-pressure

  func read(context: ChannelHandlerContext) {
    if case .closing = phase {
      lingeringReadCount -= 1
      if lingeringReadCount < 0 { return }
    } else if !context.channel.isWritable {
      hasHeldRead = true
      return
    }
    context.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, hasHeldRead {
      hasHeldRead = false
      context.read()
    }
    context.fireChannelWritabilityChanged()
  }
}
