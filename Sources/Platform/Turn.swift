/// A task that gave others a turn and is continued exactly once.
@safe struct Turn {
    private let continuation: UnsafeContinuation<Void, Never>

    init(_ continuation: UnsafeContinuation<Void, Never>) {
        unsafe self.continuation = continuation
    }

    consuming func resume() {
        unsafe continuation.resume()
    }
}
