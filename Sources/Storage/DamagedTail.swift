package import Runtime

/// Damage to the newest log file at which an operator may decide to cut the log off, and what that would lose.
package struct DamagedTail: Sendable, Equatable {
    /// The path of the file.
    package let file: String
    /// Where the damage is.
    package let offset: UInt64
    package let reason: String
    /// The last transaction that would be kept.
    package let keptNumber: UInt64
    /// Its time; nil when nothing would be kept.
    package let keptTime: Timestamp?
    /// Groups of transactions behind the damage that can still be recognised, and the last transaction in them; nil for
    /// none. There may have been more.
    package private(set) var lostGroupCount = 0
    package private(set) var lostNumber: UInt64?
    /// Bytes that were written from the damage on.
    package private(set) var lostByteCount: UInt64 = 0
}

extension DamagedTail {
    /// Looks for what stands behind the damage.
    fileprivate mutating func search(_ bytes: [UInt8], _ header: LogHeader) {
        let pageByteCount = LogFormat.pageByteCount
        let first = Int(clamping: offset) / pageByteCount * pageByteCount
        for start in stride(from: max(pageByteCount, first), to: bytes.count, by: pageByteCount) {
            let end = min(bytes.count, start + pageByteCount)
            guard bytes[start..<end].contains(where: { $0 != 0 }) else { continue }
            lostByteCount += UInt64(end - start)
            guard end - start == pageByteCount,
                let page = LogFormat.plainPage(bytes, at: start, salt: header.salt, fileNumber: header.fileNumber),
                let head = LogFrame.readHead(page), head.frame.kind == .batch, head.frame.lastNumber > keptNumber
            else { continue }
            lostGroupCount += 1
            lostNumber = max(lostNumber ?? 0, head.frame.lastNumber)
        }
    }
}

extension Store {
    /// What cutting the log of the store in `directory` off would lose. Takes no lock and changes nothing.
    ///
    /// - Returns: nil when the log can be read as it is.
    /// - Throws: `corrupt` when the damage is such that cutting does not help; `file`, `newerFormat`.
    package static func damagedTail(directory: String, files: any FileSystem) throws(StoreError) -> DamagedTail? {
        let manifest = try ManifestFile(directory: directory, files: files).load()
        func recover(cutting: Bool) throws(StoreError) -> LogRecovery.Outcome {
            var recovery = LogRecovery(
                directory: directory, files: files, manifest: manifest, cutsDamagedTail: cutting
            ) { _, _, _ in }
            return try recovery.run()
        }
        do throws(StoreError) {
            _ = try recover(cutting: false)
            return nil
        } catch .corrupt(let file, let offset, let reason) {
            let outcome = try recover(cutting: true)
            // Segments may reach further than what can be read of the log.
            let kept = max(outcome.number, manifest?.flushed.number ?? 0)
            let milliseconds = max(outcome.milliseconds, manifest?.flushed.milliseconds ?? 0)
            var tail = DamagedTail(
                file: file, offset: offset, reason: reason, keptNumber: kept,
                keptTime: kept > 0 ? Timestamp(milliseconds: milliseconds) : nil)
            if let bytes = contents(of: file, files), let header = try? LogHeader(bytes) { tail.search(bytes, header) }
            return tail
        }
    }

    private static func contents(of path: String, _ files: any FileSystem) -> [UInt8]? {
        guard let file = try? files.open(path, .readOnly) else { return nil }
        defer { file.close() }
        guard let byteCount = try? file.byteCount() else { return nil }
        return try? file.read(at: 0, count: Int(clamping: byteCount))
    }
}
