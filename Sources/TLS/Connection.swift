public import X509

/// One end of a TLS connection, without I/O: the peer's bytes go in, bytes for the peer and plaintext come out.
///
/// Not to be shared: one owner feeds it with ``receive(_:)``, sends what ``takeOutput()`` gives after every call, and
/// says with ``transportEnded()`` when no more bytes come. A throw is final, with the alert for the peer in the output.
///
/// Inside, records are taken apart by `RecordReader`, messages put together by `HandshakeBuffer`, and each message is
/// given to the current `HandshakeState`, which acts on the `Channel` and may name the next state. The two states at
/// the beginning, `ClientStart` and `ServerStart`, agree on the version; a version is plugged in by the states they
/// go on with:
///
/// - `ClientStart.receive` has read the ServerHello: `Client13` or `Client12` goes on with the `ClientOffer`, whose
///   transcript then ends with the ServerHello.
/// - `ServerStart.receive` has read the ClientHello: `Server13Start` or `Server12` answers it.
/// - A state reads with `message.body`, adds the message to its transcript, sends with `channel.send`, changes keys
///   with `channel.protectReading` and `channel.protectWriting`, and ends the handshake with `channel.establish`, after
///   which application data flows. It sets `channel.version` as soon as the version is agreed on.
/// - In TLS 1.2, change_cipher_spec reaches the state by `receiveChangeCipherSpec`; 1.3 drops it there.
public struct Connection: ~Copyable {
    private var channel: Channel
    private var state: any HandshakeState
    private var failure: TLSError?
    private let recordsPerKey: UInt64
    private var warningCount = 0

    /// Whether the peer has said with close_notify that it sends nothing more.
    public private(set) var hasPeerClosed = false

    /// Whether this side has.
    public var hasClosed: Bool { channel.hasClosed }

    /// How many warnings are passed over.
    private static let maximumWarningCount = 4

    /// A client for the server `name`, whose hello then lies in the output.
    ///
    /// - Parameters:
    ///   - session: An earlier session with the same server, used if it still may be.
    ///   - now: Seconds since 1970.
    ///   - random: Gives so many bytes that nobody can guess.
    public init(
        client configuration: ClientConfiguration, name: ServerName, session: Session? = nil, now: Int64,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        channel = Channel(now: now, random: random)
        recordsPerKey = configuration.recordsPerKey
        do {
            state = try ClientStart(configuration, name: name, session: session, &channel)
            channel.flush()
        } catch {
            state = EndedState()
            failure = error
        }
    }

    /// A server for whoever has connected.
    ///
    /// - Parameters:
    ///   - now: Seconds since 1970.
    ///   - random: Gives so many bytes that nobody can guess.
    public init(
        server configuration: ServerConfiguration, now: Int64, random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        channel = Channel(now: now, random: random)
        recordsPerKey = configuration.recordsPerKey
        state = ServerStart(configuration)
    }

    /// Whether the handshake is over, so that ``send(_:)`` works.
    public var isEstablished: Bool { channel.isEstablished }

    /// What the handshake came to, once it is over.
    public var summary: HandshakeSummary? { channel.summary }

    /// Takes bytes from the peer, as many as there are, cut anywhere.
    ///
    /// Hand the array over (`consume`) to have it decrypted in place. The plaintext grows by as much as comes in: take
    /// it before reading more from the transport.
    ///
    /// - Throws: ``TLSError``; the alert for the peer then lies in the output.
    public mutating func receive(_ bytes: consuming [UInt8]) throws(TLSError) {
        if let failure { throw failure }
        // RFC 8446 section 6.1: what comes after a closure alert is ignored.
        guard !hasPeerClosed else { return }
        channel.reader.append(bytes)
        do throws(TLSError) {
            while !hasPeerClosed, let record = try channel.reader.next() { try receive(record) }
        } catch {
            fail(error)
            throw error
        }
        channel.flush()
        if hasPeerClosed { channel.reader.discard() }
        channel.reader.release()
    }

    /// The transport says that no more bytes will come.
    ///
    /// - Throws: ``TLSError/truncated`` unless the peer has said so itself, or why the connection had ended before.
    public mutating func transportEnded() throws(TLSError) {
        if let failure { throw failure }
        guard !hasPeerClosed else { return }
        fail(.truncated)
        throw .truncated
    }

    /// Takes the bytes that are to be sent to the peer now; often there are none.
    public mutating func takeOutput() -> [UInt8] {
        channel.hasUnsentKeyUpdate = false
        return channel.writer.take()
    }

    /// Whether there is something to send.
    public var hasOutput: Bool { !channel.writer.output.isEmpty }

    /// How many decrypted bytes wait to be taken.
    public var plaintextByteCount: Int { channel.plaintext.count }

    /// Moves at most `limit` decrypted bytes behind what `target` holds.
    ///
    /// - Returns: How many bytes were moved.
    public mutating func takePlaintext(into target: inout [UInt8], limit: Int = .max) -> Int {
        channel.plaintext.take(into: &target, limit: limit)
    }

    /// Puts `plaintext` into the output, sealed.
    ///
    /// - Throws: ``TLSError/notReady`` before the handshake is over and after ``close()``, or why the connection ended.
    public mutating func send(_ plaintext: [UInt8]) throws(TLSError) {
        if let failure { throw failure }
        guard isEstablished, !hasClosed else { throw .notReady }
        channel.writer.reserve(plaintext.count)
        var rest = plaintext[...]
        while !rest.isEmpty {
            // RFC 8446 section 5.5.
            if channel.writer.sequenceNumber >= recordsPerKey { state.updateKeys(&channel) }
            let fragment = rest.prefix(RecordProtection.maximumPlaintextByteCount)
            channel.writer.appendRecord(.applicationData, fragment)
            rest = rest.dropFirst(fragment.count)
            channel.hasUnsentKeyUpdate = false
        }
    }

    /// Tells the peer that nothing more will be sent. Reading goes on; a second call does nothing.
    public mutating func close() {
        guard failure == nil else { return }
        channel.sendAlert(.closeNotify)
    }

    /// Takes the newest session a client was given for later connections, each once.
    public mutating func takeSession() -> Session? { channel.takeSession() }

    /// Sends a message as it is, for tests.
    mutating func sendHandshake(_ message: [UInt8]) {
        channel.send(message)
        channel.flush()
    }

    private mutating func receive(_ record: RecordReader.Record) throws(TLSError) {
        switch record.type {
        case .handshake:
            // RFC 8446 section 5.1: fragments of messages are never empty.
            guard !record.content.isEmpty else { throw .unexpected("empty handshake record") }
            channel.messages.append(channel.reader.bytes[record.content])
            while let message = try channel.messages.next() {
                if let next = try state.receive(message, &channel) { state = next }
            }
        case .alert: try receiveAlert(channel.reader.bytes[record.content])
        case .changeCipherSpec:
            try checkNoMessageIsPending()
            guard channel.reader.bytes[record.content].elementsEqual([1]) else {
                throw .unexpected("change_cipher_spec")
            }
            try state.receiveChangeCipherSpec(&channel)
        case .applicationData:
            try checkNoMessageIsPending()
            guard channel.isEstablished, record.isProtected else { throw .unexpected("application data") }
            try channel.receiveApplicationData(record.content)
        }
    }

    /// RFC 8446 section 5.1: nothing may come between the parts of a message.
    private func checkNoMessageIsPending() throws(TLSError) {
        guard channel.messages.isEmpty else { throw .unexpected("record between the parts of a message") }
    }

    private mutating func receiveAlert(_ content: ArraySlice<UInt8>) throws(TLSError) {
        guard let level = content.first, let number = content.last, content.count == 2 else {
            throw content.isEmpty ? .unexpected("empty alert record") : .decode("alert")
        }
        let alert = AlertDescription(rawValue: number)
        switch alert {
        case .closeNotify where isEstablished: hasPeerClosed = true
        case .closeNotify: throw .received(alert)
        case .userCanceled: try countWarning()
        // RFC 8446 section 6: the level means nothing any more. Before a version is agreed on, an old server may warn.
        case _ where level == 1 && channel.version != .tls13: try countWarning()
        default: throw .received(alert)
        }
    }

    private mutating func countWarning() throws(TLSError) {
        warningCount += 1
        guard warningCount <= Connection.maximumWarningCount else { throw .unexpected("number of warnings") }
    }

    /// Ends the connection: the alert goes out, and what was held for the handshake is let go.
    private mutating func fail(_ error: TLSError) {
        switch error {
        case .refused(let alert, _), .untrusted(let alert, _): channel.sendAlert(alert)
        case .received, .truncated, .notReady: break
        }
        failure = error
        state = EndedState()
        channel.reader.discard()
        channel.messages = HandshakeBuffer()
    }
}
