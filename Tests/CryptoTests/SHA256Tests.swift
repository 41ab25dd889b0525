import Bytes
import Testing

@testable import Crypto

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples and the byte-oriented short messages of the NIST validation suite.
    static let vectors: [(message: String, hash: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("d3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        ("11af", "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
        ("b4190e", "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2"),
        ("74ba2521", "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e"),
        (
            """
            6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f
            6d6e6f706e6f7071
            """, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            """
            61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c666768696a6b6c6d
            6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f70716b6c6d6e6f7071726c6d6e6f70717273
            6d6e6f70717273746e6f707172737475
            """, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test(arguments: vectors)
    func `a published message has its published hash`(message: String, hash: String) throws {
        #expect(try SHA256.hash(bytes(message)) == bytes(hash))
    }

    @Test func `one million letters a have their published hash`() {
        let piece = [UInt8](repeating: 0x61, count: 1000)
        var hash = SHA256()
        for _ in 0..<1000 { hash.update(piece) }
        #expect(hash.finalize().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `every length up to four blocks is padded right`() {
        // The hash over the hashes of all lengths, worked out by another implementation.
        var all = SHA256()
        for count in 0...256 {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
            all.update(SHA256.digest(of: message))
        }
        #expect(all.finalize().hex == "8c87921c70e710c77b598f6aed63e551969111a288541684ba32dc1203143503")
    }

    @Test func `pieces of any size give the hash of the whole`() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = SHA256.digest(of: message)
        for step in 1...130 {
            var hash = SHA256()
            var start = 0
            while start < message.count {
                let end = min(message.count, start + step)
                hash.update(message[start..<end])
                start = end
            }
            #expect(hash.finalize() == expected)
        }
    }

    @Test func `a copy goes on by itself and a finished hash may go on`() {
        var first = SHA256()
        first.update("one")
        var second = first
        second.update("two")
        #expect(first.finalize() == SHA256.digest(of: Array("one".utf8)))
        first.update("two")
        #expect(first.finalize() == second.finalize())
        #expect(second.finalize() == SHA256.digest(of: Array("onetwo".utf8)))
    }
}
