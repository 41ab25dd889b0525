import Bytes
import HTTP
import Runtime
import X509

/// The signature of one of PayPal's notices, as its headers spell it.
struct PayPalSignature: Sendable, Equatable {
    let transmissionID: String
    let time: String
    let certificateURL: String
    let algorithm: String
    let signatureText: String

    private static let longestField = 1024

    /// Reads the headers of a notice.
    init(_ headers: Headers) throws(NoticeError) {
        let values = [
            headers["paypal-transmission-id"], headers["paypal-transmission-time"], headers["paypal-cert-url"],
            headers["paypal-auth-algo"], headers["paypal-transmission-sig"],
        ]
        guard values.contains(where: { $0 != nil }) else { throw .unsigned }
        guard let id = values[0], let time = values[1], let url = values[2], let algorithm = values[3],
            let signature = values[4]
        else { throw .malformed("A header of the signature is missing.") }
        guard values.allSatisfy({ (1...Self.longestField).contains($0?.utf8.count ?? 0) }) else {
            throw .malformed("A header of the signature is empty or too long.")
        }
        transmissionID = id
        self.time = time
        certificateURL = url
        self.algorithm = algorithm
        signatureText = signature
    }

    /// What is signed: the body stands in it by its checksum.
    func message(webhookID: String, body: [UInt8]) -> [UInt8] {
        Array("\(transmissionID)|\(time)|\(webhookID)|\(CRC32.checksum(body))".utf8)
    }

    /// Whether the algorithm is the one that is known here.
    var isKnownAlgorithm: Bool { algorithm == "SHA256withRSA" }

    func isValid(_ key: PublicKey, webhookID: String, body: [UInt8]) -> Bool {
        guard isKnownAlgorithm, let signature = Base64.decode(signatureText) else { return false }
        return key.isValid(signature, scheme: .rsaPKCS1SHA256, message: message(webhookID: webhookID, body: body))
    }

    /// Where the certificate is: only at PayPal, and only among its certificates for notices. Nil for any other place.
    var certificatePlace: (origin: String, path: String)? {
        guard let url = URL(certificateURL), url.scheme == .https, url.port == 443, url.query == nil,
            url.fragment == nil, url.host == "paypal.com" || url.host.hasSuffix(".paypal.com")
        else { return nil }
        let prefix = "/v1/notifications/certs/"
        guard url.path.hasPrefix(prefix) else { return nil }
        let name = url.path.dropFirst(prefix.utf8.count)
        let isPlain = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d
                || $0 == 0x5f
        }
        guard (1...128).contains(name.utf8.count), isPlain else { return nil }
        return (url.origin, url.path)
    }
}
