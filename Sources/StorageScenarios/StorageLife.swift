import Runtime
import Simulation
import Storage

/// One life of a process that has the store open: clients write and read until it ends.
///
/// Unchecked: a world is driven by one thread.
final class StorageLife: @unchecked Sendable {
    private static let clientCount = 3

    private let model: StorageModel
    private let options: StoreOptions
    private let occasion: String
    /// Whether a write of the life before failed midway.
    private let mayCutTail: Bool
    private var random: SeededGenerator
    private(set) var report = StorageRunReport()
    private(set) var hasOpened = false
    private(set) var refusal = ""

    init(model: StorageModel, options: StoreOptions, random: SeededGenerator, mayCutTail: Bool, occasion: String) {
        self.mayCutTail = mayCutTail
        self.model = model
        self.options = options
        self.random = random
        self.occasion = occasion
    }

    func run(_ doors: Doors, closes: Bool) async {
        let store: Store
        do throws(StoreError) {
            store = try open(doors)
        } catch {
            refusal = error.description
            // A failing disk may refuse; a store that contradicts itself is a finding.
            if case .file = error { return }
            model.note("\(occasion): \(error)")
            return
        }
        hasOpened = true
        model.restarted(at: store.durableNumber)
        look(store)
        let finished = WakeSignal()
        var left = Self.clientCount
        let countDown = CountDown(left)
        left = 0
        for _ in 0..<Self.clientCount {
            doors.scheduler.spawn(on: 0) {
                await self.work(store, doors)
                if countDown.step() { finished.notify() }
            }
        }
        await finished.wait(until: nil, on: doors.scheduler)
        look(store)
        if closes { await store.close() }
        report.add(store.statistics)
    }

    private func open(_ doors: Doors) throws(StoreError) -> Store {
        do throws(StoreError) {
            return try Store.open(directory: "store", doors: doors, options: options)
        } catch {
            // A write that failed midway can leave a page that looks damaged; the operator may cut it off, and nothing
            // acknowledged is lost by that.
            guard case .corrupt = error, mayCutTail else { throw error }
            var options = options
            options.cutsDamagedTail = true
            report.cutCount += 1
            return try Store.open(directory: "store", doors: doors, options: options)
        }
    }

    private func look(_ store: Store) {
        do {
            try store.readSync { model.check($0, occasion) }
        } catch StoreError.file {
            // A failing disk.
        } catch {
            model.note("\(occasion): a read failed: \(error)")
        }
    }

    private func work(_ store: Store, _ doors: Doors) async {
        for _ in 0..<10 + random.below(50) {
            let changes = makeChanges()
            let model = model
            do {
                let number = try await store.transact { tx -> UInt64 in
                    for (id, item) in changes {
                        if let item { tx.put(item) } else { tx.delete(Item.self, Key(id)) }
                    }
                    let number = tx.number + 1
                    tx.put(Line(number: Int64(number), text: "line \(number)"))
                    guard tx.failure == nil else { return 0 }
                    model.ran(number, changes)
                    return number
                }
                model.answered(number)
            } catch StoreError.busy, StoreError.storageFull {
                report.refusedWriteCount += 1
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 300))
            } catch StoreError.outcomeUnknown, StoreError.closed {
                return
            } catch StoreError.tooLarge, StoreError.file {
                // Over the limit, or the disk failed a read: nothing was done.
            } catch {
                model.note("\(occasion): \(error)")
                return
            }
            switch random.below(12) {
            case 0: look(store)
            case 1, 2: await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: random.below(120)))
            default: break
            }
        }
    }

    private func makeChanges() -> StorageModel.Changes {
        var changes: StorageModel.Changes = []
        for _ in 0..<1 + random.below(4) {
            let id = Int64(random.below(80))
            guard !changes.contains(where: { $0.id == id }) else { continue }
            let text = String(
                repeating: "x", count: random.below(12) == 0 ? 3000 + random.below(4000) : random.below(300))
            let color = ["red", "green", "blue"][random.below(3)]
            changes.append((id, random.below(3) == 0 ? nil : Item(id: id, name: "n\(id)", color: color, text: text)))
        }
        return changes
    }
}

/// Counts clients that have ended. Unchecked: a world is driven by one thread.
private final class CountDown: @unchecked Sendable {
    private var left: Int

    init(_ count: Int) { left = count }

    /// Whether this was the last one.
    func step() -> Bool {
        left -= 1
        return left == 0
    }
}
