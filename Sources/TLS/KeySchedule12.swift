import Crypto

/// The keys of TLS 1.2 (RFC 5246 sections 5, 6.3 and 8.1), all out of one master secret.
struct KeySchedule12: ~Copyable {
    let suite: CipherSuite
    private let masterSecret: Secret

    static let verifyDataByteCount = 12
    private static let masterSecretByteCount = 48

    /// The master secret that is bound to the handshake up to the ClientKeyExchange (RFC 7627 section 4).
    init(_ suite: CipherSuite, premasterSecret: borrowing Secret, sessionHash: HashValue) {
        self.suite = suite
        masterSecret = suite.hash.pseudorandom(
            premasterSecret, "extended master secret", sessionHash.bytes, count: KeySchedule12.masterSecretByteCount)
    }

    /// The master secret of a peer that does not know better (RFC 5246 section 8.1).
    init(_ suite: CipherSuite, premasterSecret: borrowing Secret, clientRandom: [UInt8], serverRandom: [UInt8]) {
        self.suite = suite
        masterSecret = suite.hash.pseudorandom(
            premasterSecret, "master secret", clientRandom + serverRandom, count: KeySchedule12.masterSecretByteCount)
    }

    /// The keys for what the client sends and for what the server sends (RFC 5246 section 6.3). There are no MAC keys:
    /// every suite here authenticates by itself.
    func protections(
        clientRandom: [UInt8], serverRandom: [UInt8]
    ) -> (client: SealedDirection, server: SealedDirection) {
        let ivByteCount = suite.aead == .chaCha20Poly1305 ? 12 : 4
        let keyByteCount = suite.keyByteCount
        let block = suite.hash.pseudorandom(
            masterSecret, "key expansion", serverRandom + clientRandom, count: 2 * (keyByteCount + ivByteCount))
        func part(_ start: Int, _ count: Int) -> Secret {
            Secret(copying: block.bytes.extracting(start..<start + count))
        }
        let ivs = 2 * keyByteCount
        return (
            SealedDirection(suite, key: part(0, keyByteCount), iv: part(ivs, ivByteCount)),
            SealedDirection(suite, key: part(keyByteCount, keyByteCount), iv: part(ivs + ivByteCount, ivByteCount))
        )
    }

    /// What the client's Finished must hold, and the server's (RFC 5246 section 7.4.9).
    func verifyData(ofClient isClient: Bool, _ transcript: HashValue) -> [UInt8] {
        suite.hash.pseudorandom(
            masterSecret, isClient ? "client finished" : "server finished", transcript.bytes,
            count: KeySchedule12.verifyDataByteCount
        ).revealed()
    }
}

/// The keys of one direction, until the change_cipher_spec from which on they hold.
final class SealedDirection {
    private let suite: CipherSuite
    private let key: Secret
    private let iv: Secret

    init(_ suite: CipherSuite, key: consuming Secret, iv: consuming Secret) {
        self.suite = suite
        self.key = key
        self.iv = iv
    }

    /// What seals or opens the records.
    func protection() -> RecordProtection { RecordProtection(suite, key: key.duplicate(), iv: iv) }
}

extension HashAlgorithm {
    /// The pseudorandom function of TLS 1.2 (RFC 5246 section 5).
    func pseudorandom(_ secret: borrowing Secret, _ label: StaticString, _ seed: [UInt8], count: Int) -> Secret {
        let labelled = Array("\(label)".utf8) + seed
        var output: [UInt8] = []
        output.reserveCapacity(count + byteCount)
        var chain = authenticate(labelled.span.raw, key: secret.bytes)
        while output.count < count {
            let block = chain.bytes + labelled
            authenticate(block.span.raw, key: secret.bytes).append(to: &output)
            chain = authenticate(chain.span, key: secret.bytes)
        }
        let result = Secret(copying: output.span.raw.extracting(0..<count))
        Memory.wipe(&output)
        return result
    }
}
