import Bytes

/// One group commit in a log file: pages of 4 KiB, each with a checksum of its own.
struct LogFrame: Equatable {
    enum Kind: UInt8 {
        /// Transactions.
        case batch = 1
        /// Nothing; its presence proves the frame before.
        case mark = 2
        /// The end of a file that was left in good order.
        case seal = 3
    }

    private static let magic: UInt32 = 0x4672_616d

    var kind: Kind
    /// The first transaction; one above `lastNumber` when there is none.
    var firstNumber: UInt64
    var lastNumber: UInt64
    /// The last transaction that was durable when this frame was written.
    var durableNumber: UInt64
    /// The hash of the frame before.
    var previousHash: UInt64
    /// 32 bytes of the application's choice, carried on from frame to frame.
    var digest: [UInt8]
    var payload: [UInt8]

    var pageCount: Int { LogFormat.pageCount(payloadByteCount: payload.count) }

    /// The hash the next frame names, from the bytes of this one in the file.
    static func hash(_ bytes: Span<UInt8>, after previousHash: UInt64) -> UInt64 {
        XXH64.hash(bytes, seed: previousHash)
    }

    /// The bytes of this frame at `offset` of a file.
    func encoded(salt: UInt64, fileNumber: UInt64, offset: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: pageCount * LogFormat.pageByteCount)
        appendPageHead(0, to: &writer)
        writer.appendLittleEndian(Self.magic)
        writer.append(kind.rawValue)
        writer.append([0, 0, 0])
        writer.appendLittleEndian(UInt32(payload.count))
        writer.appendLittleEndian(UInt32(0))
        writer.appendLittleEndian(firstNumber)
        writer.appendLittleEndian(lastNumber)
        writer.appendLittleEndian(durableNumber)
        writer.appendLittleEndian(previousHash)
        writer.append(digest)
        var position = min(payload.count, LogFormat.firstPayloadByteCount)
        writer.append(payload[..<position])
        var pageIndex: UInt16 = 1
        while position < payload.count {
            appendPageHead(pageIndex, to: &writer)
            let end = min(payload.count, position + LogFormat.nextPayloadByteCount)
            writer.append(payload[position..<end])
            position = end
            pageIndex += 1
        }
        writer.append([UInt8](repeating: 0, count: pageCount * LogFormat.pageByteCount - writer.count))
        var bytes = writer.bytes
        for start in stride(from: 0, to: bytes.count, by: LogFormat.pageByteCount) {
            let place = offset + start
            var span = bytes.mutableSpan
            var page = span._mutatingExtracting(start..<start + LogFormat.pageByteCount)
            LogFormat.mask(&page, salt: salt, offset: place)
            let seed = LogFormat.checksumSeed(salt: salt, fileNumber: fileNumber, offset: place)
            let sum = CRC32C.checksum(page.span.extracting(4..<LogFormat.pageByteCount), seed: seed)
            for index in 0..<4 { page[index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
        }
        return bytes
    }

    private func appendPageHead(_ index: UInt16, to writer: inout ByteWriter) {
        writer.appendLittleEndian(UInt32(0))
        writer.appendLittleEndian(index)
        writer.appendLittleEndian(UInt16(0))
    }

    /// Reads the frame's fields from its first page, checked and unmasked.
    /// - Returns: nil when they are no such fields.
    static func readHead(_ page: [UInt8]) -> (frame: LogFrame, payloadByteCount: Int)? {
        do {
            var reader = ByteReader(page)
            try reader.skip(LogFormat.pageHeadByteCount)
            guard try reader.littleEndian(UInt32.self) == magic, let kind = Kind(rawValue: try reader.byte()) else {
                return nil
            }
            try reader.skip(3)
            let payloadByteCount = Int(try reader.littleEndian(UInt32.self))
            try reader.skip(4)
            let frame = LogFrame(
                kind: kind, firstNumber: try reader.littleEndian(UInt64.self),
                lastNumber: try reader.littleEndian(UInt64.self), durableNumber: try reader.littleEndian(UInt64.self),
                previousHash: try reader.littleEndian(UInt64.self), digest: try reader.take(32), payload: [])
            guard LogFormat.pageCount(payloadByteCount: payloadByteCount) <= LogFormat.maxFramePageCount,
                frame.firstNumber <= frame.lastNumber &+ 1, frame.durableNumber <= frame.lastNumber
            else { return nil }
            return (frame, payloadByteCount)
        } catch {
            return nil
        }
    }
}
