import Bytes

/// The first page of a log file.
struct LogHeader: Equatable {
    /// `CPAYLOG1`
    private static let magic: UInt64 = 0x4350_4159_4c4f_4731

    /// 16 random bytes, the same in all files of a store.
    var storeID: [UInt8]
    /// How often the store was opened for writing.
    var epoch: UInt64
    /// Files are numbered from 1 without gaps.
    var fileNumber: UInt64
    /// Random, so that nothing of another file passes in this one.
    var salt: UInt64
    /// The last transaction of the files before.
    var previousNumber: UInt64
    /// The hash that the first frame of this file continues.
    var previousHash: UInt64
    /// Frames below this offset were durable before the file had its name.
    var provenEnd: UInt64

    enum Failure: Error, Equatable {
        case damaged(String)
        case newerFormat(UInt32)
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: LogFormat.pageByteCount)
        writer.appendBigEndian(Self.magic)
        writer.appendLittleEndian(LogFormat.version)
        writer.appendLittleEndian(UInt32(0))
        writer.append(storeID)
        writer.appendLittleEndian(epoch)
        writer.appendLittleEndian(fileNumber)
        writer.appendLittleEndian(previousNumber &+ 1)
        writer.appendLittleEndian(salt)
        writer.appendLittleEndian(previousNumber)
        writer.appendLittleEndian(previousHash)
        writer.appendLittleEndian(provenEnd)
        writer.append([UInt8](repeating: 0, count: LogFormat.pageByteCount - 4 - writer.count))
        writer.appendLittleEndian(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    /// Reads the header of `file`, which holds at least its first page if it holds anything.
    init(_ file: [UInt8]) throws(Failure) {
        guard file.count >= LogFormat.pageByteCount else { throw .damaged("the file is shorter than its header") }
        do {
            var reader = ByteReader(file, in: 0..<LogFormat.pageByteCount)
            guard try reader.bigEndian(UInt64.self) == Self.magic else {
                throw Failure.damaged("this is not the beginning of a log file")
            }
            // A newer format is recognised before anything else is believed.
            let version = try reader.littleEndian(UInt32.self)
            let sum = CRC32C.checksum(file, in: 0..<LogFormat.pageByteCount - 4)
            var sumReader = ByteReader(file, in: LogFormat.pageByteCount - 4..<LogFormat.pageByteCount)
            guard try sumReader.littleEndian(UInt32.self) == sum else {
                throw Failure.damaged("the checksum of the file's header is wrong")
            }
            guard version <= LogFormat.version else { throw Failure.newerFormat(version) }
            try reader.skip(4)
            storeID = try reader.take(16)
            epoch = try reader.littleEndian(UInt64.self)
            fileNumber = try reader.littleEndian(UInt64.self)
            let firstNumber = try reader.littleEndian(UInt64.self)
            salt = try reader.littleEndian(UInt64.self)
            previousNumber = try reader.littleEndian(UInt64.self)
            previousHash = try reader.littleEndian(UInt64.self)
            provenEnd = try reader.littleEndian(UInt64.self)
            guard firstNumber == previousNumber &+ 1, version > 0,
                provenEnd >= UInt64(LogFormat.pageByteCount), provenEnd % UInt64(LogFormat.pageByteCount) == 0
            else { throw Failure.damaged("the file's header contradicts itself") }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .damaged("the file is shorter than its header")
        }
    }

    init(
        storeID: [UInt8], epoch: UInt64, fileNumber: UInt64, salt: UInt64, previousNumber: UInt64,
        previousHash: UInt64, provenEnd: UInt64
    ) {
        precondition(storeID.count == 16, "a store id has 16 bytes")
        self.storeID = storeID
        self.epoch = epoch
        self.fileNumber = fileNumber
        self.salt = salt
        self.previousNumber = previousNumber
        self.previousHash = previousHash
        self.provenEnd = provenEnd
    }
}
