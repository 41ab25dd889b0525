import Synchronization

/// Asserts that all of a world happens on the thread that drives it.
///
/// A thread is known by its stack: what a driven job calls lies a little below the frame that drives it, and stacks
/// of other threads are further away than a job is deep.
final class SingleThread: Sendable {
    /// The address of the driving frame; 0 while nobody drives, when the world belongs to whoever holds it.
    private let driver = Atomic<UInt>(0)
    private static let deepestJob: UInt = 4 << 20

    var isDriven: Bool { driver.load(ordering: .relaxed) != 0 }

    /// Traps on another thread than the driver's.
    func check() {
        let driver = driver.load(ordering: .relaxed)
        if driver == 0 { return }
        precondition(
            driver &- Self.frameAddress() < Self.deepestJob, "a second thread reached into a simulated world")
    }

    /// Runs `body` as the driver.
    func drive<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let (isFirst, _) = driver.compareExchange(
            expected: 0, desired: Self.frameAddress() &+ 4096, ordering: .relaxed)
        precondition(isFirst, "a world cannot be driven from inside itself or by two threads")
        defer { driver.store(0, ordering: .relaxed) }
        return try body()
    }

    @inline(never)
    private static func frameAddress() -> UInt {
        var mark: UInt8 = 0
        return unsafe withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
    }
}
