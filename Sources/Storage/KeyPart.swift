package import Runtime

/// A value that can be part of a key. Its bytes order as its values do, and none of its encodings is a prefix of
/// another one, so parts can follow each other.
package protocol KeyPart {
    func append(to key: inout Key)
}

// Each width is written out: generic shifts are called through witness tables, many times a key.

extension UInt8: KeyPart {
    package func append(to key: inout Key) {
        key.bytes.append(self)
    }
}

extension UInt16: KeyPart {
    /// Most significant byte first.
    package func append(to key: inout Key) {
        key.bytes.append(UInt8(truncatingIfNeeded: self &>> 8))
        key.bytes.append(UInt8(truncatingIfNeeded: self))
    }
}

extension UInt32: KeyPart {
    /// Most significant byte first.
    package func append(to key: inout Key) {
        UInt16(truncatingIfNeeded: self &>> 16).append(to: &key)
        UInt16(truncatingIfNeeded: self).append(to: &key)
    }
}

extension UInt64: KeyPart {
    /// Most significant byte first.
    package func append(to key: inout Key) {
        // An integer's own bytes, for the time of the call.
        unsafe withUnsafeBytes(of: bigEndian) { bytes in unsafe key.bytes.append(contentsOf: bytes) }
    }
}

extension UInt128: KeyPart {
    /// Most significant byte first.
    package func append(to key: inout Key) {
        // An integer's own bytes, for the time of the call.
        unsafe withUnsafeBytes(of: bigEndian) { bytes in unsafe key.bytes.append(contentsOf: bytes) }
    }
}

extension Int64: KeyPart {
    /// Big-endian with the sign bit flipped, so that negative numbers come first.
    package func append(to key: inout Key) {
        (UInt64(bitPattern: self) ^ (1 << 63)).append(to: &key)
    }
}

extension Int: KeyPart {
    package func append(to key: inout Key) {
        Int64(self).append(to: &key)
    }
}

extension Bool: KeyPart {
    package func append(to key: inout Key) {
        key.bytes.append(self ? 1 : 0)
    }
}

extension Timestamp: KeyPart {
    package func append(to key: inout Key) {
        milliseconds.append(to: &key)
    }
}

extension String: KeyPart {
    /// UTF-8 with 0x00 written as 0x00 0xff, ended by 0x00 0x01.
    package func append(to key: inout Key) {
        appendEscaped(utf8, to: &key)
    }
}

extension [UInt8]: KeyPart {
    /// The bytes with 0x00 written as 0x00 0xff, ended by 0x00 0x01.
    package func append(to key: inout Key) {
        appendEscaped(self, to: &key)
    }
}

private func appendEscaped(_ bytes: some Sequence<UInt8>, to key: inout Key) {
    for byte in bytes {
        key.bytes.append(byte)
        if byte == 0 { key.bytes.append(0xff) }
    }
    key.bytes.append(0)
    key.bytes.append(1)
}

/// Bytes as they are, for parts that always have the same length, such as ids and hashes.
package struct FixedBytes: KeyPart {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func append(to key: inout Key) {
        key.bytes.append(contentsOf: bytes)
    }
}

/// A part in reverse order: the largest value comes first.
package struct Descending<Part: KeyPart>: KeyPart {
    package let part: Part

    package init(_ part: Part) {
        self.part = part
    }

    package func append(to key: inout Key) {
        let start = key.bytes.count
        part.append(to: &key)
        for index in start..<key.bytes.count { key.bytes[index] = ~key.bytes[index] }
    }
}
