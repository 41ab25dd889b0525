import Crypto
package import Runtime

/// An event that the peer sends.
package struct StripePeerNotice: Sendable, Equatable {
    package let id: String
    package let type: String
    package let body: [UInt8]

    /// The value of `Stripe-Signature` for it, sent at `time`, under each of `secrets`.
    package func signature(secrets: [String], at time: Timestamp) -> String {
        let seconds = String(time.seconds)
        let tags = secrets.map { secret in
            var mac = HMACKey(Array(secret.utf8)).start()
            mac.update(seconds)
            mac.update(".")
            mac.update(body)
            return ",v1=\(mac.finalize().hex)"
        }
        return "t=\(seconds)" + tags.joined()
    }
}
