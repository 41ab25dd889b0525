import Billing
import Bytes
import Crypto
import Fields
import Runtime
import Storage
import Synchronization

/// What keeps a mutating request from being executed twice: its signature in the replay memory, and its
/// `Idempotency-Key`. The first transaction of the request passes the gate, so that either all of it happens or none.
final class Gate: Sendable {
    private let application: ApplicationID
    private let apiKey: String
    private let tag: Digest
    private let expiresAt: Timestamp
    /// Nil without an `Idempotency-Key`.
    let idempotencyKey: String?
    private let fingerprint: [UInt8]
    /// What the path names.
    private let objectID: String
    /// What the first transaction made; written again when it runs again.
    private let madeID = Guarded<String?>(nil)
    /// Requests that began before are not running any more.
    private let serverStart: Timestamp
    /// When this request bound its idempotency key; written again when the transaction runs again.
    private let boundAt = Guarded<Timestamp?>(nil)
    /// Milliseconds of the transaction that passed the gate, zero for none.
    private let passedAt = Atomic<Int64>(0)

    /// Seconds after which a first request that has not answered is taken for lost.
    private static let patienceSeconds: Int64 = 20
    private static let lifetimeSeconds: Int64 = 86_400

    init(
        application: ApplicationID, apiKey: String, tag: Digest, timestamp: Timestamp, idempotencyKey: String?,
        fingerprint: [UInt8], objectID: String, serverStart: Timestamp
    ) {
        self.application = application
        self.apiKey = apiKey
        self.tag = tag
        expiresAt = timestamp.adding(seconds: RequestClaim.windowSeconds)
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.objectID = objectID
        self.serverStart = serverStart
    }

    /// The same judgement as `pass` on a snapshot, before anything of the request is read; only `pass` decides.
    func check(_ snapshot: Snapshot, now: Timestamp) throws {
        _ = try standing(snapshot, now: now)
        if snapshot.exists(ReplayRecord.self, replay.primaryKey) { throw Self.replayed }
    }

    /// Binds the idempotency key and remembers the signature.
    ///
    /// - Throws: `idempotency_key_reused`, `idempotency_in_progress`, `request_replayed`, or a `GateOutcome`.
    func pass(_ transaction: Transaction) throws {
        boundAt.withLock { $0 = nil }
        madeID.withLock { $0 = nil }
        if let fresh = try standing(transaction, now: transaction.now) {
            transaction.put(fresh)
            boundAt.withLock { $0 = transaction.now }
        }
        let replay = self.replay
        if transaction.exists(ReplayRecord.self, replay.primaryKey) { throw Self.replayed }
        transaction.put(replay)
        passedAt.store(transaction.now.milliseconds, ordering: .relaxed)
    }

    /// Binds the request, and its idempotency key, to the object that this transaction makes: a retry of a request that
    /// was interrupted finds it as the record's `objectID`. Call it after `pass`, in the same transaction.
    func bind(_ object: String, in transaction: Transaction) {
        madeID.withLock { $0 = object }
        guard let idempotencyKey, let boundAt = boundAt.withLock({ $0 }),
            var record = transaction.get(
                IdempotencyRecord.self, IdempotencyRecord.key(application, idempotencyKey)),
            record.startedAt == boundAt
        else { return }
        record.objectID = object
        transaction.put(record)
    }

    /// Whether the signature is remembered.
    func isRemembered(in snapshot: Snapshot) -> Bool {
        snapshot.exists(ReplayRecord.self, replay.primaryKey)
    }

    private var replay: ReplayRecord {
        ReplayRecord(expiresAt: expiresAt, apiKey: apiKey, signature: tag.bytes)
    }

    private static let replayed = Refusal(
        .requestReplayed,
        "This exact request was executed before; this one did nothing. Sign again, with milliseconds in X-Timestamp, "
            + "and send an Idempotency-Key to repeat a request safely.")

    /// The row that binds the key, when it is free; nil without a key.
    private func standing(_ snapshot: Snapshot, now: Timestamp) throws -> IdempotencyRecord? {
        guard let idempotencyKey else { return nil }
        if let record = snapshot.get(IdempotencyRecord.self, IdempotencyRecord.key(application, idempotencyKey)),
            record.expiresAt > now
        {
            guard record.fingerprint.bytes == fingerprint else {
                throw Refusal(
                    .idempotencyKeyReused,
                    "This Idempotency-Key belongs to a request with another method, path or body; use a new one.")
            }
            guard record.status == 0 else { throw GateOutcome.answered(record) }
            let waited = now.milliseconds - record.startedAt.milliseconds
            guard record.startedAt < serverStart || waited >= Self.patienceSeconds * 1000 else {
                throw Refusal(
                    .idempotencyInProgress, "The first request with this Idempotency-Key is still running.",
                    retryAfterSeconds: max(1, Int(Self.patienceSeconds - waited / 1000)))
            }
            throw GateOutcome.interrupted(record)
        }
        var record = IdempotencyRecord()
        record.application = application
        record.key = idempotencyKey
        record.fingerprint = Blob(fingerprint)
        record.startedAt = now
        record.expiresAt = now.adding(seconds: Self.lifetimeSeconds)
        record.objectID = objectID
        return record
    }

    // MARK: The answer

    /// Keeps the answer for the key that this request has bound; does nothing for any other.
    func keep(_ status: Int, _ body: [UInt8], _ vault: Vault, in transaction: Transaction) {
        guard let idempotencyKey, let boundAt = boundAt.withLock({ $0 }),
            var record = transaction.get(
                IdempotencyRecord.self, IdempotencyRecord.key(application, idempotencyKey)),
            record.status == 0, record.startedAt == boundAt, record.fingerprint.bytes == fingerprint
        else { return }
        record.status = Int64(status)
        record.body = vault.seal(body, for: Self.owner(record), in: transaction)
        transaction.put(record)
    }

    /// Whether this request bound its key and so owes it an answer.
    var owesAnswer: Bool { boundAt.withLock { $0 != nil } }

    /// Whether the gate was passed, in a transaction that may have failed afterwards.
    var hasPassed: Bool { passedAt.load(ordering: .relaxed) != 0 }

    /// What a retry would find of this request while it runs; nil before its first transaction is durable.
    func trace(in snapshot: Snapshot) -> IdempotencyRecord? {
        guard isRemembered(in: snapshot) else { return nil }
        var record = IdempotencyRecord()
        record.application = application
        record.objectID = madeID.withLock { $0 } ?? objectID
        record.startedAt = Timestamp(milliseconds: passedAt.load(ordering: .relaxed))
        return record
    }

    static func owner(_ record: IdempotencyRecord) -> String {
        "idempotency:\(record.application):\(record.key)"
    }
}
