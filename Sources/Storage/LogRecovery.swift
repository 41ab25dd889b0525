import Bytes
import Runtime

/// Reads all log files of a directory, in order, and says what the store holds.
struct LogRecovery {
    /// A batch that was written last and that nothing behind it proves: it may exist in the page cache only.
    struct Unproven {
        var frame: LogFrame
        /// State of the log in front of it.
        var previousNumber: UInt64
        var previousHash: UInt64
    }

    /// What the log says.
    struct Outcome {
        var storeID: [UInt8] = []
        var epoch: UInt64 = 0
        /// The newest file; 0 when there is none.
        var fileNumber: UInt64 = 0
        var number: UInt64 = 0
        var hash: UInt64 = 0
        var digest = [UInt8](repeating: 0, count: 32)
        /// The time of the last transaction.
        var milliseconds: Int64 = 0
        var unproven: Unproven?
        /// Where each file begins.
        var starts: [LogStart] = []
        /// Files that were read.
        var fileCount: UInt64 = 0
        /// Whether a group that nobody was told of was cut off.
        var isTorn = false
        /// What was cut off by the operator's decision.
        var cut: LogScanner.Damage?
        /// Whether the log was cut off before the end of what segments hold, so that none of it is needed.
        var endsBeforeSegments = false
        /// Where the last file's frames end.
        var lastOffset: UInt64 = 0
        var frameCount = 0
        var byteCount: UInt64 = 0
    }

    let directory: String
    let files: any FileSystem
    let cutsDamagedTail: Bool
    private(set) var outcome = Outcome()
    /// What each transaction wrote.
    private let replay: (RawKey, UInt64, [UInt8]?) -> Void
    /// Called after each batch with the state of the log behind it.
    private let checkpoint: (FlushPoint) throws(StoreError) -> Void
    private let manifest: Manifest?
    /// The epoch of the last file read.
    private var fileEpoch: UInt64 = 0

    init(
        directory: String, files: any FileSystem, manifest: Manifest?, cutsDamagedTail: Bool = false,
        replay: @escaping (RawKey, UInt64, [UInt8]?) -> Void,
        checkpoint: @escaping (FlushPoint) throws(StoreError) -> Void = { _ in }
    ) {
        self.manifest = manifest
        self.checkpoint = checkpoint
        if let manifest {
            outcome.storeID = manifest.storeID
            outcome.epoch = manifest.epoch
            outcome.fileNumber = manifest.logStart.fileNumber - 1
            outcome.number = manifest.logStart.previousNumber
            outcome.hash = manifest.logStart.previousHash
            outcome.digest = manifest.flushed.digest
            outcome.milliseconds = manifest.flushed.milliseconds
        }
        self.directory = directory
        self.files = files
        self.cutsDamagedTail = cutsDamagedTail
        self.replay = replay
    }

    mutating func run() throws(StoreError) -> Outcome {
        // Older files hold nothing that is not in segments.
        let first = manifest?.logStart.fileNumber ?? 1
        let numbers: [UInt64]
        do {
            numbers = try files.list(directory).compactMap(LogFormat.fileNumber).filter { $0 >= first }.sorted()
        } catch {
            throw .file(error)
        }
        for (position, number) in numbers.enumerated() where number != first + UInt64(position) {
            throw .corrupt(
                file: path(first + UInt64(position)), offset: 0,
                reason: "the file is missing, though later ones exist")
        }
        if let manifest, !manifest.mayLackLog, numbers.isEmpty {
            throw .corrupt(file: path(first), offset: 0, reason: "the file is missing, though the manifest needs it")
        }
        // One file is held at a time, and the header of the next, which says where it ends.
        var next = try numbers.first.map { number throws(StoreError) in try load(number) }
        for number in numbers {
            guard let (bytes, header) = next else { break }
            next = number == numbers.last ? nil : try load(number + 1)
            try read(bytes, header, endHash: next?.1.previousHash)
        }
        // A manifest is written behind the first file of its epoch.
        if let manifest, !manifest.mayLackLog, fileEpoch < manifest.epoch, !cutsDamagedTail {
            throw .corrupt(
                file: path(outcome.fileNumber + 1), offset: 0,
                reason: "the file is missing, though the manifest was written after it")
        }
        if let flushed = manifest?.flushed.number, outcome.number < flushed {
            guard cutsDamagedTail else {
                throw .corrupt(
                    file: path(outcome.fileNumber), offset: outcome.lastOffset,
                    reason: "the log ends with transaction \(outcome.number), though segments go up to \(flushed)")
            }
            outcome.endsBeforeSegments = true
        }
        return outcome
    }

    private func path(_ number: UInt64) -> String {
        directory + "/" + LogFormat.fileName(number)
    }

    private func load(_ number: UInt64) throws(StoreError) -> ([UInt8], LogHeader) {
        let bytes: [UInt8]
        do {
            let file = try files.open(path(number), .readOnly)
            defer { file.close() }
            bytes = try file.read(at: 0, count: Int(clamping: try file.byteCount()))
        } catch {
            throw .file(error)
        }
        do throws(LogHeader.Failure) {
            let header = try LogHeader(bytes)
            guard header.fileNumber == number else {
                throw LogHeader.Failure.damaged("the file's header says it is number \(header.fileNumber)")
            }
            return (bytes, header)
        } catch {
            switch error {
            case .newerFormat(let version): throw .newerFormat(version)
            case .damaged(let reason): throw .corrupt(file: path(number), offset: 0, reason: reason)
            }
        }
    }

    /// Reads one file, up to the frame with `endHash` when a later file names it.
    private mutating func read(_ bytes: [UInt8], _ header: LogHeader, endHash: UInt64?) throws(StoreError) {
        let name = path(header.fileNumber)
        if outcome.storeID.isEmpty {
            outcome.storeID = header.storeID
        } else if header.storeID != outcome.storeID {
            throw .corrupt(file: name, offset: 0, reason: "the file belongs to another store")
        }
        guard header.epoch >= fileEpoch, header.previousNumber == outcome.number,
            header.previousHash == outcome.hash
        else { throw .corrupt(file: name, offset: 0, reason: "the file does not continue the one before it") }
        fileEpoch = header.epoch
        outcome.epoch = max(outcome.epoch, header.epoch)
        outcome.fileNumber = header.fileNumber
        outcome.unproven = nil
        outcome.fileCount += 1
        outcome.starts.append(
            LogStart(
                fileNumber: header.fileNumber, previousNumber: header.previousNumber,
                previousHash: header.previousHash))
        var scanner = LogScanner(bytes, header: header)
        var failure: StoreError?
        do throws(LogScanner.Damage) {
            while scanner.hash != endHash {
                let previous = (number: scanner.number, hash: scanner.hash)
                guard let frame = try scanner.next() else {
                    if endHash != nil {
                        throw LogScanner.Damage(
                            offset: scanner.offset, reason: "the file lacks frames that the next file continues")
                    }
                    outcome.isTorn = try scanner.end().isTorn
                    break
                }
                try apply(frame, at: scanner.offset)
                do throws(StoreError) {
                    try checkpoint(
                        FlushPoint(
                            number: frame.lastNumber, digest: outcome.digest, milliseconds: outcome.milliseconds))
                } catch {
                    failure = error
                    break
                }
                if frame.kind == .seal, endHash == nil {
                    throw LogScanner.Damage(
                        offset: scanner.offset, reason: "another file follows, as this one says, and is missing")
                }
                let isProven = frame.kind != .batch || UInt64(scanner.offset) <= header.provenEnd
                outcome.unproven =
                    isProven
                    ? nil : Unproven(frame: frame, previousNumber: previous.number, previousHash: previous.hash)
            }
        } catch {
            guard cutsDamagedTail, endHash == nil else {
                throw .corrupt(file: name, offset: UInt64(error.offset), reason: error.reason)
            }
            outcome.cut = error
        }
        if let failure { throw failure }
        outcome.lastOffset = UInt64(scanner.offset)
        outcome.number = scanner.number
        outcome.hash = scanner.hash
        outcome.byteCount += UInt64(scanner.offset)
    }

    private mutating func apply(_ frame: LogFrame, at offset: Int) throws(LogScanner.Damage) {
        outcome.digest = frame.digest
        outcome.frameCount += 1
        guard frame.kind == .batch else { return }
        do {
            let end = try Batch.decode(frame.payload, firstNumber: frame.firstNumber, replay)
            guard end.nextNumber == frame.lastNumber &+ 1 else { throw Truncated() }
            outcome.milliseconds = max(outcome.milliseconds, end.milliseconds)
        } catch {
            throw LogScanner.Damage(offset: offset, reason: "a frame's transactions cannot be read")
        }
    }
}
