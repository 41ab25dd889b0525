package import Runtime

/// The disk of a world: cached and durable bytes per block and per directory entry, with faults to order.
///
/// Unchecked: a world is driven by one thread, which `trace.thread` asserts.
package final class SimulatedDisk: FileSystem, @unchecked Sendable {
    /// What goes wrong. May be changed at any time.
    package var faults: DiskFaults
    /// How often each fault struck.
    package internal(set) var fired = DiskFaultCounts()
    /// The state, as processes see it and as a loss of power would leave it.
    package internal(set) var image: DiskImage
    /// The state at the start, from which `calls` lead to `image`.
    package let firstImage: DiskImage
    /// Every changing call, when the world records them.
    package private(set) var calls: [DiskCall] = []
    /// Changing calls so far: creating opens, locks, writes, truncations, syncs, changes of names. Reads do not count.
    package private(set) var callCount = 0
    /// Writes so far, as `DiskFaults` counts them.
    package private(set) var writeCount = 0
    /// Syncs of files and directories so far.
    package private(set) var syncCount = 0
    /// Reads of files so far.
    package private(set) var readCount = 0
    /// Whether the machine crashed, so that every call fails.
    package private(set) var isCrashed = false

    private let trace: Trace
    private let recordsCalls: Bool
    var generator: SeededGenerator
    /// Locked files, each with the number of its holder.
    private var locks: [Int: Int] = [:]
    private var lockCount = 0
    /// Handles of an earlier run of the machine are dead.
    private(set) var run = 0

    init(seed: UInt64, image: DiskImage, faults: DiskFaults, recordsCalls: Bool, trace: Trace) {
        self.image = image
        firstImage = recordsCalls ? image : DiskImage()
        self.faults = faults
        self.recordsCalls = recordsCalls
        self.trace = trace
        generator = SeededGenerator(seed: seed, purpose: 6)
    }

    // MARK: Crash and tampering

    /// The disk as a loss of power would leave it now. This disk goes on unchanged.
    package func crashImage(_ policy: CrashPolicy) -> DiskImage {
        image.crashed(policy)
    }

    /// The disk as a loss of power would leave it now, by seed.
    package func crashImage(seed: UInt64) -> DiskImage {
        crashImage(.seeded(seed))
    }

    /// The machine stops: every call fails until `restart`.
    package func crash() {
        guard !isCrashed else { return }
        isCrashed = true
        fired.crashes += 1
    }

    /// The machine stops, if it has not, and starts again on what is left: old handles are dead, locks are free.
    package func restart(_ policy: CrashPolicy) {
        crash()
        image = image.crashed(policy)
        locks = [:]
        isCrashed = false
        faults.crashAfterCalls = nil
        run += 1
    }

    /// Flips one bit of a file, counted from the lowest of its first byte. False when the file is not that long.
    @discardableResult
    package func flipBit(_ path: String, bit: Int) -> Bool {
        fired.flippedBits += 1
        return image.flipBit(path, bit: bit)
    }

    /// Changes the disk behind every process's back.
    package func tamper(_ change: (inout DiskImage) -> Void) {
        change(&image)
    }

    // MARK: FileSystem

    package func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        if mode == .createNew {
            try beginChange("open", path)
            let node = try image.create(path, isDirectory: false, "open")
            note(.create(path: path, isDirectory: false))
            return handle(node, path, isWritable: true)
        }
        try beginRead("open", path)
        let node = try image.existingNode(at: path, "open")
        if image.nodes[node]?.directory != nil { throw FileError(.other(21), operation: "open", path: path) }
        return handle(node, path, isWritable: mode == .readWrite)
    }

    package func list(_ directory: String) throws(FileError) -> [String] {
        try beginRead("getdents", directory)
        return try image.list(directory)
    }

    package func makeDirectory(_ path: String) throws(FileError) {
        try beginChange("mkdir", path)
        _ = try image.create(path, isDirectory: true, "mkdir")
        note(.create(path: path, isDirectory: true))
    }

    package func rename(_ from: String, to: String) throws(FileError) {
        try beginChange("rename", from)
        try image.rename(from, to: to)
        note(.rename(from: from, to: to))
    }

    package func link(_ from: String, to: String) throws(FileError) {
        try beginChange("link", from)
        try image.link(from, to: to)
        note(.link(from: from, to: to))
    }

    package func remove(_ path: String) throws(FileError) {
        try beginChange("unlink", path)
        try image.remove(path)
        note(.remove(path: path))
    }

    package func syncDirectory(_ path: String) throws(FileError) {
        try beginChange("fsync", path)
        try beginSync(path)
        try image.syncDirectory(path)
        note(.syncDirectory(path: path))
    }

    package func status(_ path: String) throws(FileError) -> FileStatus? {
        try beginRead("stat", path)
        guard let number = try image.node(at: path, "stat"), let node = image.nodes[number] else { return nil }
        return FileStatus(
            byteCount: node.directory == nil ? node.file.byteCount : 4096, isDirectory: node.directory != nil,
            owner: node.owner, permissions: node.permissions)
    }

    package func freeSpace(_ path: String) throws(FileError) -> UInt64 {
        try beginRead("statvfs", path)
        _ = try image.existingNode(at: path, "statvfs")
        let capacity = faults.capacity ?? 1 << 40
        return capacity - min(capacity, image.usedByteCount)
    }

    package func lock(_ path: String, note text: String) throws(FileError) -> any FileLock {
        let node: Int
        if let existing = try image.node(at: path, "open") {
            try beginChange("flock", path)
            guard locks[existing] == nil else {
                throw FileError(.isBusy, operation: "flock", path: path)
            }
            node = existing
        } else {
            try beginChange("open", path)
            node = try image.create(path, isDirectory: false, "open")
            note(.create(path: path, isDirectory: false))
        }
        lockCount += 1
        locks[node] = lockCount
        let bytes = Array(text.utf8)
        image.truncate(node, to: 0)
        note(.truncate(node: node, path: path, byteCount: 0))
        image.write(node, bytes[...], at: 0)
        note(.write(node: node, path: path, offset: 0, bytes: bytes))
        return SimulatedFileLock(node: node, number: lockCount, disk: self)
    }

    func unlock(_ node: Int, number: Int) {
        if locks[node] == number { locks[node] = nil }
    }

    // MARK: For handles

    /// - Throws: after a crash; on the handle of an earlier run.
    func beginRead(_ operation: StaticString, _ path: String, run: Int? = nil) throws(FileError) {
        trace.thread.check()
        if isCrashed || run ?? self.run != self.run {
            throw FileError(DiskFaults.crashed, operation: operation, path: path)
        }
    }

    func countRead(_ path: String) throws(FileError) {
        readCount += 1
        if faults.failingReads.contains(readCount) || generator.happens(perMillion: faults.readFailureChance) {
            fired.failedReads += 1
            throw FileError(.inputOutput, operation: "pread", path: path)
        }
    }

    /// Counts a changing call, and lets it fail when it is meant to.
    func beginChange(_ operation: StaticString, _ path: String, run: Int? = nil) throws(FileError) {
        try beginRead(operation, path, run: run)
        if let limit = faults.crashAfterCalls, callCount >= limit {
            crash()
            throw FileError(DiskFaults.crashed, operation: operation, path: path)
        }
        callCount += 1
        trace.record(.disk, UInt64(callCount), Trace.hash(path))
        if let reason = faults.failingCalls[callCount] {
            fired.failedCalls += 1
            trace.record(.diskFault, 0)
            throw FileError(reason, operation: operation, path: path)
        }
    }

    private func beginSync(_ path: String) throws(FileError) {
        syncCount += 1
        if faults.failingSyncs.contains(syncCount) || generator.happens(perMillion: faults.syncFailureChance) {
            fired.failedSyncs += 1
            trace.record(.diskFault, 1)
            throw FileError(.inputOutput, operation: "fsync", path: path)
        }
    }

    func write(_ node: Int, _ path: String, _ bytes: [UInt8], at offset: UInt64) throws(FileError) {
        writeCount += 1
        trace.record(.disk, offset, Trace.hash(bytes))
        let injected: FileError.Reason? =
            faults.failingWrites[writeCount]
            ?? (generator.happens(perMillion: faults.writeFailureChance) ? faults.writeFailureReason : nil)
        if let injected {
            fired.failedWrites += 1
            let count = bytes.isEmpty ? 0 : generator.below(bytes.count) & ~7
            put(node, path, bytes.prefix(count), at: offset)
            throw FileError(injected, operation: "pwrite", path: path)
        }
        if faults.lostWrites.contains(writeCount) {
            fired.lostWrites += 1
            return
        }
        if faults.misdirectedWrites.contains(writeCount) {
            fired.misdirectedWrites += 1
            let distance = UInt64(1 + generator.below(8)) * UInt64(FileBlocks.blockByteCount)
            put(node, path, bytes[...], at: offset >= distance ? offset - distance : offset + distance)
            return
        }
        if losesBlocks(node, path, bytes, at: offset) { return }
        let fitting = fittingByteCount(node, bytes.count, at: offset)
        put(node, path, bytes.prefix(fitting), at: offset)
        if fitting < bytes.count {
            fired.fullVolumes += 1
            trace.record(.diskFault, 2)
            throw FileError(.noSpace, operation: "pwrite", path: path)
        }
    }

    /// How many bytes of a write the volume has room for.
    private func fittingByteCount(_ node: Int, _ count: Int, at offset: UInt64) -> Int {
        guard let capacity = faults.capacity, let file = image.nodes[node]?.file else { return count }
        let freeBlocks = Int((capacity - min(capacity, image.usedByteCount)) / UInt64(FileBlocks.blockByteCount))
        if file.newBlockCount(offset: offset, count: count) <= freeBlocks { return count }
        var fitting = 0
        while fitting < count {
            let toBlockEnd = FileBlocks.blockByteCount - (Int(offset) + fitting) % FileBlocks.blockByteCount
            let next = min(count, fitting + toBlockEnd)
            if file.newBlockCount(offset: offset, count: next) > freeBlocks { break }
            fitting = next
        }
        return fitting
    }

    func put(_ node: Int, _ path: String, _ bytes: ArraySlice<UInt8>, at offset: UInt64) {
        guard !bytes.isEmpty else { return }
        image.write(node, bytes, at: offset)
        note(.write(node: node, path: path, offset: offset, bytes: recordsCalls ? Array(bytes) : []))
    }

    func sync(_ node: Int, _ path: String) throws(FileError) {
        do {
            try beginSync(path)
        } catch {
            let seed = generator.next()
            var choices = SeededGenerator(seed: seed, purpose: 5)
            image.nodes[node]?.file.failSync(&choices)
            note(.failedSync(node: node, path: path, seed: seed))
            throw error
        }
        image.nodes[node]?.file.sync()
        note(.sync(node: node, path: path))
    }

    func truncate(_ node: Int, _ path: String, to byteCount: UInt64) {
        image.truncate(node, to: byteCount)
        note(.truncate(node: node, path: path, byteCount: byteCount))
    }

    private func handle(_ node: Int, _ path: String, isWritable: Bool) -> SimulatedFile {
        image.opened(node)
        return SimulatedFile(node: node, path: path, isWritable: isWritable, run: run, disk: self)
    }

    private func note(_ call: DiskCall) {
        if recordsCalls { calls.append(call) }
    }

    /// Lets go of all bytes, when the world ends.
    func abandon() {
        image = DiskImage()
        calls = []
        isCrashed = true
        run += 1
    }
}
