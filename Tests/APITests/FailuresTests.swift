import Billing
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct FailuresTests {
    @Test(arguments: [StoreError.snapshotTooOld(limitSeconds: 60), .busy, .outcomeUnknown, .closed])
    func `what the next try may find otherwise is 503, and says when to try`(error: StoreError) {
        let world = World(seed: 1)
        let refusal = Failures.refusal(for: error, requestID: "req_1", log: world.log)
        #expect(refusal.code == .unavailable)
        #expect((refusal.retryAfterSeconds ?? 0) >= 1)
        #expect(world.logLines.isEmpty)
    }

    @Test func `a full volume is 507, and what nobody outside can act on is logged and 500`() {
        let world = World(seed: 1)
        #expect(Failures.refusal(for: StoreError.storageFull, requestID: "", log: world.log).code == .storageFull)
        #expect(world.logLines.isEmpty)
        let error = StoreError.corrupt(file: "000001.segment", offset: 7, reason: "bad hash")
        let refusal = Failures.refusal(for: error, requestID: "req_1", log: world.log)
        #expect(refusal.code == .internalError)
        #expect(world.logLines.count == 1)
        #expect(!refusal.message.contains("segment"))
    }
}
