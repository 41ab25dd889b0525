import Billing
import Crypto
import Runtime
import Testing

@testable import Gateways

@Suite struct StripeSignatureTests {
    private static let secret = "whsec_MadeUpTestSecret0123456789"
    private static let body =
        Array(
            #"{"id":"evt_1Test","object":"event","type":"checkout.session.completed","data":{"object":{"id":"cs_test_a1","#
                .utf8
        ) + Array(#""object":"checkout.session","payment_status":"paid"}}}"#.utf8)
    private static let tag = "4d27fb802ea0fe53cd379fe2734842576130304c87f88e0e2f7ec8b6dfe23647"
    private static let time = Timestamp(seconds: 1_760_000_000)

    private static func check(
        _ header: String, body: [UInt8] = body, secrets: [String] = [secret], now: Timestamp = time
    ) -> NoticeError? {
        do throws(NoticeError) {
            try StripeSignature(secrets).verify(Array(header.utf8)[...], body, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the worked example holds`() {
        #expect(Self.body.count == 161)
        #expect(Self.check("t=1760000000,v1=\(Self.tag)") == nil)
    }

    @Test(arguments: [(0, nil), (300, nil), (-300, nil), (301, .tooOld), (-301, .tooOld)] as [(Int64, NoticeError?)])
    func `a notice holds for five minutes, either way`(age: Int64, error: NoticeError?) {
        #expect(Self.check("t=1760000000,v1=\(Self.tag)", now: Self.time.adding(seconds: age)) == error)
    }

    @Test func `one of two signatures is enough, whichever secret made it`() {
        let wrong = String(repeating: "0", count: 64)
        #expect(Self.check("t=1760000000,v1=\(wrong),v1=\(Self.tag)") == nil)
        #expect(Self.check("t=1760000000,v1=\(Self.tag),v1=\(wrong),v0=x") == nil)
        #expect(Self.check("t=1760000000,v1=\(Self.tag)", secrets: ["whsec_New", Self.secret]) == nil)
        #expect(Self.check("t=1760000000,v1=\(Self.tag)", secrets: ["whsec_New", ""]) == .wrongSignature)
    }

    @Test(
        arguments: [
            ("t=1760000000", .unsigned), ("t=1760000000,v0=\(tag)", .unsigned),
            ("v1=\(tag)", .malformed("The signature header has no time.")),
            ("t=soon,v1=\(tag)", .malformed("The signature header has no time.")),
            ("t=1760000000,t=1760000000,v1=\(tag)", .malformed("The signature header has two times.")),
            ("t=1760000001,v1=\(tag)", .wrongSignature), ("t=1760000000,v1=\(tag.dropLast())", .wrongSignature),
            ("t=01760000000,v1=\(tag)", .wrongSignature), ("", .malformed("The signature header has no time.")),
        ] as [(String, NoticeError)])
    func `a header that proves nothing is refused`(header: String, error: NoticeError) {
        #expect(Self.check(header) == error)
    }

    @Test func `every changed byte breaks it`() {
        for index in stride(from: 0, to: Self.body.count, by: 7) {
            var body = Self.body
            body[index] ^= 1
            #expect(Self.check("t=1760000000,v1=\(Self.tag)", body: body) == .wrongSignature)
        }
        #expect(Self.check("t=1760000000,v1=\(Self.tag)", body: Self.body + [10]) == .wrongSignature)
    }

    @Test func `without a secret nothing is believed`() {
        // A key of no bytes is one anybody knows.
        var mac = HMACKey([]).start()
        mac.update("1760000000.")
        mac.update(Self.body)
        let header = "t=1760000000,v1=\(mac.finalize().hex)"
        guard case .malformed = Self.check(header, secrets: ["", ""]) else {
            Issue.record("believed")
            return
        }
    }
}
