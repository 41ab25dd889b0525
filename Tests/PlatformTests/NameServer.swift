import Bytes
import Glibc
import Runtime

@testable import Platform

/// A name server on a random port of this machine that gives every name fixed addresses, until it is told to stop.
final class NameServer: Sendable {
    /// How it treats queries over UDP.
    enum Manner: Sendable { case answer, truncate, refuse, noSuchName }

    let address: SocketAddress
    /// Queries seen over UDP.
    let queryCount = Guarded(0)
    private let descriptor: CInt
    private let listener: any Listener
    private let isStopped = Guarded(false)

    init(_ manner: Manner) throws {
        // The listener's port is taken for both protocols.
        listener = try Loops.doors.network.listen(on: Loops.anyPort)
        address = listener.address
        descriptor = socket(AF_INET, SocketCall.datagram | SocketCall.closeOnExec, 0)
        guard let native = NativeAddress(address), SocketCall.bind(descriptor, to: native) == 0 else {
            throw NetworkError(errno: errno)
        }
        listener.start(limit: 10) { stream in
            var query: [UInt8] = []
            while query.count < 30,
                let count = try? await stream.receive(
                    into: &query, limit: 512, deadline: Loops.patience), count > 0
            {}
            guard query.count > 14 else { return }
            let answer = Self.answer(to: Array(query.dropFirst(2)), .answer)
            var writer = ByteWriter()
            writer.appendBigEndian(UInt16(answer.count))
            writer.append(answer)
            try? await stream.send(writer.bytes, deadline: Loops.patience)
        }
        let descriptor = descriptor
        _ = Loops.doors.scheduler.startWorker("name server", priority: .normal) { [self] in
            var query = [UInt8](repeating: 0, count: 512)
            var peer = NativeAddress()
            let count = peer.withMutablePointer { unsafe recvfrom(descriptor, &query, 512, 0, $0, $1) }
            if isStopped.withLock({ $0 }) || count < 0 {
                close(descriptor)
                return .finished
            }
            queryCount.withLock { $0 += 1 }
            let answer = Self.answer(to: Array(query[..<count]), manner)
            _ = peer.withPointer { unsafe sendto(descriptor, answer, answer.count, 0, $0, $1) }
            return .again
        }
    }

    func stop() {
        listener.close()
        isStopped.withLock { $0 = true }
        // Unconnected datagram sockets report an error here, and wake their reader all the same.
        _ = shutdown(descriptor, CInt(SHUT_RDWR))
    }

    private static func answer(to query: [UInt8], _ manner: Manner) -> [UInt8] {
        let isLong = query[query.count - 3] == 28
        var answer = query
        switch manner {
        case .answer: (answer[2], answer[3], answer[7]) = (0x81, 0x80, 1)
        case .truncate: (answer[2], answer[3]) = (0x83, 0x80)
        case .refuse: (answer[2], answer[3]) = (0x81, 0x85)
        case .noSuchName: (answer[2], answer[3]) = (0x81, 0x83)
        }
        guard manner == .answer else { return answer }
        answer += [0xc0, 12, 0, isLong ? 28 : 1, 0, 1, 0, 0, 0, 9, 0, isLong ? 16 : 4]
        return answer + (isLong ? [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7] : [192, 0, 2, 7])
    }
}
