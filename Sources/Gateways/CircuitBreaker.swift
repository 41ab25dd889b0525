package import Billing
import Fields
package import Runtime

/// How well a gateway answers.
package enum GatewayHealth: String, Choice {
    case healthy
    /// Some recent calls did not get through.
    case degraded
    /// The circuit is open: calls are refused here, unsent.
    case down
    /// The circuit is half open: one call tries.
    case probing
}

/// One circuit for each gateway of each application: five calls in a row that were not sent, or whose outcome is
/// unknown, within 60 seconds open it; after 30 seconds one call may probe.
package final class CircuitBreaker: Sendable {
    private struct Name: Hashable {
        let application: ApplicationID
        let gateway: String
    }

    private struct Circuit {
        /// When the failures in a row happened, newest last; at most five.
        var failures: [Timestamp] = []
        var openedAt: Timestamp?
        var isProbing = false
    }

    private let circuits = Guarded<[Name: Circuit]>([:])

    private static let failureLimit = 5
    private static let windowSeconds: Int64 = 60
    private static let openSeconds: Int64 = 30

    package init() {}

    /// Whether a call may leave now. When a circuit has been open long enough this answers yes once, for the probe.
    package func allows(_ application: ApplicationID, _ gateway: String, now: Timestamp) -> Bool {
        circuits.withLock { circuits in
            let name = Name(application: application, gateway: gateway)
            guard var circuit = circuits[name], let openedAt = circuit.openedAt else { return true }
            guard !circuit.isProbing, now >= openedAt.adding(seconds: Self.openSeconds) else { return false }
            circuit.isProbing = true
            circuits[name] = circuit
            return true
        }
    }

    /// A call was answered, whatever the answer.
    ///
    /// - Returns: whether this closed an open circuit.
    package func answered(_ application: ApplicationID, _ gateway: String) -> Bool {
        circuits.withLock { circuits in
            let name = Name(application: application, gateway: gateway)
            return circuits.removeValue(forKey: name)?.openedAt != nil
        }
    }

    /// A call was not sent, or its outcome is unknown.
    ///
    /// - Returns: whether this opened the circuit.
    package func failed(_ application: ApplicationID, _ gateway: String, now: Timestamp) -> Bool {
        circuits.withLock { circuits in
            let name = Name(application: application, gateway: gateway)
            var circuit = circuits[name] ?? Circuit()
            defer { circuits[name] = circuit }
            if circuit.openedAt != nil {
                circuit.openedAt = now
                circuit.isProbing = false
                return false
            }
            circuit.failures.append(now)
            circuit.failures.removeAll { $0.adding(seconds: Self.windowSeconds) < now }
            guard circuit.failures.count >= Self.failureLimit else { return false }
            circuit.failures = []
            circuit.openedAt = now
            return true
        }
    }

    package func health(_ application: ApplicationID, _ gateway: String, now: Timestamp) -> GatewayHealth {
        circuits.withLock { circuits in
            guard let circuit = circuits[Name(application: application, gateway: gateway)] else { return .healthy }
            if circuit.openedAt != nil { return circuit.isProbing ? .probing : .down }
            return circuit.failures.contains { $0.adding(seconds: Self.windowSeconds) >= now } ? .degraded : .healthy
        }
    }
}
