import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct RecoveryTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a crash at any call leaves a prefix with everything acknowledged`(seed: UInt64) throws {
        let workload = try Workload(seed: seed, bursts: 6, burstLimit: 3, textLimit: 1200, closes: seed % 2 == 0)
        var count = 0
        try workload.trace.forEachCrash(seed: seed, limit: 6) { image, crash in
            count += 1
            let world = TestWorld(disk: image, seed: seed)
            let store = try world.open()
            try workload.check(store, acknowledged: workload.acknowledged(after: crash.callCount), "\(crash)")
            // What was recovered once stays, and work goes on behind it.
            guard count % 5 == 0 else { return }
            let number = store.durableNumber
            try world.transact(store) { $0.put(Note(id: 99, name: "last", text: "after")) }
            let reopened = try world.crashed(.seeded(UInt64(count))).open()
            var state = workload.states[Int(number)]
            state[99] = Note(id: 99, name: "last", text: "after")
            #expect(reopened.durableNumber == number + 1)
            try Workload.check(reopened, state, "\(crash), then another")
        }
        #expect(count > 50)
    }

    @Test(arguments: 11...13 as ClosedRange<UInt64>)
    func `a crash at any call of recovery loses nothing either`(seed: UInt64) throws {
        let workload = try Workload(seed: seed, bursts: 3, burstLimit: 3, textLimit: 900)
        let calls = workload.trace.calls.count
        try workload.trace.forEachCrash(seed: seed, limit: 4, callCounts: max(0, calls - 9)...calls) { image, crash in
            let world = TestWorld(disk: image, seed: seed, recordsCalls: true)
            let first = try world.open()
            let shown = first.durableNumber
            world.run()
            let acknowledged = workload.acknowledged(after: crash.callCount)
            let openCalls = world.world.disk.calls.count
            let trace = DiskTrace(firstImage: world.world.disk.firstImage, calls: world.world.disk.calls)
            try trace.forEachCrash(seed: seed, limit: 4) { image, second in
                let store = try TestWorld(disk: image, seed: seed).open()
                // Once the store was open, readers have seen what it recovered.
                let floor = second.callCount == openCalls ? shown : acknowledged
                try workload.check(store, acknowledged: floor, "\(crash), then \(second)")
            }
        }
    }

    private static func small(_ options: inout StoreOptions) {
        options.memtableByteCount = 1 << 10
        options.blockByteCount = 300
        options.levelOneSegmentByteCount = 1 << 10
        options.segmentByteCount = 2 << 10
        options.levelByteCount = 2 << 10
    }

    @Test(arguments: 21...22 as ClosedRange<UInt64>)
    func `a crash at any call of flushes, compactions and manifest switches loses nothing`(seed: UInt64) throws {
        let workload = try Workload(
            seed: seed, bursts: 5, burstLimit: 2, textLimit: 500, closes: seed % 2 == 0, Self.small)
        let switches = workload.trace.calls.count { $0.description.hasSuffix("to store/CURRENT") }
        #expect(switches > 4)
        try workload.trace.forEachCrash(seed: seed, limit: 4) { image, crash in
            let world = TestWorld(disk: image, seed: seed)
            let store = try world.open(Self.small)
            try workload.check(store, acknowledged: workload.acknowledged(after: crash.callCount), "\(crash)")
        }
    }

    @Test func `a crash at any call of a recovery that finds segments loses nothing either`() throws {
        let workload = try Workload(seed: 31, bursts: 8, burstLimit: 2, textLimit: 500, Self.small)
        var random = TestRandom(seed: 31)
        for _ in 0..<5 {
            let crash = DiskTrace.Crash(
                callCount: 40 + random.below(workload.trace.calls.count - 40), policy: .seeded(random.next()))
            let world = TestWorld(disk: try workload.trace.image(after: crash), seed: 31, recordsCalls: true)
            let first = try world.open(Self.small)
            let shown = first.durableNumber
            let openCalls = world.world.disk.calls.count
            world.run()
            let acknowledged = workload.acknowledged(after: crash.callCount)
            let trace = DiskTrace(firstImage: world.world.disk.firstImage, calls: world.world.disk.calls)
            try trace.forEachCrash(seed: 31, limit: 4) { image, second in
                let store = try TestWorld(disk: image, seed: 31).open(Self.small)
                let floor = second.callCount >= openCalls ? shown : acknowledged
                try workload.check(store, acknowledged: floor, "\(crash), then \(second)")
            }
        }
    }

    @Test func `long runs over many files survive crashes anywhere`() throws {
        for seed in 100..<106 as Range<UInt64> {
            let workload = try Workload(seed: seed, bursts: 40, burstLimit: 6, textLimit: 2500)
            let trace = workload.trace
            var random = TestRandom(seed: seed)
            for _ in 0..<12 {
                let crash = DiskTrace.Crash(
                    callCount: random.below(trace.calls.count + 1), policy: .seeded(random.next()))
                let store = try TestWorld(disk: try trace.image(after: crash), seed: seed).open()
                try workload.check(store, acknowledged: workload.acknowledged(after: crash.callCount), "\(crash)")
            }
        }
    }

    @Test func `what a new process found in the page cache only is kept once it was seen`() throws {
        let world = TestWorld()
        let first = try world.open()
        try world.transact(first) { $0.put(Note(id: 1)) }
        // The next sync fails, the process ends, and the machine lives on: the frame is in memory only.
        world.world.disk.faults.failingCalls = [world.world.disk.callCount + 3: .inputOutput]
        #expect(throws: StoreError.outcomeUnknown) { try world.transact(first) { $0.put(Note(id: 2)) } }
        let second = try world.open()
        #expect(second.durableNumber == 2)
        let third = try world.crashed(.loseAll).open()
        #expect(third.durableNumber == 2)
        #expect(try third.readSync { $0.exists(Note.self, Key(Int64(2))) })
    }
}
