import JSON
import Runtime
import Storage

/// Sends a backup of the running store through the control socket. Who asked writes the file, so that it lies where
/// that user may write, and the server needs no rights outside its own directory.
final class BackupSender: Sendable {
    static let operationName = "backup"
    private static let sendSeconds = 60
    /// How long the file may take to become durable.
    private static let closeSeconds = 600
    private static let patienceMilliseconds = 1000

    private let composition: Composition
    private let isBusy = Guarded(false)

    init(_ composition: Composition) {
        self.composition = composition
    }

    /// Answers one request for a backup; returns when whoever asked has closed the stream. One at a time, so that no
    /// two write the same file.
    func send(on stream: any ByteStream) async throws(NetworkError) {
        guard await begin() else {
            return try await refuse("another backup is being made; wait for it", stream)
        }
        defer { isBusy.withLock { $0 = false } }
        let source: BackupSource
        let note = BackupNote(composition.data, composition.doors.clock)
        do throws(StoreError) {
            source = try await composition.store.beginBackup(note: note.bytes)
        } catch {
            return try await refuse("the store cannot be backed up now: \(error)", stream)
        }
        let head = JSONObject([
            (
                "backup",
                .object(Self.description(of: source.report, note, composition.data))
            )
        ])
        try await stream.send(JSONValue.object(head).encoded() + [0x0a], deadline: deadline(Self.sendSeconds))
        guard try await sendPieces(of: source, stream) else { return }
        var rest: [UInt8] = []
        _ = try await stream.receive(into: &rest, limit: 16, deadline: deadline(Self.closeSeconds))
    }

    /// Takes the turn; waits a moment for whoever is done, and whose farewell may still be on its way.
    private func begin() async -> Bool {
        let (clock, scheduler) = (composition.doors.clock, composition.doors.scheduler)
        let end = clock.instant().adding(milliseconds: Self.patienceMilliseconds)
        while true {
            let isFree = isBusy.withLock { isBusy -> Bool in
                defer { isBusy = true }
                return !isBusy
            }
            if isFree { return true }
            guard clock.instant() < end else { return false }
            await scheduler.sleep(until: clock.instant().adding(milliseconds: 20))
        }
    }

    /// What is said about a backup, wherever it was made.
    static func description(of report: BackupReport, _ note: BackupNote, _ data: DataDirectory) -> JSONObject {
        JSONObject([
            ("bytes", .number(JSONNumber(Int64(clamping: report.byteCount)))),
            ("transactions", .number(JSONNumber(Int64(clamping: report.transactionNumber)))),
            ("made_at", .string(note.madeAt)),
            ("master_key", data.keyPath.map { .string($0) } ?? .null),
        ])
    }

    /// - Returns: whether all could be read.
    private func sendPieces(of source: BackupSource, _ stream: any ByteStream) async throws(NetworkError) -> Bool {
        // Files are read beside the loops.
        let pool = WorkPool(
            "backup", priority: .background, scheduler: composition.doors.scheduler, queueLimit: 1)
        while true {
            let bytes: [UInt8]?
            do {
                bytes = try await pool.run { try source.next() }
            } catch {
                composition.doors.log.write(.error, "backup_failed", [("error", "\(error)")])
                return false
            }
            guard let bytes else { break }
            try await stream.send(bytes, deadline: deadline(Self.sendSeconds))
        }
        composition.doors.log.write(
            .info, "backup_sent",
            [
                ("transactions", String(source.report.transactionNumber)), ("bytes", String(source.report.byteCount)),
            ])
        return true
    }

    private func refuse(_ message: String, _ stream: any ByteStream) async throws(NetworkError) {
        let answer = JSONObject([("exit", .number(JSONNumber(1))), ("message", .string(message))])
        try await stream.send(JSONValue.object(answer).encoded() + [0x0a], deadline: deadline(Self.sendSeconds))
    }

    private func deadline(_ seconds: Int) -> Instant {
        composition.doors.clock.instant().adding(seconds: seconds)
    }
}
