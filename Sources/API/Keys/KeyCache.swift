import Billing
import Bytes
import Crypto
import Fields
import Runtime
import Storage
import Synchronization

/// The API keys in use, with their secrets opened once. A signed read costs a lookup and the HMAC, no more.
///
/// Entries are dropped when the configuration changes, and compared with the store once a second besides.
final class KeyCache: Sendable {
    private struct State: Sendable {
        /// By hash of the key's bytes; the entry says whether it is really that key.
        var entries: [UInt64: KeyEntry] = [:]
    }

    private let store: Store
    private let vault: Vault
    private let clock: any Clock
    private let options: APIOptions
    private let state = Guarded(State())
    private let changed = WakeSignal()
    private let isStopped = Atomic<Bool>(false)

    /// Stands in for a key that does not exist, so that it costs what a wrong signature costs.
    let dummy: HMACKey

    private static let staleNanoseconds: UInt64 = 1_000_000_000
    private static let entryLimit = 10_000

    init(store: Store, vault: Vault, doors: Doors, options: APIOptions) {
        self.store = store
        self.vault = vault
        clock = doors.clock
        self.options = options
        dummy = HMACKey(doors.entropy.bytes(32))
        store.subscribe(Topics.configuration, changed)
    }

    /// Drops entries as soon as the configuration changes, until `stop`.
    func watch(on scheduler: any Scheduler) async {
        while !isStopped.load(ordering: .acquiring) {
            await changed.wait(until: nil, on: scheduler)
            expire()
        }
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        changed.notify()
    }

    /// Has every entry compared with the store at its next use.
    func expire() {
        let entries = all
        for entry in entries { entry.checkedAt.store(0, ordering: .relaxed) }
    }

    var all: [KeyEntry] {
        state.withLock { state in state.entries.values.sorted { $0.key.key < $1.key.key } }
    }

    /// The entry of the key spelled by `bytes`, or nil when there is none that is valid now.
    func entry(_ bytes: ArraySlice<UInt8>, at now: Instant) throws -> KeyEntry? {
        guard bytes.count <= 128 else { return nil }
        let hash = XXH64.hash(bytes.span)
        let cached = state.withLock { $0.entries[hash] }
        if let cached, cached.keyBytes[...] == bytes {
            let checked = cached.checkedAt.load(ordering: .relaxed)
            if now.nanoseconds >= checked, now.nanoseconds - checked < Self.staleNanoseconds { return cached }
            return try reload(cached, hash, at: now)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return try load(text, hash, replacing: nil, at: now)
    }

    /// Keeps the entry when its rows are the same as before.
    private func reload(_ entry: KeyEntry, _ hash: UInt64, at now: Instant) throws -> KeyEntry? {
        let rows = try rows(entry.key.key)
        guard let (key, application) = rows else {
            state.withLock { _ = $0.entries.removeValue(forKey: hash) }
            return nil
        }
        if Self.isSame(key, entry.key), Self.isSame(application, entry.application),
            !Self.overlapEnded(entry, clock.now())
        {
            entry.checkedAt.store(now.nanoseconds, ordering: .relaxed)
            return entry
        }
        return try load(entry.key.key, hash, replacing: entry, at: now)
    }

    private static func overlapEnded(_ entry: KeyEntry, _ now: Timestamp) -> Bool {
        guard entry.previous != nil, let until = entry.key.previousUntil else { return false }
        return until <= now
    }

    private static func isSame(_ one: APIKey, _ other: APIKey) -> Bool {
        var one = one
        one.lastUsedAt = other.lastUsedAt
        return RecordCodec.encode(one) == RecordCodec.encode(other)
    }

    private static func isSame(_ one: Application, _ other: Application) -> Bool {
        RecordCodec.encode(one) == RecordCodec.encode(other)
    }

    /// The valid key of that text and its application; nil when revoked, archived or unknown.
    private func rows(_ text: String) throws -> (APIKey, Application)? {
        try store.readSync { snapshot in
            guard let key = snapshot.get(APIKey.self, Key().adding(text)), key.revokedAt == nil,
                let application = snapshot.get(Application.self, Key().adding(key.application)),
                application.archivedAt == nil
            else { return nil }
            return (key, application)
        }
    }

    private func load(
        _ text: String, _ hash: UInt64, replacing old: KeyEntry?, at now: Instant
    ) throws -> KeyEntry? {
        guard let (key, application) = try rows(text), let secret = vault.open(key.secret, for: text) else {
            return nil
        }
        var previous: HMACKey?
        if let until = key.previousUntil, until > clock.now(), let sealed = vault.open(key.previousSecret, for: text) {
            previous = HMACKey(sealed)
        }
        let entry = KeyEntry(
            key: key, application: application, current: HMACKey(secret), previous: previous,
            bucket: bucket(key, old, now), now: now)
        if let old { entry.unsavedUse.store(old.unsavedUse.load(ordering: .relaxed), ordering: .relaxed) }
        state.withLock { state in
            if state.entries.count >= Self.entryLimit { state.entries.removeAll() }
            state.entries[hash] = entry
        }
        return entry
    }

    /// The bucket of the key's limit; it goes on as it is while the limit stays.
    private func bucket(_ key: APIKey, _ old: KeyEntry?, _ now: Instant) -> TokenBucket? {
        let rate = key.rateLimit == 0 ? options.rateLimit : min(Int(clamping: key.rateLimit), 1_000_000)
        guard rate > 0 else { return nil }
        if let bucket = old?.bucket, bucket.rate == rate { return bucket }
        let burst = key.rateLimit == 0 ? options.burst : min(rate, 1_000_000) * 2
        return TokenBucket(rate: rate, burst: burst, now: now)
    }
}
