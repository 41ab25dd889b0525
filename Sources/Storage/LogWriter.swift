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
    /// A frame at `head` whose write found the volume full: some of it may be there.
    private var attempt: [UInt8]?
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

    /// Ends the log in good order: its last batch is proven. There is no seal, which would promise another file.
    func close() throws(FileError) {
        if needsMark { try appendMark() }
        file?.close()
        file = nil
    }

    /// Closes without another write, after a failure.
    func abandon() {
        file?.close()
        file = nil
    }

    private func append(_ kind: LogFrame.Kind, _ payload: [UInt8], _ lastNumber: UInt64) throws(FileError) {
        let byteCount = LogFormat.pageCount(payloadByteCount: payload.count) * LogFormat.pageByteCount
        // The last page of a file is kept for its seal.
        if head + byteCount + LogFormat.pageByteCount > fileByteCount { try moveOn() }
        try write(kind, payload, lastNumber)
    }

    /// Starts the next file, which proves all of this one, then seals this one: a seal says that another file follows,
    /// so that its loss is noticed.
    private func moveOn() throws(FileError) {
        let (ended, endedZeroEnd, end) = (file, zeroEnd, head)
        let seal = makeFrame(.seal, [], number).encoded(
            salt: header.salt, fileNumber: header.fileNumber, offset: head)
        do throws(FileError) {
            try withRoom { writer throws(FileError) in try writer.startFile(with: nil) }
        } catch {
            // Another attempt begins where this one did.
            file = ended
            zeroEnd = endedZeroEnd
            throw error
        }
        needsMark = false
        attempt = nil
        guard let ended else { return }
        do throws(FileError) {
            try ended.write(seal, at: UInt64(end))
        } catch {
            // Nothing depends on a seal.
            guard error.reason == .noSpace else { throw error }
        }
        try sync(ended)
        ended.close()
    }

    private func write(_ kind: LogFrame.Kind, _ payload: [UInt8], _ lastNumber: UInt64) throws(FileError) {
        guard let file else { throw FileError(.inputOutput, operation: "write", path: directory) }
        let frame = makeFrame(kind, payload, lastNumber)
        let bytes = frame.encoded(salt: header.salt, fileNumber: header.fileNumber, offset: head)
        try clearAttempt(before: bytes)
        // Zeros stay behind the last frame, so that a file that was cut short there is noticed.
        if head + bytes.count + LogFormat.pageByteCount > zeroEnd {
            let end = min(fileByteCount, head + bytes.count + zeroStep)
            try withRoom { writer throws(FileError) in try writer.fill(to: end) }
            try sync(file)
        }
        // Over zeros; only a volume that never writes in place needs room for it.
        attempt = bytes
        try whileUnsynced { () throws(FileError) in try file.write(bytes, at: UInt64(head)) }
        attempt = nil
        try fillAhead(of: head + bytes.count)
        try sync(file)
        writtenByteCount += UInt64(bytes.count)
        hash = LogFrame.hash(bytes.span, after: hash)
        head += bytes.count
        number = lastNumber
    }

    /// Another frame than the one that was tried is written over zeros too: what is left of both would look like damage.
    private func clearAttempt(before bytes: [UInt8]) throws(FileError) {
        guard let file, let tried = attempt, tried != bytes else { return }
        let zeros = [UInt8](repeating: 0, count: tried.count)
        try whileUnsynced { () throws(FileError) in try file.write(zeros, at: UInt64(head)) }
        try sync(file)
        attempt = nil
    }

    private func makeFrame(_ kind: LogFrame.Kind, _ payload: [UInt8], _ lastNumber: UInt64) -> LogFrame {
        LogFrame(
            kind: kind, firstNumber: number &+ 1, lastNumber: lastNumber, durableNumber: number, previousHash: hash,
            digest: digest, payload: payload)
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
        guard zeroEnd < wanted else {
            lacksRoom = false
            return
        }
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
        next.previousNumber = number
        next.previousHash = hash
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
