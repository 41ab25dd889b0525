import Platform
import Runtime
import Synchronization
import Testing

@testable import Storage

/// The store on real threads and real files.
@Suite struct ConcurrencyTests {
    private final class Progress: Sendable {
        let isDone = Atomic<Bool>(false)
        let readCount = Atomic<Int>(0)
        let faults = Guarded<[String]>([])

        func note(_ fault: String) { faults.withLock { $0.append(fault) } }
    }

    /// Counts `limit` transactions up in two records, from several tasks at once.
    private static func write(_ doors: Doors, _ store: Store, limit: Int, _ progress: Progress) async {
        let finished = WakeSignal()
        let left = Box(Atomic(4))
        for loop in 0..<4 {
            doors.scheduler.spawn(on: loop) {
                for _ in 0..<limit / 4 {
                    let answer = try? await store.transact { tx -> Int64 in
                        let next = Int64(tx.get(Note.self, Key(Int64(1)))?.text ?? "0").map { $0 + 1 } ?? -1
                        tx.put(Note(id: 1, name: "left-\(next)", text: "\(next)"))
                        tx.put(Note(id: 2, color: "red", text: "\(next)"))
                        tx.put(Note(id: 100 + next, color: "blue"))
                        return next
                    }
                    // An answer means durable, so the caller reads its own write.
                    let seen = try? await store.read { Int64($0.get(Note.self, Key(Int64(2)))?.text ?? "") }
                    guard let answer, let seen, seen >= answer else {
                        progress.note("answered \(answer ?? -1), saw \(seen ?? -1)")
                        continue
                    }
                }
                if left.value.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { finished.notify() }
            }
        }
        await finished.wait(until: nil, on: doors.scheduler)
    }

    private final class Box: Sendable {
        let value: Atomic<Int>
        init(_ value: consuming Atomic<Int>) { self.value = value }
    }

    /// A thread that looks at snapshots until the writers are done.
    private static func startReader(_ doors: Doors, _ store: Store, _ progress: Progress) {
        let last = Box(Atomic(0))
        _ = doors.scheduler.startWorker("reader", priority: .normal) {
            let answer = try? store.readSync { snapshot -> Int in
                let first = snapshot.get(Note.self, Key(Int64(1)))?.text ?? "0"
                let second = snapshot.get(Note.self, Key(Int64(2)))?.text ?? "0"
                let named = first == "0" ? "0" : snapshot.first(Note.byName, Key("left-\(first)"))?.text
                var count = 0
                snapshot.scanKeys(Note.byColor, prefix: Key("blue"), limit: 2000) { _, _ in
                    count += 1
                    return true
                }
                return first == second && named == first && count == Int(first) ? count : -1
            }
            let before = last.value.exchange(answer ?? -1, ordering: .relaxed)
            if (answer ?? -1) < before { progress.note("read \(answer ?? -1) after \(before)") }
            progress.readCount.add(1, ordering: .relaxed)
            return progress.isDone.load(ordering: .acquiring) ? .finished : .again
        }
    }

    @Test func `readers on other threads see whole transactions, in order`() async throws {
        let directory = try HostProcess.makeTemporaryDirectory("storage")
        let doors = LinuxPlatform.start(loopCount: 2)
        let progress = Progress()
        let faults: [String] = await withCheckedContinuation { continuation in
            doors.scheduler.spawn(on: 0) {
                var options = TestWorld.smallOptions
                options.freeSpaceReserve = 0
                do {
                    let store = try Store.open(directory: directory + "/store", doors: doors, options: options)
                    for _ in 0..<2 { Self.startReader(doors, store, progress) }
                    await Self.write(doors, store, limit: 400, progress)
                    progress.isDone.store(true, ordering: .releasing)
                    await store.close()
                    let again = try Store.open(directory: directory + "/store", doors: doors, options: options)
                    if again.durableNumber != 400 { progress.note("reopened at \(again.durableNumber)") }
                    await again.close()
                } catch {
                    progress.note("\(error)")
                }
                continuation.resume(returning: progress.faults.withLock { $0 })
            }
        }
        #expect(faults == [])
        #expect(progress.readCount.load(ordering: .relaxed) > 0)
        for name in try doors.files.list(directory + "/store") {
            try doors.files.remove(directory + "/store/" + name)
        }
        try doors.files.remove(directory + "/store")
        try doors.files.remove(directory)
    }
}
