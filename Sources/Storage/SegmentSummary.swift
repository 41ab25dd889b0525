import Bytes

/// What a segment's footer says, with the range of its keys: all that the manifest keeps of a segment.
struct SegmentSummary: Equatable {
    /// `CPAYSEG1`
    private static let magic: UInt64 = 0x4350_4159_5345_4731

    enum Failure: Error, Equatable {
        case damaged(String)
        case newerFormat(UInt32)
    }

    var storeID: [UInt8]
    /// The number in the file's name.
    var number: UInt64
    var entryCount: UInt64
    /// The smallest and the largest number of a transaction that wrote an entry.
    var lowestNumber: UInt64
    var highestNumber: UInt64
    /// The top index.
    var top: BlockHandle
    var smallestKey: RawKey
    var largestKey: RawKey

    /// Bytes of the file.
    var byteCount: UInt64 { top.offset &+ UInt64(top.byteCount) &+ UInt64(SegmentFormat.footerByteCount) }

    var table: UInt8 { smallestKey.bytes.first ?? 0 }

    func footer() -> [UInt8] {
        var writer = ByteWriter(capacity: SegmentFormat.footerByteCount)
        writer.appendBigEndian(Self.magic)
        writer.appendLittleEndian(SegmentFormat.version)
        writer.appendLittleEndian(UInt32(0))
        writer.append(storeID)
        writer.appendLittleEndian(number)
        writer.appendLittleEndian(entryCount)
        writer.appendLittleEndian(lowestNumber)
        writer.appendLittleEndian(highestNumber)
        writer.appendLittleEndian(top.offset)
        writer.appendLittleEndian(top.byteCount)
        writer.appendLittleEndian(UInt32(0))
        writer.appendLittleEndian(top.hash)
        writer.appendLittleEndian(XXH64.hash(writer.bytes))
        return writer.bytes
    }

    /// Reads a footer of 96 bytes.
    init(footer: [UInt8], smallestKey: RawKey, largestKey: RawKey) throws(Failure) {
        do {
            var reader = ByteReader(footer)
            guard try reader.bigEndian(UInt64.self) == Self.magic else {
                throw Failure.damaged("this is not the footer of a segment")
            }
            let version = try reader.littleEndian(UInt32.self)
            guard footer.count == SegmentFormat.footerByteCount else {
                throw Failure.damaged("the footer has a wrong length")
            }
            var sumReader = ByteReader(footer, in: SegmentFormat.footerByteCount - 8..<SegmentFormat.footerByteCount)
            guard try sumReader.littleEndian(UInt64.self) == XXH64.hash(Array(footer.dropLast(8))) else {
                throw Failure.damaged("the checksum of the footer is wrong")
            }
            guard version > 0, version <= SegmentFormat.version else { throw Failure.newerFormat(version) }
            try reader.skip(4)
            storeID = try reader.take(16)
            number = try reader.littleEndian(UInt64.self)
            entryCount = try reader.littleEndian(UInt64.self)
            lowestNumber = try reader.littleEndian(UInt64.self)
            highestNumber = try reader.littleEndian(UInt64.self)
            let offset = try reader.littleEndian(UInt64.self)
            let byteCount = try reader.littleEndian(UInt32.self)
            try reader.skip(4)
            top = BlockHandle(offset: offset, byteCount: byteCount, hash: try reader.littleEndian(UInt64.self))
            self.smallestKey = smallestKey
            self.largestKey = largestKey
            guard offset < 1 << 48, entryCount > 0, lowestNumber <= highestNumber else {
                throw Failure.damaged("the footer contradicts itself")
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .damaged("the footer is too short")
        }
    }

    init(
        storeID: [UInt8], number: UInt64, entryCount: UInt64, lowestNumber: UInt64, highestNumber: UInt64,
        top: BlockHandle, smallestKey: RawKey, largestKey: RawKey
    ) {
        self.storeID = storeID
        self.number = number
        self.entryCount = entryCount
        self.lowestNumber = lowestNumber
        self.highestNumber = highestNumber
        self.top = top
        self.smallestKey = smallestKey
        self.largestKey = largestKey
    }
}
