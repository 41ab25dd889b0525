import Crypto

/// The keys of one direction and the number of the next record (RFC 8446 section 5.2, RFC 5246 section 6.2.3.3).
///
/// Both versions make the nonce the same way: four bytes, then eight that are combined with the sequence number. For
/// the AES-GCM suites of TLS 1.2 those eight are zero and the result also goes on the wire (RFC 5288 section 3);
/// ChaCha20 in TLS 1.2 already does as TLS 1.3 (RFC 7905 section 2).
struct RecordProtection: ~Copyable {
    private enum Cipher: ~Copyable {
        case chaCha20Poly1305(Secret)
        case aesGCM(AESGCM)

        init(_ aead: CipherSuite.AEAD, key: consuming Secret) {
            do {
                switch aead {
                case .chaCha20Poly1305: self = .chaCha20Poly1305(key)
                case .aes128GCM, .aes256GCM: self = .aesGCM(try AESGCM(key: key))
                }
            } catch {
                preconditionFailure("an AES key of the wrong length")
            }
        }
    }

    private let cipher: Cipher
    private let version: ProtocolVersion
    private let hasExplicitNonce: Bool
    private let prefix: UInt32
    private let suffix: UInt64
    /// How many records went through.
    private(set) var sequenceNumber: UInt64 = 0

    static let tagByteCount = 16
    static let maximumPlaintextByteCount = 16_384
    private static let explicitNonceByteCount = 8

    /// - Parameters:
    ///   - key: As long as the suite says.
    ///   - iv: 12 bytes, or 4 for the AES-GCM suites of TLS 1.2.
    init(_ suite: CipherSuite, key: consuming Secret, iv: borrowing Secret) {
        let isExplicit = suite.version == .tls12 && suite.aead != .chaCha20Poly1305
        // The conditions name no property: one that is read before all of them are set makes the optimiser of Swift
        // 6.3.1 take the rest of this initialiser for unreachable.
        precondition(key.byteCount == suite.keyByteCount, "a key of the wrong length")
        precondition(iv.byteCount == (isExplicit ? 4 : 12), "an IV of the wrong length")
        var bytes = iv.revealed()
        prefix = bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
        suffix = bytes[4...].reduce(0) { $0 << 8 | UInt64($1) }
        Memory.wipe(&bytes)
        version = suite.version
        hasExplicitNonce = isExplicit
        cipher = Cipher(suite.aead, key: key)
    }

    /// The keys that follow from a traffic secret (RFC 8446 section 7.3).
    init(_ suite: CipherSuite, trafficSecret: borrowing Secret) {
        let key = suite.hash.expandLabel(trafficSecret, "key", RawSpan(), count: suite.keyByteCount)
        let iv = suite.hash.expandLabel(trafficSecret, "iv", RawSpan(), count: 12)
        self.init(suite, key: key, iv: iv)
    }

    /// How long a protected fragment may be (RFC 8446 section 5.2, RFC 5246 section 6.2.3).
    var maximumFragmentByteCount: Int {
        RecordProtection.maximumPlaintextByteCount + (version == .tls13 ? 256 : 2048)
    }

    /// Whether every record looks like application data and has its real type inside.
    var hidesContentType: Bool { version == .tls13 }

    /// How many bytes a record has more than its content, at most.
    static let maximumOverheadByteCount = 5 + explicitNonceByteCount + 1 + tagByteCount

    /// Appends `plaintext`, at most 16,384 bytes, as one record.
    mutating func seal(_ type: ContentType, _ plaintext: ArraySlice<UInt8>, to output: inout [UInt8]) {
        precondition(plaintext.count <= RecordProtection.maximumPlaintextByteCount, "a record that is too long")
        precondition(sequenceNumber < .max, "the sequence numbers are used up")
        let explicit = hasExplicitNonce ? RecordProtection.explicitNonceByteCount : 0
        let count = explicit + plaintext.count + (hidesContentType ? 1 : 0) + RecordProtection.tagByteCount
        let outer = hidesContentType ? ContentType.applicationData : type
        let header = RecordProtection.header(outer, count: count)
        for index in header.indices { output.append(header[index]) }
        if explicit > 0 { RecordProtection.append(sequenceNumber, to: &output) }
        let start = output.count
        output.append(contentsOf: plaintext)
        if hidesContentType { output.append(type.rawValue) }
        let range = start..<output.count
        let nonce = nonce(suffix ^ sequenceNumber)
        let tag =
            if hidesContentType {
                seal(&output, range, nonce.span.raw, header.span.raw)
            } else {
                seal(&output, range, nonce.span.raw, additionalData(type, count: plaintext.count).span.raw)
            }
        output.append(contentsOf: tag)
        sequenceNumber += 1
    }

    /// Opens the fragment that lies in `range` of `bytes`, in place.
    ///
    /// - Parameters:
    ///   - header: The record's five bytes as they came.
    /// - Returns: What it is, and where its content now lies.
    /// - Throws: ``TLSError``: bad_record_mac and nothing changed, not even the sequence number; record_overflow;
    ///   unexpected_message for a record of TLS 1.3 without a type.
    mutating func open(
        _ type: ContentType, header: InlineArray<5, UInt8>, _ bytes: inout [UInt8], in range: Range<Int>
    ) throws(TLSError) -> (type: ContentType, content: Range<Int>) {
        let explicit = hasExplicitNonce ? RecordProtection.explicitNonceByteCount : 0
        let minimum = explicit + RecordProtection.tagByteCount
        guard range.count >= minimum, sequenceNumber < .max else { throw RecordProtection.badMAC }
        let sealed = range.lowerBound + explicit..<range.upperBound
        let end = range.upperBound - RecordProtection.tagByteCount
        do {
            if hidesContentType {
                let nonce = nonce(suffix ^ sequenceNumber)
                try open(&bytes, sealed, nonce.span.raw, header.span.raw)
            } else {
                let sent = bytes[range.lowerBound..<sealed.lowerBound].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                let nonce = nonce(hasExplicitNonce ? sent : suffix ^ sequenceNumber)
                try open(
                    &bytes, sealed, nonce.span.raw,
                    additionalData(type, count: end - sealed.lowerBound).span.raw)
            }
        } catch {
            throw RecordProtection.badMAC
        }
        sequenceNumber += 1
        guard hidesContentType else {
            try RecordProtection.checkLength(end - sealed.lowerBound)
            return (type, sealed.lowerBound..<end)
        }
        return try RecordProtection.innerContent(bytes, in: sealed.lowerBound..<end)
    }

    /// RFC 8446 section 5.4: the type is the last byte that is not zero; what follows it is padding.
    private static func innerContent(
        _ bytes: [UInt8], in range: Range<Int>
    ) throws(TLSError) -> (type: ContentType, content: Range<Int>) {
        // Section 5.2: the inner plaintext with its type and padding is at most 2^14 + 1 bytes.
        try checkLength(range.count - 1)
        var last = range.upperBound - 1
        while last >= range.lowerBound, bytes[last] == 0 { last -= 1 }
        guard last >= range.lowerBound, let type = ContentType(rawValue: bytes[last]), type != .changeCipherSpec else {
            throw .unexpected("record without a known type")
        }
        return (type, range.lowerBound..<last)
    }

    private static func checkLength(_ count: Int) throws(TLSError) {
        guard count <= maximumPlaintextByteCount else {
            throw .refused(.recordOverflow, "A record is longer than allowed.")
        }
    }

    private static var badMAC: TLSError { .refused(.badRecordMAC, "A record is not authentic.") }

    private func seal(_ bytes: inout [UInt8], _ range: Range<Int>, _ nonce: RawSpan, _ data: RawSpan) -> [UInt8] {
        switch cipher {
        case .chaCha20Poly1305(let key):
            ChaCha20Poly1305.seal(&bytes, in: range, key: key, nonce: nonce, additionalData: data)
        case .aesGCM(let gcm): gcm.seal(&bytes, in: range, nonce: nonce, additionalData: data)
        }
    }

    private func open(
        _ bytes: inout [UInt8], _ range: Range<Int>, _ nonce: RawSpan, _ data: RawSpan
    ) throws(CryptoError) {
        switch cipher {
        case .chaCha20Poly1305(let key):
            try ChaCha20Poly1305.open(&bytes, in: range, key: key, nonce: nonce, additionalData: data)
        case .aesGCM(let gcm): try gcm.open(&bytes, in: range, nonce: nonce, additionalData: data)
        }
    }

    private func nonce(_ end: UInt64) -> InlineArray<12, UInt8> {
        var nonce = InlineArray<12, UInt8>(repeating: 0)
        for index in 0..<4 { nonce[index] = UInt8(truncatingIfNeeded: prefix >> UInt32(24 - 8 * index)) }
        for index in 0..<8 { nonce[4 + index] = UInt8(truncatingIfNeeded: end >> UInt64(56 - 8 * index)) }
        return nonce
    }

    /// RFC 5246 section 6.2.3.3: sequence number, type, version, length of the plaintext.
    private func additionalData(_ type: ContentType, count: Int) -> InlineArray<13, UInt8> {
        var data = InlineArray<13, UInt8>(repeating: 0)
        for index in 0..<8 { data[index] = UInt8(truncatingIfNeeded: sequenceNumber >> UInt64(56 - 8 * index)) }
        let header = RecordProtection.header(type, count: count)
        for index in 0..<5 { data[8 + index] = header[index] }
        return data
    }

    /// The five bytes before a fragment of `count` bytes.
    static func header(_ type: ContentType, count: Int) -> InlineArray<5, UInt8> {
        [type.rawValue, 3, 3, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    }

    private static func append(_ number: UInt64, to output: inout [UInt8]) {
        for index in 0..<8 { output.append(UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * index))) }
    }
}
