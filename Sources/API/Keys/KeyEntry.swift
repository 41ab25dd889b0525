import Billing
import Crypto
import Runtime
import Synchronization

/// One API key as requests need it: its application, and its secrets as absorbed HMAC states.
final class KeyEntry: Sendable {
    let key: APIKey
    let application: Application
    /// `key:` and the key, as audit entries name it.
    let actor: String
    let keyBytes: [UInt8]
    let networks: [CIDR]
    let canRead: Bool
    let canWrite: Bool
    /// The secrets that sign now: the current one, and the one before while a roll overlaps.
    let current: HMACKey
    let previous: HMACKey?
    /// Nil without a rate limit.
    let bucket: TokenBucket?
    /// Nanoseconds of the monotonic clock when the rows were last compared with the store.
    let checkedAt: Atomic<UInt64>
    /// Milliseconds of the last use that has not been written yet, zero for none.
    let unsavedUse = Atomic<Int64>(0)

    init(
        key: APIKey, application: Application, current: HMACKey, previous: HMACKey?, bucket: TokenBucket?,
        now: Instant
    ) {
        self.key = key
        self.application = application
        actor = "key:" + key.key
        keyBytes = Array(key.key.utf8)
        networks = key.allowedNetworks.compactMap { CIDR($0) }
        canRead = key.scopes.contains(.read)
        canWrite = key.scopes.contains(.write)
        self.current = current
        self.previous = previous
        self.bucket = bucket
        checkedAt = Atomic(now.nanoseconds)
    }

    func allows(_ scope: Scope) -> Bool { scope == .read ? canRead : canWrite }

    /// Whether requests from `address` are accepted.
    func accepts(_ address: IPAddress?) -> Bool {
        // A list in which no block could be read closes the key rather than opening it.
        guard !key.allowedNetworks.isEmpty else { return true }
        guard let address else { return false }
        return networks.contains { $0.contains(address) }
    }
}
