package import Billing
import Fields
package import Runtime
package import Storage

/// The time-driven work of saved methods: setups whose answers were lost or whose time is over, and removed methods
/// that their gateways have yet to forget.
package final class SavedMethodWork: Sendable, DueSource {
    private let engine: PaymentEngine

    private static let batch = 50

    package init(_ engine: PaymentEngine) {
        self.engine = engine
    }

    package var kind: StaticString { "payment_methods" }

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        let setup = snapshot.first(PaymentMethodSetup.byDue, Key(application))?.flow.dueAt
        let method = snapshot.first(PaymentMethod.byForgetting, Key(application))?.forgetAt
        guard let setup, let method else { return setup ?? method }
        return min(setup, method)
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let due = try? await engine.store.read { snapshot in
            let end = Key(application, now.adding(milliseconds: 1))
            var setups: [[UInt8]] = []
            snapshot.scan(PaymentMethodSetup.byDue, prefix: Key(application), upTo: end, limit: Self.batch) { one, _ in
                setups.append(one.token.bytes)
                return true
            }
            var methods: [PaymentMethodID] = []
            snapshot.scan(PaymentMethod.byForgetting, prefix: Key(application), upTo: end, limit: Self.batch) {
                one, _ in
                methods.append(one.id)
                return true
            }
            return (setups: setups, methods: methods)
        }
        guard let due else { return 0 }
        var count = 0
        for token in due.setups {
            do {
                try await engine.lookSetup(token)
                count += 1
            } catch {
                if await engine.postponeSetup(token) { count += 1 }
            }
        }
        for id in due.methods {
            await engine.forgetMethod(id, application)
            count += 1
        }
        return count
    }
}
