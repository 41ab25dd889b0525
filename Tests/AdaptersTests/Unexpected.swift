/// An outcome that a test did not expect.
struct Unexpected: Error {
    let outcome: String

    init(_ outcome: some Sendable) {
        self.outcome = "\(outcome)"
    }
}
