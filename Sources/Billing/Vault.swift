package import Crypto
package import Fields
package import Storage

/// Seals what must not lie in the clear: credentials and secrets under the master key, personal data under a key of
/// its customer. Sealed bytes are bound to the object they belong to.
package final class Vault: Sendable {
    private let secrets: Sealer
    private let customerKeys: Sealer
    /// For keys, hashes and identifiers that must come out the same when the same work is done again.
    package let derivation: HMACKey

    package init(_ master: Sealer) {
        secrets = master.derive(purpose: "secrets")
        customerKeys = master.derive(purpose: "customer keys")
        derivation = master.derivedKey(purpose: "derivation")
    }

    /// Seals `secret` for the object named `owner`.
    package func seal(_ secret: [UInt8], for owner: String, in transaction: Transaction) -> Blob {
        let nonce = transaction.random(Sealer.nonceByteCount, purpose: "seal")
        return Blob(secrets.seal(secret, context: Array(owner.utf8), nonce: nonce))
    }

    /// The secret that was sealed for `owner`, or nil when it was not, or not under this master key.
    package func open(_ sealed: Blob, for owner: String) -> [UInt8]? {
        try? secrets.open(sealed.bytes, context: Array(owner.utf8))
    }

    /// Tells a gateway's token of a saved method from others without showing it.
    package func digest(ofToken token: String) -> Blob {
        Blob(derivation.authenticate(Array("saved method.\(token)".utf8)).bytes)
    }

    package func openText(_ sealed: Blob, for owner: String) -> String? {
        open(sealed, for: owner).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Makes the key of a new customer.
    package func makeKey(for customer: CustomerID, in transaction: Transaction) {
        var record = CustomerKey()
        record.customer = customer
        let key = transaction.random(32, purpose: "customer key")
        let nonce = transaction.random(Sealer.nonceByteCount, purpose: "seal")
        record.key = Blob(customerKeys.seal(key, context: Array(customer.description.utf8), nonce: nonce))
        transaction.put(record)
    }

    /// Seals personal data under the customer's key; empty when the customer was forgotten.
    package func sealPersonal(_ data: [UInt8], of customer: CustomerID, in transaction: Transaction) -> Blob {
        guard let key = personalKey(customer, transaction) else { return Blob() }
        let nonce = transaction.random(XChaCha20Poly1305.nonceByteCount, purpose: "seal")
        return Blob(nonce + XChaCha20Poly1305.seal(data, key: key, nonce: nonce, additionalData: []))
    }

    /// Personal data in the clear, or nil once the customer was forgotten.
    package func openPersonal(_ sealed: Blob, of customer: CustomerID, in snapshot: Snapshot) -> [UInt8]? {
        let nonceCount = XChaCha20Poly1305.nonceByteCount
        guard sealed.bytes.count > nonceCount, let key = personalKey(customer, snapshot) else { return nil }
        return try? XChaCha20Poly1305.open(
            Array(sealed.bytes[nonceCount...]), key: key, nonce: Array(sealed.bytes[..<nonceCount]),
            additionalData: [])
    }

    private func personalKey(_ customer: CustomerID, _ snapshot: Snapshot) -> [UInt8]? {
        guard let record = snapshot.get(CustomerKey.self, Key().adding(customer)) else { return nil }
        return try? customerKeys.open(record.key.bytes, context: Array(customer.description.utf8))
    }
}
