/// Takes the peer's bytes apart into records and opens them.
struct RecordReader: ~Copyable {
    /// A record whose content lies in ``bytes`` until the next one is asked for.
    struct Record {
        let type: ContentType
        let content: Range<Int>
        /// Whether it was sealed under the current keys.
        let isProtected: Bool
    }

    static let headerByteCount = 5

    private(set) var bytes: [UInt8] = []
    private var head = 0
    private var protection: RecordProtection?
    /// How many more bytes of records that do not open are skipped: a server that refuses early data cannot read it
    /// (RFC 8446 section 4.2.10).
    private var skippableByteCount = 0
    /// Whether records that look like application data are skipped because this side has no keys yet: they are early
    /// data in front of a second ClientHello.
    private var skipsApplicationData = false

    /// Adds what came; nothing is copied when all before it was read.
    mutating func append(_ more: consuming [UInt8]) {
        if head == bytes.count {
            bytes = more
        } else {
            bytes.removeSubrange(..<head)
            bytes.append(contentsOf: more)
        }
        head = 0
    }

    /// Whether no part of a record is waiting.
    var isEmpty: Bool { head == bytes.count }

    /// Gives the memory back when all was read.
    mutating func release() {
        guard isEmpty else { return }
        bytes = []
        head = 0
    }

    /// Forgets what is waiting.
    mutating func discard() {
        bytes = []
        head = 0
    }

    /// Later records are under these keys.
    mutating func protect(with protection: consuming RecordProtection) { self.protection = consume protection }

    /// From here on records that cannot be read are skipped, up to `byteCount` in all, until the first that can.
    mutating func skipEarlyData(_ byteCount: Int, hasKeys: Bool) {
        skippableByteCount = byteCount
        skipsApplicationData = !hasKeys
    }

    /// The next whole record, or nil when more bytes are needed.
    ///
    /// - Throws: ``TLSError``: unexpected_message for a type that cannot be, record_overflow, bad_record_mac.
    mutating func next() throws(TLSError) -> Record? {
        while bytes.count - head >= RecordReader.headerByteCount {
            guard let type = ContentType(rawValue: bytes[head]) else {
                throw .unexpected("record of type \(bytes[head])")
            }
            // The version is ignored (RFC 8446 section 5.1); nothing depends on it.
            let count = Int(bytes[head + 3]) << 8 | Int(bytes[head + 4])
            guard count <= maximumFragmentByteCount else {
                throw .refused(.recordOverflow, "A record is longer than allowed.")
            }
            let start = head + RecordReader.headerByteCount
            guard bytes.count - start >= count else { return nil }
            let header: InlineArray<5, UInt8> = [
                bytes[head], bytes[head + 1], bytes[head + 2], bytes[head + 3], bytes[head + 4],
            ]
            head = start + count
            if let record = try open(type, header, start..<head) { return record }
        }
        return nil
    }

    private var maximumFragmentByteCount: Int {
        switch protection {
        case .none: RecordProtection.maximumPlaintextByteCount + (skipsApplicationData ? 256 : 0)
        case .some(let protection): protection.maximumFragmentByteCount
        }
    }

    /// The record in `range`, or nil when it is to be skipped.
    private mutating func open(
        _ type: ContentType, _ header: InlineArray<5, UInt8>, _ range: Range<Int>
    ) throws(TLSError) -> Record? {
        let plain = Record(type: type, content: range, isProtected: false)
        guard protection != nil else {
            if skipsApplicationData, type == .applicationData {
                try skip(range.count)
                return nil
            }
            return plain
        }
        if protection?.hidesContentType == true, type != .applicationData {
            // RFC 8446 section 5: change_cipher_spec is never protected. A peer that fails before it has keys can
            // only say so in the clear, which is believed until the first record under the keys.
            let isEarlyAlert = type == .alert && protection?.sequenceNumber == 0
            guard type == .changeCipherSpec || isEarlyAlert else { throw .unexpected("record in the clear") }
            return plain
        }
        do {
            guard let opened = try protection?.open(type, header: header, &bytes, in: range) else { return nil }
            skippableByteCount = 0
            return Record(type: opened.type, content: opened.content, isProtected: true)
        } catch .refused(.badRecordMAC, let reason) {
            guard skippableByteCount > 0 else { throw .refused(.badRecordMAC, reason) }
            try skip(range.count)
            return nil
        }
    }

    private mutating func skip(_ count: Int) throws(TLSError) {
        guard count <= skippableByteCount else { throw .unexpected("amount of early data") }
        skippableByteCount -= count
    }
}
