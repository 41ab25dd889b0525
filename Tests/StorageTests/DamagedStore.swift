import Runtime
import Simulation
import Testing

@testable import Storage

/// A store with files of every kind, to be damaged, and what must be found in it.
struct DamagedStore {
    /// A part of a file that has a meaning of its own.
    struct Region: Sendable {
        let path: String
        let bytes: Range<Int>
    }

    /// What became of looking at all of it.
    struct Outcome {
        /// Why the store does not open.
        var refusal: StoreError?
        /// What reads that met damage said.
        var readRefusals: [StoreError] = []
        /// What is wrong though nobody said so.
        var lies: [String] = []
        /// What `verify` found.
        var found: StoreError?

        var errors: [StoreError] { (refusal.map { [$0] } ?? []) + readRefusals }
    }

    private(set) var image: DiskImage
    /// The last transaction, answered.
    let number: UInt64
    let notes: [Int64: Note]
    let segments: [SegmentSummary]

    static func small(_ options: inout StoreOptions) {
        options.memtableByteCount = 3 << 10
        options.blockByteCount = 300
        options.cacheByteCount = 20 << 10
        options.levelOneSegmentByteCount = 8 << 10
        options.segmentByteCount = 16 << 10
        options.levelByteCount = 20 << 10
    }

    /// Segments on several levels, files of the log behind them, a backup.
    init() throws {
        let world = TestWorld(seed: 17)
        let first = try world.open(Self.small)
        var notes: [Int64: Note] = [:]
        func put(_ world: TestWorld, _ store: Store, _ ids: Range<Int64>, _ textByteCount: Int) throws {
            for id in ids {
                let text = String(repeating: "x", count: textByteCount)
                let note = Note(id: id % 50, name: "n\(id % 50)", color: "red", text: "\(id)" + text)
                try world.transact(store) { $0.put(note) }
                notes[id % 50] = note
            }
        }
        try put(world, first, 0..<90, 250)
        _ = try world.world.run { _ in try await first.backup(to: "backup") }
        let again = world.crashed(.loseAll)
        let second = try again.open { options in
            Self.small(&options)
            options.memtableByteCount = 1 << 20
        }
        try put(again, second, 90..<125, 3000)
        number = second.durableNumber
        self.notes = notes
        image = again.world.disk.crashImage(.loseAll)
        let files = TestWorld(disk: image).world.doors.files
        segments = try ManifestFile(directory: "store", files: files).load()?.levels.flatMap { $0 } ?? []
        precondition(segments.count > 3 && logPaths.count >= 3, "the store has not enough files: \(image.filePaths)")
    }

    var logPaths: [String] { image.filePaths.filter { $0.hasPrefix("/store/log-") } }
    var segmentPaths: [String] { segments.map { "/store/" + SegmentFormat.fileName($0.number) } }
    var manifestPath: String { image.filePaths.first { $0.hasPrefix("/store/MANIFEST-") } ?? "" }

    // MARK: Regions

    /// The frames of each log file, without the last one of each but the newest: a seal, which is behind the end that
    /// the next file names.
    var logFrames: [Region] {
        logPaths.map { path in
            let bytes = image.contents(path) ?? []
            let end = ((bytes.lastIndex { $0 != 0 } ?? 0) / 4096 + 1) * 4096
            return Region(path: path, bytes: 4096..<(path == logPaths.last ? end : end - 4096))
        }
    }

    var logHeaders: [Region] { logPaths.map { Region(path: $0, bytes: 0..<4096) } }

    func wholeFile(_ path: String) -> Region {
        Region(path: path, bytes: 0..<(image.contents(path)?.count ?? 0))
    }

    enum SegmentPart: CaseIterable { case data, index, filter, topIndex, footer }

    func segmentRegions(_ part: SegmentPart) throws -> [Region] {
        let files = TestWorld(disk: image).world.doors.files
        var regions: [Region] = []
        for summary in segments {
            let path = "/store/" + SegmentFormat.fileName(summary.number)
            func add(_ handle: BlockHandle?) {
                guard let handle else { return }
                regions.append(
                    Region(path: path, bytes: Int(handle.offset)..<Int(handle.offset) + Int(handle.byteCount)))
            }
            let segment = try Segment(summary, directory: "store", files: files)
            let top = try segment.top()
            switch part {
            case .footer:
                let byteCount = Int(summary.byteCount)
                regions.append(
                    Region(path: path, bytes: byteCount - SegmentFormat.footerByteCount..<byteCount))
            case .topIndex: add(summary.top)
            case .index: for position in 0..<top.count { add(BlockHandle(top.node(position))) }
            case .filter: for position in 0..<top.count { add(BlockHandle(top.node(position), 1)) }
            case .data:
                for position in 0..<top.count {
                    let index = try segment.block(top.node(position), nil)
                    for place in 0..<index.count { add(BlockHandle(index.node(place))) }
                }
            }
        }
        return regions
    }

    // MARK: Looking

    /// Opens `image`, reads everything in every way, and lets it be verified.
    func examine(_ image: DiskImage) -> Outcome {
        var outcome = Outcome()
        outcome.found = Store.verify(directory: "store", files: TestWorld(disk: image).world.doors.files).failure
        let store: Store
        do throws(StoreError) {
            store = try TestWorld(disk: image).open(Self.small)
        } catch {
            outcome.refusal = error
            return outcome
        }
        if store.durableNumber != number {
            outcome.lies.append("the store ends at \(store.durableNumber) instead of \(number)")
        }
        for id in 0..<52 as Range<Int64> {
            look(store, &outcome) { snapshot in
                (
                    snapshot.get(Note.self, Key(id)) == notes[id]
                        && snapshot.first(Note.byName, Key("n\(id)")) == notes[id], "note \(id)"
                )
            }
        }
        let expected = notes.values.sorted { $0.id < $1.id }
        for order in [ScanOrder.ascending, .descending] {
            look(store, &outcome) { snapshot in
                var seen: [Note] = []
                snapshot.scan(Note.self, order: order) { note, _ in
                    seen.append(note)
                    return true
                }
                return (seen == (order == .ascending ? expected : expected.reversed()), "all notes")
            }
        }
        look(store, &outcome) { snapshot in
            var count = 0
            snapshot.scanKeys(Note.byColor, prefix: Key("red")) { _, _ in
                count += 1
                return true
            }
            return (count == expected.count, "the colors")
        }
        return outcome
    }

    private func look(_ store: Store, _ outcome: inout Outcome, _ body: (Snapshot) -> (Bool, String)) {
        do {
            let (isRight, what) = try store.readSync(body)
            if !isRight { outcome.lies.append("\(what): wrong, and nobody said so") }
        } catch let error as StoreError {
            outcome.readRefusals.append(error)
        } catch {
            outcome.lies.append("\(error)")
        }
    }

    /// Examines `image`, damaged at `path`, and expects the truth or a refusal with file, offset and advice.
    @discardableResult
    func expectTruth(_ image: DiskImage, damaged path: String, _ occasion: String) -> Outcome {
        let outcome = examine(image)
        #expect(outcome.lies == [], "\(occasion)")
        for error in outcome.errors + (outcome.found.map { [$0] } ?? []) {
            guard case .corrupt = error else {
                Issue.record("\(occasion): \(error)")
                continue
            }
            Self.expectAdvice(error, occasion)
        }
        return outcome
    }

    /// One line that names file and offset, what is lost, and a command.
    static func expectAdvice(_ error: StoreError, _ occasion: String) {
        guard case .corrupt(let file, let offset, let reason) = error else { return }
        let line = error.description
        #expect(
            line.contains(file) && line.contains("byte \(offset)") && line.contains(reason)
                && line.contains("centralpay restore --from") && line.contains("cannot be read")
                && !line.contains("\n"),
            "\(occasion): \(line)")
    }
}
