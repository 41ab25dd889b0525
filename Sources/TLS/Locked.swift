import Synchronization

/// A value behind a lock that ThreadSanitizer understands: the library's own is not instrumented.
struct Locked<State>: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable` holds because the state is reached through the lock alone.
    private let mutex: Mutex<State>
    private let turn = Atomic<UInt32>(0)

    init(_ state: consuming sending State) { mutex = Mutex(state) }

    borrowing func withLock<Result>(_ body: (inout State) -> sending Result) -> sending Result {
        mutex.withLock { state in
            _ = turn.load(ordering: .acquiring)
            defer { turn.store(0, ordering: .releasing) }
            return body(&state)
        }
    }
}
