package import Fields
package import Storage

/// What an application shows a gateway to be let in, and what it knows the gateway's notices by. Sealed in its
/// configuration; never shown.
package struct GatewayCredentials: Record, Equatable, CustomStringConvertible {
    /// The API key, or the secret that belongs to `clientID`.
    package var secretKey = ""
    /// The name the secret belongs to, where the gateway has one.
    package var clientID = ""
    /// The secret that signs the gateway's notices, where there is one.
    package var webhookSecret = ""
    /// The secret that signed them before, while both do.
    package var previousWebhookSecret = ""
    /// The gateway's name of our address for notices.
    package var webhookID = ""

    package init() {}
    package static var schemaName: StaticString { "GatewayCredentials" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &secretKey)
        try visitor.stored(2, &clientID)
        try visitor.stored(3, &webhookSecret)
        try visitor.stored(4, &previousWebhookSecret)
        try visitor.stored(5, &webhookID)
    }

    package var description: String { "<redacted>" }

    /// These with what `other` gives. A new secret of the notices leaves the one before working beside it: the gateway
    /// goes on signing with it for a while.
    package func replaced(by other: GatewayCredentials) -> GatewayCredentials {
        var result = self
        if !other.secretKey.isEmpty { result.secretKey = other.secretKey }
        if !other.clientID.isEmpty { result.clientID = other.clientID }
        if !other.webhookID.isEmpty { result.webhookID = other.webhookID }
        if !other.webhookSecret.isEmpty, other.webhookSecret != webhookSecret {
            result.previousWebhookSecret = webhookSecret
            result.webhookSecret = other.webhookSecret
        }
        return result
    }
}

extension GatewayConfiguration {
    /// What these credentials are sealed for.
    private var owner: String { "gateway.\(application).\(gateway)" }

    /// The credentials in the clear; nil when there are none, or not under this master key.
    package func credentials(_ vault: Vault) -> GatewayCredentials? {
        guard !credentials.bytes.isEmpty, let bytes = vault.open(credentials, for: owner) else { return nil }
        return try? RecordCodec.decode(GatewayCredentials.self, bytes)
    }

    package mutating func seal(_ credentials: GatewayCredentials, _ vault: Vault, in transaction: Transaction) {
        self.credentials = vault.seal(RecordCodec.encode(credentials), for: owner, in: transaction)
    }
}
