public import Bytes

extension ByteWriter {
    /// Appends the byte count of what `body` appends, as a varint, then those bytes. Contents under 128 bytes, the
    /// usual ones, are written in place; longer ones move up by the extra bytes of their count.
    @inlinable package mutating func appendMeasured(_ body: (inout ByteWriter) -> Void) {
        let start = count
        append(0)
        body(&self)
        let length = count - start - 1
        guard length >= 0x80 else {
            bytes[start] = UInt8(length)
            return
        }
        var prefix = ByteWriter()
        prefix.appendVarint(UInt64(length))
        bytes.replaceSubrange(start...start, with: prefix.bytes)
    }
}
