import Bytes
import Crypto
import HTTP
import JSON
import Testing
import X509

@testable import Gateways

/// The notice in `Data/paypal-webhook-example.json`.
@Suite struct PayPalSignatureTests {
    private let example: JSONObject
    private let headers: [(name: String, value: String)]
    private let body: [UInt8]
    private let webhookID: String
    private let certificate: Certificate

    /// A second at which the certificate holds.
    private static let now: Int64 = 1_800_000_000

    init() throws {
        guard case .object(let object) = try JSON.parse(try DataFile.contents("paypal-webhook-example.json")) else {
            throw Unexpected("the example")
        }
        example = object
        body = Array(try #require(object.text("body")).utf8)
        webhookID = try #require(object.text("webhook_id"))
        headers = try #require(object.object("headers")).members.compactMap { member in
            guard case .string(let text) = member.value else { return nil }
            return (member.name, text)
        }
        certificate = try Certificate.chain(pem: Array(try #require(object.text("certificate_pem")).utf8))[0]
    }

    private func signature(_ changes: [String: String] = [:]) throws -> PayPalSignature {
        try PayPalSignature(Headers(headers.map { ($0.name, changes[$0.name] ?? $0.value) }))
    }

    @Test func `the message and its parts`() throws {
        let message = try signature().message(webhookID: webhookID, body: body)
        #expect(String(decoding: message, as: UTF8.self) == example.text("signed_message"))
        #expect(String(CRC32.checksum(body)) == example.text("crc32_decimal"))
        #expect(Hex.encode(SHA256.hash(message)) == example.text("signed_message_sha256"))
    }

    @Test func `the notice is PayPal's, and its certificate leads to the root`() throws {
        let pem = Array(try #require(example.text("certificate_pem")).utf8)
        let trust = TrustStore(certificates: [certificate])
        let leaf = try PayPalCertificates.check(pem, at: Self.now, trust: trust)
        #expect(try signature().isValid(leaf.publicKey, webhookID: webhookID, body: body))
        #expect(throws: CertificateError.self) {
            try PayPalCertificates.check(pem, at: Self.now, trust: TrustStore(certificates: []))
        }
        #expect(throws: CertificateError.self) { try PayPalCertificates.check(pem, at: 1_700_000_000, trust: trust) }
        #expect(throws: CertificateError.self) { try PayPalCertificates.check([], at: Self.now, trust: trust) }
    }

    @Test func `it is not PayPal's once anything changes`() throws {
        let key = certificate.publicKey
        for index in [0, body.count / 2, body.count - 1] {
            var changed = body
            changed[index] ^= 1
            #expect(try !signature().isValid(key, webhookID: webhookID, body: changed))
        }
        #expect(try !signature().isValid(key, webhookID: webhookID + "X", body: body))
        #expect(try !signature(["PAYPAL-TRANSMISSION-ID": "x"]).isValid(key, webhookID: webhookID, body: body))
        #expect(
            try !signature(["PAYPAL-TRANSMISSION-TIME": "2026-01-02T03:04:07Z"])
                .isValid(key, webhookID: webhookID, body: body))
        #expect(try !signature(["PAYPAL-TRANSMISSION-SIG": "AAAA"]).isValid(key, webhookID: webhookID, body: body))
        #expect(try !signature(["PAYPAL-AUTH-ALGO": "SHA1withRSA"]).isValid(key, webhookID: webhookID, body: body))
    }

    @Test func `the checksum stands in the message in decimal, and the body itself is not what is signed`() throws {
        let signature = try signature()
        let bytes = try #require(Base64.decode(signature.signatureText))
        let hex =
            "\(signature.transmissionID)|\(signature.time)|\(webhookID)|\(String(CRC32.checksum(body), radix: 16))"
        for message in [Array(hex.utf8), body] {
            #expect(!certificate.publicKey.isValid(bytes, scheme: .rsaPKCS1SHA256, message: message))
        }
    }

    @Test(
        arguments: [
            ("https://api.paypal.com/v1/notifications/certs/CERT-1", true),
            ("https://paypal.com/v1/notifications/certs/CERT-1", true),
            ("https://api.paypal.com:443/v1/notifications/certs/CERT-1", true),
            ("http://api.paypal.com/v1/notifications/certs/CERT-1", false),
            ("https://api.paypal.com:8443/v1/notifications/certs/CERT-1", false),
            ("https://paypal.com.evil.example/v1/notifications/certs/CERT-1", false),
            ("https://evilpaypal.com/v1/notifications/certs/CERT-1", false),
            ("https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1", false),
            ("https://api.paypal.com/v1/notifications/certs/../../x", false),
            ("https://api.paypal.com/v1/notifications/certs/", false),
            ("https://api.paypal.com/v1/notifications/certs/a%2fb", false),
            ("https://api.paypal.com/v1/notifications/certs/CERT-1?x=y", false),
            ("https://api.paypal.com/cgi-bin/redirect", false), ("nonsense", false),
        ])
    func `certificates are at PayPal's place for them only`(url: String, isAllowed: Bool) throws {
        #expect((try signature(["PAYPAL-CERT-URL": url]).certificatePlace != nil) == isAllowed)
    }

    @Test func `headers that are missing`() {
        #expect(throws: NoticeError.unsigned) { try PayPalSignature(Headers()) }
        for index in headers.indices {
            var some = headers
            some.remove(at: index)
            #expect(throws: NoticeError.malformed("A header of the signature is missing.")) {
                try PayPalSignature(Headers(some))
            }
        }
    }
}
