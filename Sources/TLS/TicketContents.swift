import Bytes
import Crypto

/// What a server writes into a ticket, to go on with the session without keeping it.
struct TicketContents {
    var cipherSuite: CipherSuite
    /// Seconds since 1970.
    var issuedAt: Int64
    var ageAddend: UInt32
    /// When the certificate that vouched for the server expires.
    var validUntil: Int64
    /// The host the client had asked for; empty for none.
    var serverName: String
    /// SHA-256 of the leaf certificate.
    var identity: [UInt8]
    /// The pre-shared key, as long as the suite's hash.
    var key: [UInt8]

    /// The bytes that are then sealed.
    func encode(serial: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: 160)
        writer.appendBigEndian(serial)
        writer.appendBigEndian(cipherSuite.rawValue)
        writer.appendBigEndian(issuedAt)
        writer.appendBigEndian(ageAddend)
        writer.appendBigEndian(validUntil)
        writer.opaque(1, Array(serverName.utf8))
        writer.append(identity)
        writer.append(key)
        return writer.bytes
    }

    init(
        cipherSuite: CipherSuite, issuedAt: Int64, ageAddend: UInt32, validUntil: Int64, serverName: String,
        identity: [UInt8], key: [UInt8]
    ) {
        self.cipherSuite = cipherSuite
        self.issuedAt = issuedAt
        self.ageAddend = ageAddend
        self.validUntil = validUntil
        self.serverName = serverName
        self.identity = identity
        self.key = key
    }

    /// Reads what ``encode(serial:)`` wrote, or gives nil.
    init?(_ bytes: [UInt8], serial: inout UInt64) {
        var reader = ByteReader(bytes)
        do {
            serial = try reader.bigEndian(UInt64.self)
            guard let suite = CipherSuite(rawValue: try reader.bigEndian(UInt16.self)) else { return nil }
            cipherSuite = suite
            issuedAt = try reader.bigEndian(Int64.self)
            ageAddend = try reader.bigEndian(UInt32.self)
            validUntil = try reader.bigEndian(Int64.self)
            serverName = String(decoding: try reader.take(Int(try reader.byte())), as: UTF8.self)
            identity = try reader.take(Digest.byteCount)
            key = try reader.take(suite.hash.byteCount)
        } catch {
            return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}
