/// Puts content into records, sealed once there are keys.
struct RecordWriter: ~Copyable {
    /// What is to be sent, in order.
    private(set) var output: [UInt8] = []
    private var protection: RecordProtection?

    /// Later records are under these keys.
    mutating func protect(with protection: consuming RecordProtection) { self.protection = consume protection }

    /// How many records the current keys have sealed.
    var sequenceNumber: UInt64 {
        switch protection {
        case .none: 0
        case .some(let protection): protection.sequenceNumber
        }
    }

    /// Whether there are keys.
    var isProtected: Bool { protection != nil }

    /// Appends `bytes` in records of at most 16,384 bytes.
    mutating func append(_ type: ContentType, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let fragment = rest.prefix(RecordProtection.maximumPlaintextByteCount)
            appendRecord(type, fragment)
            rest = rest.dropFirst(fragment.count)
        }
    }

    /// Appends one record.
    mutating func appendRecord(_ type: ContentType, _ fragment: ArraySlice<UInt8>) {
        if protection == nil || type == .changeCipherSpec && protection?.hidesContentType == true {
            let header = RecordProtection.header(type, count: fragment.count)
            for index in header.indices { output.append(header[index]) }
            output.append(contentsOf: fragment)
        } else {
            protection?.seal(type, fragment, to: &output)
        }
    }

    /// Takes what is to be sent, and leaves nothing behind.
    mutating func take() -> [UInt8] {
        let taken = output
        output = []
        return taken
    }
}
