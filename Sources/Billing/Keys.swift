import Bytes
import Fields
package import Runtime
package import Storage

/// A public key and its secret, in the clear.
package struct KeyPair: Sendable {
    package let key: String
    package let secret: String

    package init(key: String, secret: String) {
        self.key = key
        self.secret = secret
    }
}

/// A key that was made or rolled, with the secret that is shown once, now.
package struct NewKey: Sendable {
    package let record: APIKey
    package let secret: String
}

/// What a key may do, and from where.
package struct KeySettings: Sendable {
    package var scopes: [Scope] = [.read, .write]
    package var allowedNetworks: [CIDR] = []
    /// Requests a second; zero takes the server's default, -1 sets no limit.
    package var rateLimit: Int64 = 0

    package init() {}
}

/// Creating, rolling and revoking API keys, inside a transaction: what the operator does.
package struct Keys: Sendable {
    package let ledger: Ledger

    package static let limitPerApplication = 100
    package static let networkLimit = 50
    /// The longest time during which a rolled key's old secret may go on working.
    package static let longestOverlapSeconds: Int64 = 7 * 86_400

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// - Parameter pair: Fixed credentials, for the demonstration alone.
    package func create(
        application id: ApplicationID, _ settings: KeySettings, pair: KeyPair? = nil, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> NewKey {
        let application = try Applications.find(id, in: transaction)
        guard !settings.scopes.isEmpty else {
            throw .invalid("scopes", "required", "A key has at least one scope: read, write.")
        }
        guard (-1...1_000_000).contains(settings.rateLimit) else {
            throw .invalid("rate_limit", "out_of_range", "A rate limit is 1 to 1000000 requests a second, or off.")
        }
        guard settings.allowedNetworks.count <= Self.networkLimit else {
            throw .invalid("allow", "too_long", "A key lists at most \(Self.networkLimit) networks.")
        }
        guard Self.list(of: id, in: transaction).count < Self.limitPerApplication else {
            throw Refusal(.invalidState, "An application has at most \(Self.limitPerApplication) keys.")
        }
        var key = APIKey()
        key.key =
            pair?.key ?? "pk_\(application.mode.rawValue)_" + Hex.encode(transaction.random(16, purpose: "api key"))
        guard !transaction.exists(APIKey.self, Key().adding(key.key)) else {
            throw Refusal(.alreadyExists, "There is a key of this name already.")
        }
        let secret = pair?.secret ?? newSecret(application.mode, transaction)
        key.application = id
        key.scopes = settings.scopes
        key.allowedNetworks = settings.allowedNetworks.map(\.description)
        key.rateLimit = settings.rateLimit
        key.createdAt = transaction.now
        key.secret = ledger.vault.seal(Array(secret.utf8), for: key.key, in: transaction)
        write(key, "key.create", by: act, in: transaction)
        return NewKey(record: key, secret: secret)
    }

    /// Gives the key a new secret; the old one works on for `overlapSeconds`.
    package func roll(
        _ name: String, overlapSeconds: Int64, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> NewKey {
        var key = try Self.find(name, in: transaction)
        let application = try Applications.find(key.application, in: transaction)
        guard key.revokedAt == nil else { throw Refusal(.invalidState, "This key is revoked; create a new one.") }
        guard (0...Self.longestOverlapSeconds).contains(overlapSeconds) else {
            throw .invalid("overlap", "out_of_range", "An overlap has 0 to \(Self.longestOverlapSeconds) seconds.")
        }
        let secret = newSecret(application.mode, transaction)
        key.previousSecret = overlapSeconds > 0 ? key.secret : Blob()
        key.previousUntil = overlapSeconds > 0 ? transaction.now.adding(seconds: overlapSeconds) : nil
        key.secret = ledger.vault.seal(Array(secret.utf8), for: key.key, in: transaction)
        write(key, "key.roll", by: act, in: transaction)
        return NewKey(record: key, secret: secret)
    }

    /// Makes the key work no longer; revoking it again changes nothing.
    package func revoke(_ name: String, by act: Act, in transaction: Transaction) throws(Refusal) -> APIKey {
        var key = try Self.find(name, in: transaction)
        guard key.revokedAt == nil else { return key }
        key.revokedAt = transaction.now
        key.previousSecret = Blob()
        key.previousUntil = nil
        write(key, "key.revoke", by: act, in: transaction)
        return key
    }

    /// The keys of an application, in order of their names, revoked ones too.
    package static func list(of application: ApplicationID, in snapshot: Snapshot) -> [APIKey] {
        var keys: [APIKey] = []
        snapshot.scan(APIKey.byApplication, prefix: Key().adding(application), limit: limitPerApplication) { key, _ in
            keys.append(key)
            return true
        }
        return keys
    }

    package static func find(_ name: String, in snapshot: Snapshot) throws(Refusal) -> APIKey {
        guard name.utf8.count <= 100, let key = snapshot.get(APIKey.self, Key().adding(name)) else {
            throw Refusal(.notFound, "There is no such key.")
        }
        return key
    }

    private func newSecret(_ mode: Mode, _ transaction: Transaction) -> String {
        "sk_\(mode.rawValue)_" + Hex.encode(transaction.random(24, purpose: "api secret"))
    }

    private func write(_ key: APIKey, _ action: String, by act: Act, in transaction: Transaction) {
        transaction.put(key)
        ledger.audit(action, on: key.key, application: key.application, by: act, in: transaction)
        transaction.notify(Topics.configuration)
    }
}
