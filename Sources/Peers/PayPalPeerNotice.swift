/// A notice as the peer sends it: signed, with its headers.
package struct PayPalPeerNotice: Sendable, Equatable {
    package let id: String
    package let type: String
    package let body: [UInt8]
    package let transmissionID: String
    package let time: String
    package let certificateURL: String
    package let signature: String

    /// The headers of the delivery.
    package var headers: [(name: String, value: String)] {
        [
            ("Content-Type", "application/json"), ("PAYPAL-TRANSMISSION-ID", transmissionID),
            ("PAYPAL-TRANSMISSION-TIME", time), ("PAYPAL-TRANSMISSION-SIG", signature),
            ("PAYPAL-CERT-URL", certificateURL), ("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
        ]
    }
}
