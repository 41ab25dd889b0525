import Crypto
import Runtime
import X509

/// The primitives by themselves, under the names that `openssl speed` has for them.
struct CryptoBenchmark {
    let doors: Doors

    private static let blockByteCount = 16_384
    private static let nanosecondsEach: UInt64 = 400_000_000

    func run() throws {
        let block = [UInt8](repeating: 0x5a, count: Self.blockByteCount)
        let key = [UInt8](repeating: 1, count: 32)
        let nonce = [UInt8](repeating: 2, count: 12)
        rate("sha256") { _ = SHA256.hash(block) }
        rate("sha512") { _ = HashAlgorithm.sha512.hash(block) }
        rate("ChaCha20-Poly1305") {
            _ = ChaCha20Poly1305.seal(block, key: key, nonce: nonce, additionalData: nonce)
        }
        for (name, count) in [("AES-128-GCM", 16), ("AES-256-GCM", 32)] {
            let cipher = try AESGCM(key: Secret(Array([UInt8](repeating: 3, count: count))))
            rate(name) { _ = cipher.seal(block, nonce: nonce, additionalData: nonce) }
        }
        let own = Secret([UInt8](repeating: 9, count: 32))
        let peer = try X25519.publicKey(of: own)
        try operations("X25519") { _ = try X25519.sharedSecret(privateKey: own, publicKey: peer) }
        let random: (Int) -> [UInt8] = { [UInt8](repeating: 7, count: $0) }
        let signer = try PrivateKey(random: random)
        let signature = try signer.sign(nonce, scheme: .ecdsaP256SHA256, random: random)
        try operations("P-256 sign") { _ = try signer.sign(nonce, scheme: .ecdsaP256SHA256, random: random) }
        operations("P-256 verify") {
            _ = signer.publicKey.isValid(signature, scheme: .ecdsaP256SHA256, message: nonce)
        }
        // Any odd number of that length costs the same.
        let modulus = [UInt8](repeating: 0xc5, count: 512)
        let rsa = try RSAPublicKey(modulus: modulus, exponent: [1, 0, 1])
        let digest = HashAlgorithm.sha256.hash(nonce)
        let padded = [UInt8](repeating: 0x41, count: 512)
        operations("RSA-4096 verify") { _ = rsa.isValidPKCS1(padded, .sha256, digest: digest) }
    }

    /// Bytes a second of what takes one block.
    private func rate(_ name: String, _ body: () -> Void) {
        let (count, nanoseconds) = measure(body)
        var figures = Figures("crypto")
        figures.add("name", name)
        figures.add("megabytes_per_second", count * Self.blockByteCount * 1000 / Int(nanoseconds))
        figures.print()
    }

    private func operations(_ name: String, _ body: () throws -> Void) rethrows {
        let (count, nanoseconds) = try measure(body)
        var figures = Figures("crypto")
        figures.add("name", name)
        figures.add("operations_per_second", count * 1_000_000_000 / Int(nanoseconds))
        figures.print()
    }

    private func measure(_ body: () throws -> Void) rethrows -> (count: Int, nanoseconds: UInt64) {
        let start = doors.clock.instant()
        var count = 0
        var nanoseconds: UInt64 = 0
        while nanoseconds < Self.nanosecondsEach {
            for _ in 0..<16 { try body() }
            count += 16
            nanoseconds = doors.clock.instant().nanoseconds(since: start)
        }
        return (count, nanoseconds)
    }
}
