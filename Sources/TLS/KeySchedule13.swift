import Crypto

/// The key schedule of TLS 1.3 (RFC 8446 section 7.1) at one of its three stages: early, handshake, main.
struct KeySchedule13: ~Copyable {
    let algorithm: HashAlgorithm
    private var secret: Secret

    /// The early stage without a pre-shared key.
    init(_ algorithm: HashAlgorithm) {
        let zeros = Secret([UInt8](repeating: 0, count: algorithm.byteCount))
        self.init(algorithm, preSharedKey: zeros)
    }

    /// The early stage with the key of an earlier session.
    init(_ algorithm: HashAlgorithm, preSharedKey: borrowing Secret) {
        self.algorithm = algorithm
        secret = algorithm.extract(salt: RawSpan(), keyMaterial: preSharedKey.bytes)
    }

    /// A secret of this stage, for the messages so far.
    func derive(_ label: StaticString, _ transcript: HashValue) -> Secret {
        algorithm.deriveSecret(secret, label, transcript)
    }

    /// Goes to the handshake stage with what the key exchange gave.
    mutating func advance(_ sharedSecret: borrowing Secret) {
        let salt = algorithm.deriveSecret(secret, "derived", algorithm.hash([]))
        secret = algorithm.extract(salt: salt.bytes, keyMaterial: sharedSecret.bytes)
    }

    /// Goes to the main stage.
    mutating func advance() {
        advance(Secret([UInt8](repeating: 0, count: algorithm.byteCount)))
    }

    /// The binder of a resumption, in the early stage (section 4.2.11.2).
    func binder(_ transcript: HashValue) -> HashValue {
        algorithm.finishedValue(derive("res binder", algorithm.hash([])), transcript)
    }
}
