import Billing
import Bytes
import Crypto
import Fields
import HTTP
import Runtime
import Testing

@testable import Webhooks

@Suite struct SigningTests {
    /// HMAC by its definition (RFC 2104), for keys of at most 64 bytes.
    private static func mac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let block = key + [UInt8](repeating: 0, count: 64 - key.count)
        return SHA256.hash(block.map { $0 ^ 0x5c } + SHA256.hash(block.map { $0 ^ 0x36 } + message))
    }

    private static func hex(_ secret: String, _ letter: Inbox.Letter) -> String {
        Hex.encode(mac(Array(secret.utf8), Array("\(letter.headers["x-timestamp"] ?? "").\(letter.text)".utf8)))
    }

    private static func standard(_ secret: String, _ letter: Inbox.Letter) throws -> String {
        let key = try #require(Base64.decode(secret.dropFirst(6)))
        let id = letter.headers["webhook-id"] ?? ""
        let time = letter.headers["webhook-timestamp"] ?? ""
        return "v1," + Base64.encode(mac(key, Array("\(id).\(time).\(letter.text)".utf8)))
    }

    @Test func `signatures equal those of another implementation`() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let signature = WebhookSignature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Timestamp(seconds: 1_614_265_330),
            body: Array(#"{"test": 2432232314}"#.utf8))
        let headers = Headers(signature.headers(secret: secret, next: nil))
        #expect(headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(headers["x-signature"] == "2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964")
        #expect(headers["x-signature-next"] == nil)
    }

    @Test func `every try is signed anew in both schemes`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            let secret = try #require(endpoint.secret)
            #expect(secret.hasPrefix("whsec_"))
            #expect(Base64.decode(secret.dropFirst(6))?.count == 32)
            scene.inbox.setStatus(500)
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 20)
            let letters = scene.inbox.letters
            #expect(letters.map(\.attempt) == ["1", "2"])
            let event = try #require(try await scene.events().first)
            for letter in letters {
                #expect(letter.headers["x-timestamp"] == String(letter.at.seconds))
                #expect(letter.headers["webhook-timestamp"] == String(letter.at.seconds))
                #expect(letter.headers["x-signature"] == Self.hex(secret, letter))
                #expect(letter.headers["webhook-signature"] == (try Self.standard(secret, letter)))
                #expect(letter.headers["x-signature-next"] == nil)
                #expect(letter.headers["webhook-id"] == event.id.description)
                #expect(letter.eventID == event.id.description)
                #expect(letter.eventType == "customer.created")
                #expect(letter.headers["content-type"] == "application/json")
                #expect(letter.headers["user-agent"] == "CentralPay-Webhooks/1.0")
                #expect(letter.host == "receiver.example")
                #expect(letter.text.hasPrefix(#"{"id":"\#(event.id)","type":"customer.created""#))
            }
            #expect(Set(letters.map { $0.headers["x-signature"] }).count == 2)
        }
    }

    @Test func `a rotated secret signs beside the old one for 24 hours, then alone`() throws {
        try Scene(isManual: true).run { scene in
            let endpoint = try await scene.addEndpoint()
            let old = try #require(endpoint.secret)
            let rotated = try await scene.change {
                try $0.rotateSecret(
                    endpoint.id, application: Scene.application, by: .system, in: $1)
            }
            let new = try #require(rotated.secret)
            #expect(new != old)
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 86_390)
            _ = try await scene.addCustomer("bob")
            await scene.wait(seconds: 20)
            _ = try await scene.addCustomer("cleo")
            await scene.wait(seconds: 1)
            let letters = scene.inbox.letters
            try #require(letters.count == 3)
            for letter in letters[..<2] {
                #expect(letter.headers["x-signature"] == Self.hex(old, letter))
                #expect(letter.headers["x-signature-next"] == Self.hex(new, letter))
                let both = try "\(Self.standard(old, letter)) \(Self.standard(new, letter))"
                #expect(letter.headers["webhook-signature"] == both)
            }
            #expect(letters[2].headers["x-signature"] == Self.hex(new, letters[2]))
            #expect(letters[2].headers["x-signature-next"] == nil)
            #expect(letters[2].headers["webhook-signature"] == (try Self.standard(new, letters[2])))

            // Another rotation goes on from the newest one.
            let again = try await scene.change {
                try $0.rotateSecret(
                    endpoint.id, application: Scene.application, by: .system, in: $1)
            }
            _ = try await scene.addCustomer("dora")
            await scene.wait(seconds: 1)
            let last = try #require(scene.inbox.letters.last)
            #expect(last.headers["x-signature"] == Self.hex(new, last))
            #expect(last.headers["x-signature-next"] == Self.hex(try #require(again.secret), last))
        }
    }

    @Test func `the secret is stored sealed and shown once`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            let stored = try await scene.endpoint(endpoint.id)
            #expect(stored.secret == nil)
            #expect(scene.ledger.vault.openText(stored.sealedSecret, for: endpoint.id.description) == endpoint.secret)
            #expect(scene.ledger.vault.openText(stored.sealedSecret, for: "we_other") == nil)
        }
    }
}
