import Testing

@testable import Crypto

@Suite struct ChaCha20Tests {
    static let counting = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    /// RFC 8439 section 2.3.2 and appendix A.1, cases 1, 2 and 4: key, nonce, counter, key stream.
    static let blocks: [(key: String, nonce: String, counter: UInt32, stream: String)] = [
        (
            counting, "000000090000004a00000000", 1,
            """
            10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e
            d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e
            """
        ),
        (
            String(repeating: "00", count: 32), "000000000000000000000000", 0,
            """
            76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7
            da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586
            """
        ),
        (
            String(repeating: "00", count: 32), "000000000000000000000000", 1,
            """
            9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed
            29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f
            """
        ),
        (
            "00ff" + String(repeating: "00", count: 30), "000000000000000000000000", 2,
            """
            72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca
            13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096
            """
        ),
    ]

    @Test(arguments: blocks)
    func `a published state gives its published block`(
        key: String, nonce: String, counter: UInt32, stream: String
    ) throws {
        let cipher = try ChaCha20(key: bytes(key), nonce: bytes(nonce))
        #expect(try cipher.keyStream(64, counter: counter) == bytes(stream))
    }

    @Test func `the published text encrypts to its published ciphertext`() throws {
        // RFC 8439 section 2.4.2.
        let text = """
            Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen \
            would be it.
            """
        var message = Array(text.utf8)
        let cipher = try ChaCha20(key: bytes(ChaCha20Tests.counting), nonce: bytes("000000000000004a00000000"))
        cipher.apply(to: &message, in: 0..<message.count, counter: 1)
        #expect(
            try message
                == bytes(
                    """
                    6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b357
                    1639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736
                    5af90bbf74a35be6b40b8eedf2785e42874d
                    """))
    }

    @Test func `a range is encrypted alone, whatever its length`() throws {
        let cipher = try ChaCha20(key: bytes(ChaCha20Tests.counting), nonce: bytes("000000000000004a00000000"))
        let stream = cipher.keyStream(400)
        for count in [0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 255, 256, 257, 390] {
            var message = [UInt8](repeating: 0xaa, count: 400)
            cipher.apply(to: &message, in: 3..<3 + count)
            let expected =
                [0xaa, 0xaa, 0xaa] + stream.prefix(count).map { $0 ^ 0xaa }
                + [UInt8](repeating: 0xaa, count: 397 - count)
            #expect(message == expected)
        }
    }

    @Test func `a key, nonce or range of another size is a broken promise`() async {
        await #expect(processExitsWith: .failure) {
            _ = ChaCha20(key: [UInt8](repeating: 0, count: 31), nonce: [UInt8](repeating: 0, count: 12))
        }
        await #expect(processExitsWith: .failure) {
            _ = ChaCha20(key: [UInt8](repeating: 0, count: 32), nonce: [UInt8](repeating: 0, count: 8))
        }
        await #expect(processExitsWith: .failure) {
            // The second block would use the counter of the first one again.
            let cipher = ChaCha20(key: [UInt8](repeating: 0, count: 32), nonce: [UInt8](repeating: 0, count: 12))
            _ = cipher.keyStream(65, counter: .max)
        }
    }

    @Test func `the last block of the counter may be used`() {
        let cipher = ChaCha20(key: [UInt8](repeating: 0, count: 32), nonce: [UInt8](repeating: 0, count: 12))
        #expect(cipher.keyStream(64, counter: .max).count == 64)
    }

    @Test func `the published long nonce gives its published subkey`() throws {
        // draft-irtf-cfrg-xchacha-03 section 2.2.1.
        let key = try bytes(ChaCha20Tests.counting)
        let nonce = try bytes("000000090000004a0000000031415927")
        let subkey = ChaCha20.subkey(key: key.span.raw, nonce: nonce.span.raw)
        let words: [UInt32] = [
            0x423b_4182, 0xfe7b_b227, 0x5042_0ed3, 0x737d_878a, 0xd5e4_f9a0, 0x53a8_748a, 0x13c4_2ec1, 0xdcec_d326,
        ]
        #expect((0..<8).map { subkey[$0] } == words)
    }

    @Test func `four blocks at once are four blocks`() {
        let cipher = ChaCha20(key: [UInt8](repeating: 9, count: 32), nonce: [UInt8](repeating: 4, count: 12))
        // The counter may wrap within the four only after the last block.
        for counter in [0, 1, 0xffff_fffc] as [UInt32] {
            let whole = cipher.keyStream(256, counter: counter)
            for block in 0..<4 {
                let part = cipher.keyStream(64, counter: counter + UInt32(block))
                #expect(Array(whole[(64 * block)..<(64 * block + 64)]) == part)
            }
        }
    }
}
