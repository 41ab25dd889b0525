/// What the states of a connection act on: records both ways, and what they have to tell the connection's owner.
struct Channel: ~Copyable {
    /// Seconds since 1970, as they were when the connection began.
    let now: Int64
    /// Gives so many bytes that nobody can guess.
    let random: @Sendable (Int) -> [UInt8]

    var reader = RecordReader()
    var writer = RecordWriter()
    /// Parts of messages.
    var messages = HandshakeBuffer()
    /// Our messages that may still share a record with the next one.
    private var unsent: [UInt8] = []
    /// The version, once it is agreed on.
    var version: ProtocolVersion?
    /// What the handshake came to, once it is over.
    private(set) var summary: HandshakeSummary?
    /// Sessions for later connections, the newest last.
    private(set) var sessions: [Session] = []
    /// Decrypted and not yet taken.
    var plaintext = PlaintextQueue()
    /// Whether this side has said that it sends nothing more; whatever is sent afterwards is dropped.
    private(set) var hasClosed = false
    /// Whether new keys were announced, and neither sent yet nor used for application data.
    var hasUnsentKeyUpdate = false
    /// Messages after the handshake since the last application data.
    private var idleMessageCount = 0

    /// How many sessions are kept for the owner to take.
    private static let maximumSessionCount = 4
    /// How many messages may come after the handshake without any application data between them.
    static let maximumIdleMessageCount = 32

    init(now: Int64, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }

    /// Whether both sides' Finished messages have been exchanged.
    var isEstablished: Bool { summary != nil }

    /// Sends a handshake message; those in a row share records.
    mutating func send(_ message: [UInt8]) {
        // RFC 8446 section 6.1: nothing follows a closure alert.
        guard !hasClosed else { return }
        unsent.append(contentsOf: message)
    }

    /// Puts all messages into records.
    mutating func flush() {
        guard !unsent.isEmpty else { return }
        writer.append(.handshake, unsent)
        unsent = []
    }

    mutating func sendChangeCipherSpec() {
        flush()
        writer.append(.changeCipherSpec, [1])
    }

    /// Sends an alert under the current keys.
    mutating func sendAlert(_ alert: AlertDescription) {
        guard !hasClosed else { return }
        flush()
        hasClosed = alert == .closeNotify
        let isWarning = alert == .closeNotify || alert == .userCanceled || alert == .noRenegotiation
        writer.append(.alert, [isWarning ? 1 : 2, alert.rawValue])
    }

    /// The peer's next record is under these keys.
    ///
    /// - Throws: ``TLSError`` with unexpected_message when bytes of another message came in the same record: no message
    ///   may lie across a change of keys (RFC 8446 section 5.1).
    mutating func protectReading(with protection: consuming RecordProtection) throws(TLSError) {
        guard messages.isEmpty else { throw .unexpected("message across a change of keys") }
        reader.protect(with: protection)
    }

    /// Our next record is under these keys.
    mutating func protectWriting(with protection: consuming RecordProtection) {
        flush()
        writer.protect(with: protection)
    }

    /// The handshake is over.
    mutating func establish(_ summary: HandshakeSummary) { self.summary = summary }

    /// Keeps a session for the owner.
    mutating func deliver(_ session: Session) {
        if sessions.count == Channel.maximumSessionCount { sessions.removeFirst() }
        sessions.append(session)
    }

    /// The newest session, which then belongs to the caller.
    mutating func takeSession() -> Session? { sessions.popLast() }

    /// Counts a message after the handshake.
    ///
    /// - Throws: ``TLSError`` with unexpected_message for too many in a row.
    mutating func countIdleMessage() throws(TLSError) {
        idleMessageCount += 1
        guard idleMessageCount <= Channel.maximumIdleMessageCount else { throw .unexpected("number of messages") }
    }

    /// Application data came, or nothing but its record: then it counts as a message would.
    mutating func receiveApplicationData(_ content: Range<Int>) throws(TLSError) {
        guard !content.isEmpty else { return try countIdleMessage() }
        idleMessageCount = 0
        plaintext.append(reader.bytes[content])
    }
}
