import Bytes
import Runtime

/// The head of the log: appends frames, keeps zeros ahead of them, moves on to the next file when one is full.
///
/// After a throw of `append` nothing is known about the frame; the writer must not be used again, except where `mayRetry`
/// says so.
final class LogWriter {
    private let directory: String
    private let files: any FileSystem
    private let entropy: any Entropy
    private let fileByteCount: Int
    private let aheadByteCount: Int
    /// Zeros are written in pieces of so many bytes.
    private let zeroStep: Int
    /// Called when the volume is full at a place that must not fail; gives up the ballast.
    private let makeRoom: () -> Bool

    private var file: (any File)?
    private var header: LogHeader
    private var head = 0
    private var zeroEnd = 0
    private var hash: UInt64
    private(set) var number: UInt64
    private var digest: [UInt8]
    /// Whether the last frame is a batch that nothing proves yet.
    private(set) var needsMark = false
    /// Whether the last `append` found the volume full before it had anything synced, and may be called again with the
    /// same arguments.
    private(set) var mayRetry = false
    /// Whether the file is sealed and the next one is still to be made.
    private var isSealed = false
    /// Whether the last attempt to write zeros ahead found no room.
    private(set) var lacksRoom = false
    private(set) var writtenByteCount: UInt64 = 0
    private(set) var syncCount: UInt64 = 0

    var fileNumber: UInt64 { header.fileNumber }
    /// Where the current file begins.
    var fileStart: LogStart {
        LogStart(
            fileNumber: header.fileNumber, previousNumber: header.previousNumber, previousHash: header.previousHash)
    }
    var storeID: [UInt8] { header.storeID }

    /// Starts a new file behind what `outcome` says; a file of an earlier run is never written again.
    init(
        directory: String, files: any FileSystem, entropy: any Entropy, options: StoreOptions,
        after outcome: LogRecovery.Outcome,
        makeRoom: @escaping () -> Bool
    ) throws(FileError) {
        self.directory = directory
        self.files = files
        self.entropy = entropy
        self.makeRoom = makeRoom
        fileByteCount = options.logFileByteCount
        aheadByteCount = options.logAheadByteCount
        zeroStep = min(256 << 10, options.logAheadByteCount)
        digest = outcome.digest
        number = outcome.unproven?.previousNumber ?? outcome.number
        hash = outcome.unproven?.previousHash ?? outcome.hash
        header = LogHeader(
            storeID: outcome.storeID.isEmpty ? entropy.bytes(16) : outcome.storeID, epoch: outcome.epoch + 1,
            fileNumber: outcome.fileNumber, salt: 0, previousNumber: number, previousHash: hash, provenEnd: 4096)
        try withRoom { writer throws(FileError) in try writer.startFile(with: outcome.unproven?.frame) }
    }

    // MARK: Frames

    /// Appends transactions `firstNumber` on and waits until they are on stable storage.
    func append(
        _ payload: [UInt8], firstNumber: UInt64, lastNumber: UInt64, digest: [UInt8]?
    ) throws(FileError) {
        precondition(firstNumber == number &+ 1, "transaction \(firstNumber) after \(number)")
        mayRetry = false
        if let digest { self.digest = digest }
        try append(.batch, payload, lastNumber)
        needsMark = true
    }

    /// Proves the last batch.
    func appendMark() throws(FileError) {
        mayRetry = false
        try append(.mark, [], number)
        needsMark = false
    }

    /// Ends the file in good order, and the log.
    func close() throws(FileError) {
        try appendSeal()
        file?.close()
        file = nil
    }

    /// Closes without another write, after a failure.
    func abandon() {
        file?.close()
        file = nil
    }

    private func appendSeal() throws(FileError) {
        try write(LogFrame.Kind.seal, [], number)
        needsMark = false
    }

    private func append(_ kind: LogFrame.Kind, _ payload: [UInt8], _ lastNumber: UInt64) throws(FileError) {
        let byteCount = LogFormat.pageCount(payloadByteCount: payload.count) * LogFormat.pageByteCount
        // The last page of a file is kept for its seal.
        if isSealed || head + byteCount + LogFormat.pageByteCount > fileByteCount {
            if !isSealed {
                try appendSeal()
                file?.close()
                file = nil
                header.previousNumber = number
                header.previousHash = hash
                isSealed = true
            }
            try withRoom { writer throws(FileError) in try writer.startFile(with: nil) }
            isSealed = false
        }
        try write(kind, payload, lastNumber)
    }

    private func write(_ kind: LogFrame.Kind, _ payload: [UInt8], _ lastNumber: UInt64) throws(FileError) {
        guard let file else { throw FileError(.inputOutput, operation: "write", path: directory) }
        let bytes = encode(kind, payload, lastNumber, at: head)
        if head + bytes.count > zeroEnd {
            let end = min(fileByteCount, head + bytes.count + zeroStep)
            try withRoom { writer throws(FileError) in try writer.fill(to: max(end, writer.head + bytes.count)) }
            try sync(file)
        }
        // Over zeros; only a volume that never writes in place needs room for it.
        try whileUnsynced { () throws(FileError) in try file.write(bytes, at: UInt64(head)) }
        try fillAhead(of: head + bytes.count)
        try sync(file)
        writtenByteCount += UInt64(bytes.count)
        hash = LogFrame.hash(bytes.span, after: hash)
        head += bytes.count
        number = lastNumber
    }

    private func encode(_ kind: LogFrame.Kind, _ payload: [UInt8], _ lastNumber: UInt64, at offset: Int) -> [UInt8] {
        let frame = LogFrame(
            kind: kind, firstNumber: number &+ 1, lastNumber: lastNumber, durableNumber: number, previousHash: hash,
            digest: digest, payload: payload)
        return frame.encoded(salt: header.salt, fileNumber: header.fileNumber, offset: offset)
    }

    // MARK: Room

    /// Tries again to write zeros ahead, after there was no room for them.
    func refill() throws(FileError) {
        guard let file else { return }
        try fillAhead(of: head)
        try sync(file)
    }

    /// Fills some of what is missing ahead of `position`; the sync of the frame covers it. It is not needed yet, so a
    /// full volume is no failure here.
    private func fillAhead(of position: Int) throws(FileError) {
        let wanted = min(fileByteCount, position + aheadByteCount)
        guard zeroEnd < wanted else { return }
        do {
            try fill(to: min(fileByteCount, max(zeroEnd + zeroStep, position)))
            lacksRoom = false
        } catch {
            guard error.reason == .noSpace else { throw error }
            lacksRoom = true
        }
    }

    private func fill(to end: Int) throws(FileError) {
        guard let file else { return }
        while zeroEnd < end {
            let count = min(zeroStep, end - zeroEnd)
            try whileUnsynced { () throws(FileError) in
                try file.write([UInt8](repeating: 0, count: count), at: UInt64(zeroEnd))
            }
            zeroEnd += count
            writtenByteCount += UInt64(count)
        }
    }

    /// Runs `body`, and once more when the volume was full and room could be made.
    private func withRoom(_ body: (LogWriter) throws(FileError) -> Void) throws(FileError) {
        do throws(FileError) {
            try body(self)
        } catch {
            guard error.reason == .noSpace, makeRoom() else { throw error }
            try body(self)
        }
    }

    /// Notes when `body` finds no room: then it has done nothing that another attempt does not do again.
    private func whileUnsynced(_ body: () throws(FileError) -> Void) throws(FileError) {
        mayRetry = false
        do throws(FileError) {
            try body()
        } catch {
            mayRetry = error.reason == .noSpace
            throw error
        }
    }

    private func sync(_ file: any File) throws(FileError) {
        // The kernel may have dropped the pages of a failed sync, whatever its reason.
        mayRetry = false
        try file.sync()
        syncCount += 1
    }

    /// Makes the next file, complete and durable before it has its name: header, zeros, and `frame` if there is one.
    private func startFile(with frame: LogFrame?) throws(FileError) {
        var salt: UInt64 = 0
        for byte in entropy.bytes(8) { salt = salt << 8 | UInt64(byte) }
        var next = header
        next.fileNumber += 1
        next.salt = salt
        var contents: [UInt8] = []
        if let frame {
            contents = frame.encoded(salt: salt, fileNumber: next.fileNumber, offset: LogFormat.pageByteCount)
        }
        next.provenEnd = UInt64(LogFormat.pageByteCount + contents.count)
        let path = directory + "/" + LogFormat.fileName(next.fileNumber)
        let draft = path + ".new"
        try whileUnsynced { () throws(FileError) in
            if try files.status(draft) != nil { try files.remove(draft) }
            let file = try files.open(draft, .createNew)
            self.file = file
            try file.write(next.encoded() + contents, at: 0)
        }
        zeroEnd = Int(next.provenEnd)
        try fill(to: min(fileByteCount, zeroEnd + aheadByteCount))
        if let file { try sync(file) }
        // The draft is complete; without a name it counts for nothing.
        try whileUnsynced { () throws(FileError) in try files.rename(draft, to: path) }
        mayRetry = false
        try files.syncDirectory(directory)
        header = next
        head = Int(next.provenEnd)
        writtenByteCount += next.provenEnd
        if let frame {
            number = frame.lastNumber
            hash = LogFrame.hash(contents.span, after: hash)
        }
    }
}
