import HTTP
import Runtime
import Synchronization

/// A server's side of a connection that ends where a marked answer says so.
final class PeerStream: ByteStream {
    private let inner: any ByteStream
    private let closed = Atomic<Bool>(false)

    static let cutMark = "cut"
    static let cutWithinMark = "cut-within"
    private static let field = "Peer-Fate"

    init(_ inner: any ByteStream) {
        self.inner = inner
    }

    /// `response`, which the stream will not let pass.
    static func marked(_ response: Response, _ mark: String) -> Response {
        var response = response
        response.headers.append((field, mark))
        return response
    }

    var peer: SocketAddress { inner.peer }
    var isClosed: Bool { closed.load(ordering: .acquiring) }

    func receive(into buffer: inout [UInt8], limit: Int, deadline: Instant) async throws(NetworkError) -> Int {
        try await inner.receive(into: &buffer, limit: limit, deadline: deadline)
    }

    func send(_ bytes: [UInt8], deadline: Instant) async throws(NetworkError) {
        guard let mark = Self.mark(in: bytes) else { return try await inner.send(bytes, deadline: deadline) }
        if mark == Self.cutWithinMark {
            try await inner.send(Array(bytes.prefix(bytes.count * 2 / 3)), deadline: deadline)
        }
        close()
        throw .closed
    }

    /// The mark of an answer whose head begins `bytes`.
    private static func mark(in bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(2048), as: UTF8.self)
        return [cutMark, cutWithinMark].first { head.contains("\(field): \($0)\r\n") }
    }

    func finishSending() {
        inner.finishSending()
    }

    func close() {
        closed.store(true, ordering: .releasing)
        inner.close()
    }
}
