import Bytes
import Crypto
import Runtime

/// A store as it was at one moment, as the bytes of a backup file, piece by piece. The segments never change and stay
/// open, so the store goes on meanwhile; what they take on the volume is freed when this is.
package final class BackupSource: Sendable {
    private struct State {
        /// Bytes that stand before the segments and were not yet given out.
        var head: [UInt8]
        var hash = SHA256()
        var segmentIndex = 0
        var offset: UInt64 = 0
        var isFinished = false
    }

    package let report: BackupReport
    private let segments: [Segment]
    private let state: Guarded<State>

    /// - Parameter levels: Level 0 newest first.
    init(_ levels: [[Segment]], flushed: FlushPoint, storeID: [UInt8], note: [UInt8]) {
        precondition(note.count <= BackupFormat.maxNoteByteCount, "the note of a backup is too long")
        let summaries = levels.map { $0.map(\.summary) }
        let manifest = Manifest(
            storeID: storeID, epoch: 1, sequence: 1, flushed: flushed,
            nextSegmentNumber: (summaries.joined().map(\.number).max() ?? 0) + 1,
            logStart: LogStart(fileNumber: 1, previousNumber: flushed.number, previousHash: 0), mayLackLog: true,
            levels: summaries)
        let bytes = manifest.encoded()
        let head =
            BackupFormat.head(noteByteCount: note.count, manifestByteCount: bytes.count) + note + bytes
        segments = Array(levels.joined())
        report = BackupReport(
            transactionNumber: flushed.number, segmentCount: segments.count,
            byteCount: UInt64(head.count) + manifest.segmentByteCount + UInt64(BackupFormat.hashByteCount))
        state = Guarded(State(head: head))
    }

    /// The next bytes, at most about 256 KiB; nil behind the last. For a worker: it reads a file.
    package func next() throws(StoreError) -> [UInt8]? {
        do throws(FileError) {
            return try state.withLock { state throws(FileError) in try next(&state) }
        } catch {
            throw .file(error)
        }
    }

    private func next(_ state: inout State) throws(FileError) -> [UInt8]? {
        if !state.head.isEmpty {
            let bytes = state.head
            state.head = []
            state.hash.update(bytes)
            return bytes
        }
        guard state.segmentIndex < segments.count else {
            guard !state.isFinished else { return nil }
            state.isFinished = true
            return state.hash.finalize().bytes
        }
        let segment = segments[state.segmentIndex]
        let left = segment.summary.byteCount - state.offset
        let bytes = try segment.file.read(at: state.offset, count: Int(min(UInt64(BackupFormat.pieceByteCount), left)))
        guard !bytes.isEmpty else {
            throw FileError(.inputOutput, operation: "read", path: SegmentFormat.fileName(segment.summary.number))
        }
        state.hash.update(bytes)
        state.offset += UInt64(bytes.count)
        if state.offset == segment.summary.byteCount {
            state.segmentIndex += 1
            state.offset = 0
        }
        return bytes
    }
}
