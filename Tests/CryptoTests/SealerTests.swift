import Testing

@testable import Crypto

@Suite struct SealerTests {
    let nonce = [UInt8](repeating: 4, count: Sealer.nonceByteCount)

    static let frozen: [UInt8] =
        [1] + [UInt8](repeating: 4, count: 24) + [
            0xb6, 0x97, 0x32, 0x61, 0xcf, 0xfd, 0x21, 0x66, 0x45, 0x6d, 0x37, 0xb5, 0xcb, 0x97, 0x6f, 0xfd, 0xaf, 0x90,
            0x2f, 0x99, 0xb5, 0xe1,
        ]
    static let frozenTag = "a306299ef6e6a1882af1219337726fe7c33e8a600e58aefd4f768664598aa443"

    func sealer(_ byte: UInt8 = 1) throws -> Sealer {
        try Sealer(masterKey: Secret([UInt8](repeating: byte, count: 32)))
    }

    @Test func `what was sealed opens for the same context only`() throws {
        let sealer = try sealer()
        for count in [0, 1, 15, 16, 17, 100] {
            let plaintext = [UInt8](repeating: 9, count: count)
            let sealed = sealer.seal(plaintext, context: [1, 2], nonce: nonce)
            #expect(sealed.count == count + Sealer.overheadByteCount)
            #expect(Array(sealed[1..<25]) == nonce)
            #expect(try sealer.open(sealed, context: [1, 2]) == plaintext)
            #expect(throws: CryptoError.authenticationFailed) { try sealer.open(sealed, context: [1, 3]) }
            #expect(throws: CryptoError.authenticationFailed) { try sealer.open(sealed, context: []) }
        }
    }

    @Test func `another master key or purpose does not open it`() throws {
        let sealer = try sealer()
        let sealed = sealer.seal([1, 2, 3], context: [], nonce: nonce)
        let others = try [self.sealer(2), sealer.derive(purpose: "a"), sealer.derive(purpose: "b")]
        for other in others {
            #expect(throws: CryptoError.authenticationFailed) { try other.open(sealed, context: []) }
        }
        let derived = sealer.derive(purpose: "a").seal([7], context: [], nonce: nonce)
        #expect(try self.sealer().derive(purpose: "a").open(derived, context: []) == [7])
        #expect(throws: CryptoError.authenticationFailed) {
            try sealer.derive(purpose: "b").open(derived, context: [])
        }
    }

    @Test func `every changed bit and every truncation is refused`() throws {
        let sealer = try sealer()
        let sealed = sealer.seal([1, 2, 3], context: [8], nonce: nonce)
        for bit in 8..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptoError.authenticationFailed) { try sealer.open(changed, context: [8]) }
        }
        for count in 0..<sealed.count {
            #expect(throws: CryptoError.self) { try sealer.open(Array(sealed.prefix(count)), context: [8]) }
        }
        #expect(throws: CryptoError.malformed) { try sealer.open([], context: [8]) }
        #expect(throws: CryptoError.unsupportedVersion(2)) {
            try sealer.open([2] + sealed.dropFirst(), context: [8])
        }
    }

    @Test func `arbitrary bytes never open and never trap`() throws {
        let sealer = try sealer()
        let random = DeterministicRandom(seed: 1)
        for number in 0..<20_000 as Range<UInt64> {
            var bytes = random.bytes(Int(number % 80), purpose: [], number: number)
            if number % 4 != 0, !bytes.isEmpty { bytes[0] = 1 }
            #expect(throws: CryptoError.self) { try sealer.open(bytes, context: []) }
        }
    }

    @Test func `the format stays readable`() throws {
        // Bytes of the first version, kept so that a change of format or derivation shows.
        let sealer = try sealer()
        let sealed = sealer.seal(Array("secret".utf8), context: Array("cus_1".utf8), nonce: nonce)
        #expect(sealed == SealerTests.frozen)
        #expect(sealer.derivedKey(purpose: "webhook").authenticate([1]).hex == SealerTests.frozenTag)
    }

    @Test func `signature keys differ by purpose and master key`() throws {
        let sealer = try sealer()
        let tag = sealer.derivedKey(purpose: "a").authenticate([1])
        #expect(try self.sealer().derivedKey(purpose: "a").authenticate([1]) == tag)
        #expect(sealer.derivedKey(purpose: "b").authenticate([1]) != tag)
        #expect(try self.sealer(2).derivedKey(purpose: "a").authenticate([1]) != tag)
    }

    @Test func `a master key of another length is refused`() {
        #expect(throws: CryptoError.invalidKeyLength(31)) {
            try Sealer(masterKey: Secret([UInt8](repeating: 1, count: 31)))
        }
    }

    @Test func `a sealer prints nothing of itself`() throws {
        var text = try "\(sealer()) \(String(reflecting: sealer()))"
        try dump(sealer(), to: &text)
        #expect(!text.contains("root"))
        #expect(text.hasPrefix("<redacted> <redacted>"))
    }
}
