import Crypto

/// The running hash of a handshake's messages (RFC 8446 section 4.4.1), which begins before the hash is chosen.
struct Transcript {
    private var early: [UInt8] = []
    private var hash: RunningHash?

    /// Adds a whole message, its header among it.
    mutating func append(_ message: [UInt8]) {
        if hash == nil { early.append(contentsOf: message) } else { hash?.update(message) }
    }

    /// The suite is known: from here on only the hash is kept. Doing it again changes nothing.
    mutating func select(_ algorithm: HashAlgorithm) {
        guard hash == nil else { return }
        var running = RunningHash(algorithm)
        running.update(early)
        hash = running
        early = []
    }

    /// The hash up to here; ``select(_:)`` came before.
    var value: HashValue {
        guard let hash else { preconditionFailure("the transcript's hash is not chosen yet") }
        return hash.finish()
    }

    /// The hash as if `bytes` had been added too, for binders, under a hash that may not have been chosen yet.
    func value(adding bytes: RawSpan, _ algorithm: HashAlgorithm) -> HashValue {
        var copy = self
        copy.select(algorithm)
        copy.hash?.update(bytes)
        return copy.value
    }

    /// Puts the hash of what came so far in its place, as a HelloRetryRequest asks for (RFC 8446 section 4.4.1).
    mutating func replaceByMessageHash(_ algorithm: HashAlgorithm) {
        select(algorithm)
        let first = value
        var running = RunningHash(algorithm)
        running.update([HandshakeType.messageHash.rawValue, 0, 0, UInt8(first.byteCount)] + first.bytes)
        hash = running
    }
}
