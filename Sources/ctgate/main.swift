// The constant-time gate: run it under Valgrind's memcheck.
//
//     swift build -c release --product ctgate
//     valgrind -q --error-exitcode=9 .build/release/ctgate          (has to exit 0)
//     valgrind -q --error-exitcode=9 .build/release/ctgate leaky    (has to exit 9)
//
// Memory that was allocated and never written is undefined to memcheck, which complains as soon as a branch or an
// address depends on it. Here such memory is the secret: a complaint is a leak of the secret through time.

import Crypto

/// `count` bytes that were never written.
func undefined(_ count: Int) -> Secret {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { unsafe memory.deallocate() }
    // Sound for this purpose alone: the bytes are whatever they are, and bytes have no invalid value.
    return unsafe Secret(copying: UnsafeRawBufferPointer(memory).bytes)
}

/// Where results go, so that nothing is left out. Nobody looks at it.
nonisolated(unsafe) var sink: UInt8 = 0

/// Whether results are looked at after all, to see that the gate notices and that every result bears the mark.
let isLeaky = CommandLine.arguments.contains("leaky")

@inline(never)
func keep(_ result: [UInt8]) {
    for byte in result {
        if isLeaky, byte == 1 { return }
        unsafe sink ^= byte
    }
}

/// Runs every computation on secrets once.
func check() throws {
    let nonce = [UInt8](repeating: 1, count: 12)
    let message = [UInt8](repeating: 2, count: 300)

    keep(HMAC<SHA512>(key: undefined(64).bytes).authenticate(message).bytes)
    keep(HMAC<SHA384>(key: undefined(200).bytes).authenticate(message).bytes)
    keep(HMAC<SHA1>(key: undefined(20).bytes).authenticate(message).bytes)
    keep(HMACKey(undefined(32)).authenticate(message).bytes)
    keep(unsafe HKDF.expand(SHA384.self, key: undefined(48).bytes, info: message.span.bytes, count: 100).revealed())
    keep(try PBKDF2.derive(password: undefined(20).revealed(), salt: message, iterations: 2, count: 32))
    print("hashes: done")

    for count in [16, 32] {
        let cipher = try AESGCM(key: undefined(count))
        keep(cipher.seal(undefined(300).revealed(), nonce: nonce, additionalData: message))
    }
    keep(
        ChaCha20Poly1305.seal(
            undefined(300).revealed(), key: undefined(32).revealed(), nonce: nonce, additionalData: message))
    print("ciphers: done")

    keep(SecretArithmetic.x25519(undefined(32)))
    print("X25519: done")

    let key = try P256.PrivateKey(random: Secret([UInt8](repeating: 3, count: 48)))
    keep(SecretArithmetic.p256PublicKey(undefined(32)))
    keep(SecretArithmetic.p256SharedSecret(undefined(32), with: key.publicKey))
    keep(SecretArithmetic.p256Signature(SHA256.value(of: message), key: undefined(32), nonce: undefined(32)))
    print("P-256: done")

    let modulus = try RSAPublicKey(modulus: [UInt8](repeating: 0xff, count: 256), exponent: [3])
    keep(SecretArithmetic.rsaPower(undefined(256), undefined(256), modulus: modulus))
    print("RSA: done")
}

try check()
