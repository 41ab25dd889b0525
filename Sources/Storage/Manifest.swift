import Bytes

/// Which segments make up the store, and from where on the log is needed.
struct Manifest: Equatable {
    /// `CPAYMAN1`
    private static let magic: UInt64 = 0x4350_4159_4d41_4e31
    static let version: UInt32 = 1
    static let levelCount = 7

    enum Failure: Error, Equatable {
        case damaged(String)
        case newerFormat(UInt32)
    }

    var storeID: [UInt8]
    /// How often the store had been opened for writing.
    var epoch: UInt64
    /// Manifests of one epoch are numbered from 1.
    var sequence: UInt64
    var flushed: FlushPoint
    /// Above the number of every segment file ever named.
    var nextSegmentNumber: UInt64
    var logStart: LogStart
    /// Whether the log may have no file yet: `logStart` names one that is made after this manifest.
    var mayLackLog: Bool
    /// Level 0 newest first, the others in the order of keys.
    var levels: [[SegmentSummary]]

    var segmentByteCount: UInt64 { levels.joined().reduce(0) { $0 + $1.byteCount } }

    static func fileName(epoch: UInt64, sequence: UInt64) -> String {
        "MANIFEST-\(epoch)-\(sequence)"
    }

    var fileName: String { Self.fileName(epoch: epoch, sequence: sequence) }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 256 + 200 * levels.joined().count)
        writer.appendBigEndian(Self.magic)
        writer.appendLittleEndian(Self.version)
        writer.appendLittleEndian(UInt32(mayLackLog ? 1 : 0))
        writer.append(storeID)
        writer.appendLittleEndian(epoch)
        writer.appendLittleEndian(sequence)
        writer.appendLittleEndian(flushed.number)
        writer.append(flushed.digest)
        writer.appendLittleEndian(flushed.milliseconds)
        writer.appendLittleEndian(nextSegmentNumber)
        writer.appendLittleEndian(logStart.fileNumber)
        writer.appendLittleEndian(logStart.previousNumber)
        writer.appendLittleEndian(logStart.previousHash)
        writer.appendLittleEndian(UInt32(levels.joined().count))
        for (level, segments) in levels.enumerated() {
            for segment in segments {
                writer.append(UInt8(level))
                writer.append(segment.footer())
                writer.appendLengthPrefixed(Array(segment.smallestKey.bytes))
                writer.appendLengthPrefixed(Array(segment.largestKey.bytes))
            }
        }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        do {
            var reader = ByteReader(bytes)
            guard try reader.bigEndian(UInt64.self) == Self.magic else {
                throw Failure.damaged("this is not the beginning of a manifest")
            }
            let version = try reader.littleEndian(UInt32.self)
            guard version > 0, version <= Self.version else { throw Failure.newerFormat(version) }
            mayLackLog = try reader.littleEndian(UInt32.self) & 1 == 1
            storeID = try reader.take(16)
            epoch = try reader.littleEndian(UInt64.self)
            sequence = try reader.littleEndian(UInt64.self)
            flushed = FlushPoint()
            flushed.number = try reader.littleEndian(UInt64.self)
            flushed.digest = try reader.take(32)
            flushed.milliseconds = try reader.littleEndian(Int64.self)
            nextSegmentNumber = try reader.littleEndian(UInt64.self)
            logStart = LogStart(
                fileNumber: try reader.littleEndian(UInt64.self),
                previousNumber: try reader.littleEndian(UInt64.self),
                previousHash: try reader.littleEndian(UInt64.self))
            levels = Array(repeating: [], count: Self.levelCount)
            for _ in 0..<(try reader.littleEndian(UInt32.self)) {
                let level = Int(try reader.byte())
                let footer = try reader.take(SegmentFormat.footerByteCount)
                let smallest = RawKey(try reader.lengthPrefixed())
                let largest = RawKey(try reader.lengthPrefixed())
                guard level < Self.levelCount else { throw Failure.damaged("a segment is on no level") }
                levels[level].append(
                    try SegmentSummary(footer: footer, smallestKey: smallest, largestKey: largest))
            }
            guard reader.isAtEnd, logStart.fileNumber > 0, logStart.previousNumber <= flushed.number,
                Self.areRuns(levels),
                levels.joined().allSatisfy({ $0.storeID == storeID && $0.number < nextSegmentNumber })
            else { throw Failure.damaged("the manifest contradicts itself") }
        } catch let failure as Failure {
            throw failure
        } catch let failure as SegmentSummary.Failure {
            switch failure {
            case .damaged(let reason): throw .damaged(reason)
            case .newerFormat(let version): throw .newerFormat(version)
            }
        } catch {
            throw .damaged("the manifest ends too early")
        }
    }

    init(
        storeID: [UInt8], epoch: UInt64, sequence: UInt64, flushed: FlushPoint, nextSegmentNumber: UInt64,
        logStart: LogStart, mayLackLog: Bool, levels: [[SegmentSummary]]
    ) {
        self.storeID = storeID
        self.epoch = epoch
        self.sequence = sequence
        self.flushed = flushed
        self.nextSegmentNumber = nextSegmentNumber
        self.logStart = logStart
        self.mayLackLog = mayLackLog
        self.levels = levels
    }

    private static func areRuns(_ levels: [[SegmentSummary]]) -> Bool {
        for run in levels.dropFirst() {
            for (left, right) in zip(run, run.dropFirst()) {
                guard right.smallestKey.withWords({ left.largestKey.compare($0) }) < 0 else { return false }
            }
        }
        return true
    }
}
