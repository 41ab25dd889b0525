import Runtime

@testable import Storage

/// Doors for one store on one thread: workers run when the test says so, in a seeded order.
final class TestWorld: Scheduler, Clock, Entropy, Network, LogSink, @unchecked Sendable {
    private final class TestWorker: Worker, @unchecked Sendable {
        let step: @Sendable () -> WorkerStep
        var isReady = true
        var deadline: Instant?
        var isFinished = false

        init(_ step: @escaping @Sendable () -> WorkerStep) {
            self.step = step
        }

        func wake() { isReady = true }
    }

    let disk: TestDisk
    private var workers: [TestWorker] = []
    private var state: UInt64
    private var nanoseconds: UInt64 = 1_000_000_000
    private var wallOffset: Int64 = 0
    private(set) var events: [String] = []

    init(disk: TestDisk = TestDisk(), seed: UInt64 = 1) {
        self.disk = disk
        state = seed
    }

    var doors: Doors {
        Doors(clock: self, entropy: self, files: disk, network: self, scheduler: self, log: self)
    }

    /// Small files, so that tests see many of them.
    static var smallOptions: StoreOptions {
        var options = StoreOptions()
        options.seed = 7
        options.logFileByteCount = 64 << 10
        options.logAheadByteCount = 8 << 10
        options.transactionByteLimit = 12 << 10
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        options.memtableByteCount = 32 << 10
        return options
    }

    func random() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    /// Runs workers until all of them sleep; with `advancing`, deadlines too, by moving the clock to them.
    func run(advancing: Bool = false) {
        while true {
            let ready = workers.filter {
                !$0.isFinished && ($0.isReady || $0.deadline.map { $0 <= instant() } ?? false)
            }
            if ready.isEmpty {
                guard advancing, let next = workers.compactMap({ $0.isFinished ? nil : $0.deadline }).min() else {
                    return
                }
                nanoseconds = max(nanoseconds, next.nanoseconds)
                continue
            }
            let worker = ready[Int(random() % UInt64(ready.count))]
            worker.isReady = false
            worker.deadline = nil
            switch worker.step() {
            case .again: worker.isReady = true
            case .idle: break
            case .wait(let until): worker.deadline = until
            case .finished: worker.isFinished = true
            }
        }
    }

    func advance(milliseconds: Int) {
        nanoseconds += UInt64(milliseconds) * 1_000_000
    }

    /// Moves the wall clock, not the monotonic one.
    func setBack(milliseconds: Int64) { wallOffset -= milliseconds }

    // MARK: Doors

    func now() -> Timestamp { Timestamp(milliseconds: 1_700_000_000_000 + Int64(nanoseconds / 1_000_000) + wallOffset) }
    func instant() -> Instant { Instant(nanoseconds: nanoseconds) }

    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random()) }
    }

    func write(_ level: LogLevel, _ event: StaticString, _ fields: [(name: StaticString, value: String)]) {
        events.append("\(event)")
    }

    var loopCount: Int { 1 }
    var currentLoop: Int { 0 }

    func spawn(on loop: Int, _ body: @escaping @Sendable () async -> Void) {}

    /// Tasks of tests never really wait: the workers run until the waiter is resumed.
    func suspend(until deadline: Instant?, _ register: (any Waiter) -> Void) async -> Bool {
        register(TestWaiter {})
        run()
        return true
    }

    func startWorker(
        _ name: StaticString, priority: WorkerPriority, _ step: @escaping @Sendable () -> WorkerStep
    ) -> any Worker {
        let worker = TestWorker(step)
        workers.append(worker)
        return worker
    }

    func listen(on address: SocketAddress) throws(NetworkError) -> any Listener { throw .refused }
    func connect(to address: SocketAddress, deadline: Instant) async throws(NetworkError) -> any ByteStream {
        throw .refused
    }
    func resolve(_ name: String, deadline: Instant) async throws(NetworkError) -> [IPAddress] { throw .nameNotFound }
}

final class TestWaiter: Waiter, @unchecked Sendable {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }

    func resume() { body() }
}
