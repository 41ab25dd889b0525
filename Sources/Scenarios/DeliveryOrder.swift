import Billing
import Runtime
import Storage

/// Whether the first tries of an object's deliveries came in the order of its events.
enum DeliveryOrder {
    static func findings(_ node: ServerNode) throws -> [String] {
        let application = node.application
        let deliveries = try node.store.readSync { snapshot in
            var deliveries: [Delivery] = []
            snapshot.scan(Delivery.byApplication, prefix: Key(application)) { delivery, _ in
                deliveries.append(delivery)
                return true
            }
            return deliveries
        }
        var findings: [String] = []
        var newest: [String: Timestamp] = [:]
        for delivery in deliveries.sorted(by: { $0.eventSequence < $1.eventSequence }) {
            // A try that a crash swallowed is counted and not logged, and long logs lose their first.
            guard let first = delivery.log.first?.at, delivery.log.count == Int(delivery.tries) else { continue }
            let name = "\(delivery.endpoint) \(delivery.objectID)"
            if let before = newest[name], first < before {
                findings.append("delivery \(delivery.id) was first tried before an earlier event of its object")
            }
            newest[name] = first
        }
        return findings
    }
}
