/// An IPv4 or IPv6 address.
package enum IPAddress: Hashable, Sendable {
    /// Most significant byte first: 127.0.0.1 is 0x7f000001.
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)
}

/// Where a stream begins or ends.
package enum SocketAddress: Hashable, Sendable {
    case ip(IPAddress, port: UInt16)
    /// A Unix-domain socket at a path of at most 107 bytes.
    case unix(path: String)
}

/// Why a network operation failed. Whether anything was sent is for the caller to know: no case of `connect` and
/// `resolve` sent a byte.
package enum NetworkError: Error, Equatable {
    case refused, unreachable, addressInUse, permissionDenied
    /// The name has no address, or the resolver did not answer.
    case nameNotFound
    case deadlinePassed
    /// The peer closed or reset the stream.
    case closed
    /// The limit on open streams or descriptors was reached.
    case exhausted
    /// Any other error number of the system.
    case other(Int32)
}

/// The door to sockets.
package protocol Network: Sendable {
    /// Binds and listens; port 0 picks a free port. A Unix path left over by a dead process is replaced; the new
    /// socket has mode 0600.
    func listen(on address: SocketAddress) throws(NetworkError) -> any Listener
    /// Connects to one address, on the current loop.
    func connect(to address: SocketAddress, deadline: Instant) async throws(NetworkError) -> any ByteStream
    /// The addresses of a host name (or the address it spells), never empty.
    func resolve(_ name: String, deadline: Instant) async throws(NetworkError) -> [IPAddress]
}

/// A bound address that takes connections.
package protocol Listener: AnyObject, Sendable {
    /// The address really bound, with its port.
    var address: SocketAddress { get }
    /// Starts accepting: each stream gets a task of its own on one loop, dealt round-robin, and is closed when
    /// `body` returns. Over `limit` open streams a new one is closed at once.
    func start(limit: Int, _ body: @escaping @Sendable (any ByteStream) async -> Void)
    /// Stops accepting and frees the address; open streams go on.
    func close()
}

/// An open, ordered, two-way stream of bytes. It belongs to the loop of the task that uses it: receive and send there
/// alone, one task each; close from anywhere. Whoever connected closes.
package protocol ByteStream: AnyObject, Sendable {
    /// The peer's address.
    var peer: SocketAddress { get }
    /// Waits for bytes and appends 1 to `limit` of them to `buffer`; returns how many, 0 at the end of the stream.
    func receive(into buffer: inout [UInt8], limit: Int, deadline: Instant) async throws(NetworkError) -> Int
    /// Sends all of `bytes`. After a throw any part may have been sent.
    func send(_ bytes: [UInt8], deadline: Instant) async throws(NetworkError)
    /// No more will be sent; the peer sees the end after the last byte.
    func finishSending()
    /// Closes both ways. Closing twice is harmless. A pending `receive` or `send` throws `closed`.
    func close()
}
