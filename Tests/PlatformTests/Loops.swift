import Runtime

@testable import Platform

/// The loops all tests share.
enum Loops {
    static let doors = LinuxPlatform.start(loopCount: 2)

    /// Runs `body` as a task of `loop` and returns what it returns.
    static func run<Outcome: Sendable>(
        on loop: Int = 0, _ body: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            doors.scheduler.spawn(on: loop) {
                do {
                    continuation.resume(returning: try await body())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// A moment so many milliseconds from now.
    static func after(_ milliseconds: Int) -> Instant {
        doors.clock.instant().adding(milliseconds: milliseconds)
    }

    /// Far enough for anything that works.
    static var patience: Instant { after(20_000) }

    /// An address on which the system picks a port.
    static let anyPort = SocketAddress.ip(.v4(0x7f00_0001), port: 0)
}

/// What several tasks noted, in order.
final class Journal<Entry: Sendable>: Sendable {
    private let entries = Guarded<[Entry]>([])

    func note(_ entry: Entry) { entries.withLock { $0.append(entry) } }
    var all: [Entry] { entries.withLock { $0 } }
}
