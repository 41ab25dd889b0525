import Runtime
import Testing

@Suite struct GuardedTests {
    private struct Refused: Error {}

    @Test func `state changes stay, also after a body that throws`() {
        let guarded = Guarded([1])
        #expect(throws: Refused.self) {
            try guarded.withLock { state throws(Refused) in
                state.append(2)
                throw Refused()
            }
        }
        #expect(guarded.withLock { $0 } == [1, 2])
    }

    @Test func `threads take turns`() async {
        final class Counter: Sendable {
            let value = Guarded(0)
        }
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<10_000 { counter.value.withLock { $0 += 1 } } }
            }
        }
        #expect(counter.value.withLock { $0 } == 80_000)
    }
}
