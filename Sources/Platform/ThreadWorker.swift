import CLinux
import Glibc
import Runtime
import Synchronization

/// A worker on a thread of its own. A wake is never lost: it is a state that only the start of a step clears.
@safe
final class ThreadWorker: Worker, @unchecked Sendable {
    private enum State {
        static let running: UInt8 = 0
        /// A wake came since the step began.
        static let woken: UInt8 = 1
        static let asleep: UInt8 = 2
    }

    private let state = Atomic(State.running)
    // Never freed: a worker's handle and thread may each outlive the other.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func wake() {
        guard state.exchange(State.woken, ordering: .acquiringAndReleasing) == State.asleep else { return }
        // The sleeper looks at the state under the lock before it waits, so it either saw this or hears the signal.
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Runs `step` until it has finished.
    func run(_ step: () -> WorkerStep) {
        while true {
            state.store(State.running, ordering: .sequentiallyConsistent)
            switch step() {
            case .again: continue
            case .idle: sleep(until: nil)
            case .wait(let deadline): sleep(until: deadline)
            case .finished: return
            }
        }
    }

    private func sleep(until deadline: Instant?) {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        let (isAsleep, _) = state.compareExchange(
            expected: State.running, desired: State.asleep, ordering: .acquiringAndReleasing)
        guard isAsleep else { return }
        while state.load(ordering: .acquiring) == State.asleep {
            guard let deadline else {
                unsafe pthread_cond_wait(condition, mutex)
                continue
            }
            var time = timespec()
            // A deadline of centuries would overflow nothing, but is refused by some kernels.
            let nanoseconds = min(deadline.nanoseconds, 1 << 62)
            time.tv_sec = Int(nanoseconds / 1_000_000_000)
            time.tv_nsec = Int(nanoseconds % 1_000_000_000)
            if unsafe pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return }
        }
    }
}
