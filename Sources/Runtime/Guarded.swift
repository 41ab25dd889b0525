public import Synchronization

/// A `Mutex` that ThreadSanitizer understands: the library's lock is not instrumented, so an atomic beside it carries
/// the happens-before edge.
///
/// Inlinable, because a call through unspecialized generics costs several times what the lock does.
@frozen @usableFromInline
package struct Guarded<State>: ~Copyable {
    @usableFromInline let mutex: Mutex<State>
    @usableFromInline let turn = Atomic<UInt32>(0)

    @inlinable package init(_ state: consuming sending State) {
        mutex = Mutex(state)
    }

    /// Runs `body` alone. It must not wait for I/O, and must not come back to the same lock.
    @inlinable package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { state throws(Failure) in
            _ = turn.load(ordering: .acquiring)
            defer { turn.store(0, ordering: .releasing) }
            return try body(&state)
        }
    }
}

// The state is reached only under the lock.
extension Guarded: @unchecked Sendable {}
