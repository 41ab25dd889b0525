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

    /// Makes room for records with `byteCount` bytes of content in all.
    mutating func reserve(_ byteCount: Int) {
        let recordCount = byteCount / RecordProtection.maximumPlaintextByteCount + 1
        let needed = output.count + byteCount + recordCount * RecordProtection.maximumOverheadByteCount
        // Never by a little: asking for exactly what is needed would copy everything each time.
        if output.capacity < needed { output.reserveCapacity(max(needed, 2 * output.capacity)) }
    }

    /// Appends `bytes` in records of at most 16,384 bytes.
    mutating func append(_ type: ContentType, _ bytes: [UInt8]) {
        reserve(bytes.count)
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
