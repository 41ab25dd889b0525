import Runtime
import Simulation
import Storage

/// One life of a process that has the store open: clients write and read until it ends.
///
/// Unchecked: a world is driven by one thread.
final class StorageLife: @unchecked Sendable {
    private static let clientCount = 3
    private static let filler = String(repeating: "x", count: 7000)

    private let model: StorageModel
    private let options: StoreOptions
    private let occasion: String
    /// Set when the wall clock jumps.
    private let clock: SimulatedClock?
    /// Whether blocks of segments were lost or went astray, so that the store may find itself damaged and say so.
    private let mayBeDamaged: Bool
    private var random: SeededGenerator
    private(set) var report = StorageRunReport()
    private(set) var hasOpened = false
    private(set) var refusal = ""

    init(
        model: StorageModel, options: StoreOptions, random: SeededGenerator, mayBeDamaged: Bool, occasion: String,
        clock: SimulatedClock? = nil
    ) {
        self.clock = clock
        self.mayBeDamaged = mayBeDamaged
        self.model = model
        self.options = options
        self.random = random
        self.occasion = occasion
    }

    func run(_ doors: Doors, closes: Bool) async {
        let store: Store
        do throws(StoreError) {
            store = try Store.open(directory: "store", doors: doors, options: options)
        } catch {
            refusal = error.description
            // A failing disk may refuse; a store that contradicts itself is a finding.
            if case .file = error { return }
            if isExpected(error) {
                report.refusedStartCount += 1
            } else {
                model.note("\(occasion): \(error)")
            }
            return
        }
        hasOpened = true
        model.restarted(at: store.durableNumber)
        look(store, isWhole: true)
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
        look(store, isWhole: true)
        if closes { await store.close() }
        report.statistics.add(store.statistics)
    }

    /// Whether `error` is the right word for what the disk did.
    private func isExpected(_ error: StoreError) -> Bool {
        switch error {
        case .corrupt, .newerFormat: mayBeDamaged
        default: false
        }
    }

    private func look(_ store: Store, isWhole: Bool) {
        do {
            try store.readSync { model.check($0, occasion, isWhole: isWhole) }
        } catch StoreError.file {
            // A failing disk.
        } catch let error as StoreError where isExpected(error) {
            report.refusedReadCount += 1
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
                    model.ran(number, changes, at: tx.now)
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
            } catch let error as StoreError where isExpected(error) {
                report.refusedReadCount += 1
            } catch {
                model.note("\(occasion): \(error)")
                return
            }
            switch random.below(20) {
            case 0: look(store, isWhole: false)
            case 1:
                if let clock { jump(clock) }
            case 2...4:
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: random.below(120)))
            default: break
            }
        }
    }

    /// The wall clock is set, by minutes or years.
    private func jump(_ clock: SimulatedClock) {
        let most = [90_000, 100_000_000_000][random.below(2)]
        clock.jump(milliseconds: Int64(random.below(2 * most) - most))
        report.clockJumpCount += 1
    }

    private func makeChanges() -> StorageModel.Changes {
        var changes: StorageModel.Changes = []
        for _ in 0..<1 + random.below(4) {
            let id = Int64(random.below(80))
            guard !changes.contains(where: { $0.id == id }) else { continue }
            let length = random.below(12) == 0 ? 3000 + random.below(4000) : random.below(300)
            let text = String(Substring(Self.filler.utf8.prefix(length)))
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
