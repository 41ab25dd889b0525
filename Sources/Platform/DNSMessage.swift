import Bytes
package import Runtime

/// Why a DNS answer is of no use.
package enum DNSError: Error, Equatable {
    /// It breaks the format.
    case malformed
    /// It answers something else; the right answer may still come.
    case unrelated
    /// It was cut to fit a datagram: ask again over TCP.
    case truncated
    /// The name does not exist, which holds for so many seconds; 0 when the answer does not say.
    case nameNotFound(timeToLiveSeconds: UInt32)
    /// The server could not or would not answer.
    case serverFailure
}

/// The kinds of record that hold an address.
package enum DNSRecordType: UInt16, Sendable {
    case a = 1
    case aaaa = 28
}

/// What a DNS answer says. No addresses means that the name has none of this type.
package struct DNSAnswer: Equatable, Sendable {
    package var addresses: [IPAddress]
    /// Seconds for which it holds, also that there are none; 0 when nobody says.
    package var timeToLiveSeconds: UInt32
}

/// Queries and answers of the domain name system (RFC 1035), for addresses alone.
package enum DNSMessage {
    private static let cname: UInt16 = 5
    private static let startOfAuthority: UInt16 = 6
    private static let internet: UInt16 = 1
    private static let addressLimit = 32

    /// The query for the records of `type` of `name`; nil when `name` is not a host name: labels of 1 to 63 letters,
    /// digits, hyphens and underscores, 253 bytes in all, perhaps with a dot at the end.
    package static func query(id: UInt16, name: String, type: DNSRecordType) -> [UInt8]? {
        guard let labels = labels(of: name) else { return nil }
        var writer = ByteWriter(capacity: 280)
        writer.appendBigEndian(id)
        writer.appendBigEndian(0x0100 as UInt16)  // recursion desired
        writer.appendBigEndian(1 as UInt16)
        writer.append([0, 0, 0, 0, 0, 0])
        for label in labels {
            writer.append(UInt8(label.count))
            writer.append(label)
        }
        writer.append(0)
        writer.appendBigEndian(type.rawValue)
        writer.appendBigEndian(internet)
        return writer.bytes
    }

    /// Reads the answer in `bytes` to the query of the same arguments. Only records that belong to `name`, directly
    /// or along aliases, count.
    package static func answer(
        in bytes: [UInt8], id: UInt16, name: String, type: DNSRecordType
    ) throws(DNSError) -> DNSAnswer {
        guard var wanted = labels(of: name) else { throw .unrelated }
        do {
            var reader = ByteReader(bytes)
            let answerID = try reader.bigEndian(UInt16.self)
            let flags = try reader.bigEndian(UInt16.self)
            let questionCount = try reader.bigEndian(UInt16.self)
            let answerCount = try reader.bigEndian(UInt16.self)
            let authorityCount = try reader.bigEndian(UInt16.self)
            try reader.skip(2)
            guard answerID == id, flags & 0xf800 == 0x8000, questionCount == 1 else { throw DNSError.unrelated }
            guard try readName(&reader, in: bytes) == wanted, try reader.bigEndian(UInt16.self) == type.rawValue,
                try reader.bigEndian(UInt16.self) == internet
            else { throw DNSError.unrelated }
            switch flags & 0xf {
            case 0, 3: break
            default: throw DNSError.serverFailure
            }
            if flags & 0x0200 != 0 { throw DNSError.truncated }

            var records: [Record] = []
            // A record takes at least 11 bytes, which bounds the loop by the message.
            for _ in 0..<answerCount { records.append(try readRecord(&reader, in: bytes)) }
            if flags & 0xf != 3 {
                let answer = try follow(records, from: &wanted, type)
                if !answer.addresses.isEmpty { return answer }
            }
            // RFC 2308 section 5: what the zone says of itself bounds how long an absence holds.
            var seconds: UInt32 = 0
            for _ in 0..<authorityCount {
                if let absence = try readRecord(&reader, in: bytes).absenceSeconds { seconds = absence }
            }
            if flags & 0xf == 3 { throw DNSError.nameNotFound(timeToLiveSeconds: seconds) }
            return DNSAnswer(addresses: [], timeToLiveSeconds: seconds)
        } catch let error as DNSError {
            throw error
        } catch {
            throw .malformed
        }
    }

    // MARK: Records

    private struct Record {
        var owner: [[UInt8]]
        var type: UInt16
        var timeToLive: UInt32
        var alias: [[UInt8]]?
        var address: IPAddress?
        /// Of the start of a zone: for how long a name is absent that it does not hold.
        var absenceSeconds: UInt32?
    }

    private static func readRecord(_ reader: inout ByteReader, in bytes: [UInt8]) throws -> Record {
        let owner = try readName(&reader, in: bytes)
        let type = try reader.bigEndian(UInt16.self)
        let group = try reader.bigEndian(UInt16.self)
        let timeToLive = try reader.bigEndian(UInt32.self)
        var data = try reader.nested(Int(try reader.bigEndian(UInt16.self)))
        var record = Record(owner: owner, type: type, timeToLive: timeToLive)
        guard group == internet else {
            record.type = 0
            return record
        }
        switch type {
        case DNSRecordType.a.rawValue: record.address = .v4(try data.bigEndian(UInt32.self))
        case DNSRecordType.aaaa.rawValue:
            record.address = .v6(high: try data.bigEndian(UInt64.self), low: try data.bigEndian(UInt64.self))
        case cname: record.alias = try readName(&data, in: bytes)
        case startOfAuthority:
            _ = try readName(&data, in: bytes)
            _ = try readName(&data, in: bytes)
            try data.skip(16)
            record.absenceSeconds = min(timeToLive, try data.bigEndian(UInt32.self))
        default: return record
        }
        guard data.isAtEnd else { throw DNSError.malformed }
        return record
    }

    /// Walks from `name` along at most 16 aliases to the addresses.
    private static func follow(
        _ records: [Record], from name: inout [[UInt8]], _ type: DNSRecordType
    ) throws(DNSError) -> DNSAnswer {
        var timeToLive = UInt32.max
        for _ in 0...16 {
            let owned = records.filter { $0.owner == name }
            let matching = owned.filter { $0.type == type.rawValue }
            if !matching.isEmpty {
                for record in matching { timeToLive = min(timeToLive, record.timeToLive) }
                // RFC 2181 section 8: a value with the top bit set means zero.
                return DNSAnswer(
                    addresses: Array(matching.compactMap(\.address).prefix(addressLimit)),
                    timeToLiveSeconds: timeToLive > UInt32(Int32.max) ? 0 : timeToLive)
            }
            guard let alias = owned.first(where: { $0.alias != nil }), let target = alias.alias else {
                return DNSAnswer(addresses: [], timeToLiveSeconds: 0)
            }
            timeToLive = min(timeToLive, alias.timeToLive)
            name = target
        }
        throw .malformed
    }

    // MARK: Names

    /// The labels of a host name, in lower case.
    static func labels(of name: String) -> [[UInt8]]? {
        var bytes = name.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        if bytes.last == 0x2e { bytes.removeLast() }
        guard (1...253).contains(bytes.count) else { return nil }
        let labels = bytes.split(separator: 0x2e, omittingEmptySubsequences: false).map { Array($0) }
        for label in labels {
            guard (1...63).contains(label.count) else { return nil }
            for byte in label {
                switch byte {
                case 0x61...0x7a, 0x30...0x39, 0x2d, 0x5f: continue
                default: return nil
                }
            }
        }
        return labels
    }

    /// Reads a name that may be compressed (RFC 1035 section 4.1.4). A pointer must lead backwards, before every
    /// byte of the name read so far, so that none leads in a circle.
    private static func readName(_ reader: inout ByteReader, in bytes: [UInt8]) throws -> [[UInt8]] {
        var labels: [[UInt8]] = []
        var byteCount = 0
        var earliest = reader.position
        var part = reader
        var hasJumped = false
        while true {
            let length = try part.byte()
            switch length {
            case 0:
                if !hasJumped { reader = part }
                return labels
            case 1...63:
                byteCount += Int(length) + 1
                guard byteCount <= 254 else { throw DNSError.malformed }
                labels.append(try part.take(Int(length)).map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 })
            case 0xc0...:
                let target = Int(length & 0x3f) << 8 | Int(try part.byte())
                if !hasJumped { reader = part }
                hasJumped = true
                guard target < earliest else { throw DNSError.malformed }
                earliest = target
                part = ByteReader(bytes, in: target..<bytes.count)
            default: throw DNSError.malformed
            }
        }
    }
}
