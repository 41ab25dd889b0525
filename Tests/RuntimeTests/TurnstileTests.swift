import Runtime
import Simulation
import Testing

@Suite struct TurnstileTests {
    @Test(arguments: 1...20)
    func `one goes through at a time, in the order they came`(_ seed: UInt64) throws {
        let world = World(seed: seed)
        let turn = Turnstile()
        let state = Guarded<(inside: Int, arrived: [Int], served: [Int])>((0, [], []))
        let isDone = WakeSignal()
        let mostInside = try world.run { doors in
            let most = Guarded(0)
            for number in 0..<8 {
                doors.scheduler.spawn(on: 0) {
                    state.withLock { $0.arrived.append(number) }
                    await turn.enter(on: doors.scheduler)
                    let inside = state.withLock { state -> Int in
                        state.inside += 1
                        state.served.append(number)
                        return state.inside
                    }
                    most.withLock { $0 = max($0, inside) }
                    await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 5))
                    let isLast = state.withLock { state -> Bool in
                        state.inside -= 1
                        return state.served.count == 8 && state.inside == 0
                    }
                    turn.leave()
                    if isLast { isDone.notify() }
                }
            }
            await isDone.wait(until: nil, on: doors.scheduler)
            return most.withLock { $0 }
        }
        #expect(mostInside == 1)
        #expect(state.withLock { $0.arrived } == state.withLock { $0.served })
    }
}
