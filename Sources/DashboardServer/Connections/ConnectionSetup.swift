import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Makes of an accepted socket a connection that answers by itself.
struct ConnectionSetup: ServerChildChannel {
  struct Connection: ServerChildChannelValue {
    let channel: any Channel
  }

  let responder: Responder
  let limits: ServerLimits

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
    channel.eventLoop.makeCompletedFuture {
      var decoderLimits = NIOHTTPDecoderLimitConfiguration()
      decoderLimits.maxHeaderFieldSize = limits.headerFieldByteCountMax
      decoderLimits.maxHeaderListSize = limits.headerByteCountMax
      decoderLimits.maxHeaderFieldCount = limits.headerFieldCountMax
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits)))
      try pipeline.addHandler(ConnectionHandler(responder: responder, limits: limits))
      return Connection(channel: channel)
    }
  }

  /// Lasts as long as the connection; a cancelled server closes it.
  func handle(value connection: Connection, logger: Logger) async {
    await withTaskCancellationHandler {
      // A connection that failed is closed like any other.
      try? await connection.channel.closeFuture.get()
    } onCancel: {
      connection.channel.close(promise: nil)
    }
  }
}
