import Billing
import JSON
import Runtime
import Storage

extension Operation {
    static let held = Operation(name: "held", isWrite: false) { _, house in
        guard let hold = try await house.store.read({ Holds.current(in: $0) }) else {
            return JSONObject([("held", .bool(false))])
        }
        return JSONObject([("held", .bool(true))] + members(of: hold, in: house) + [try await waiting(in: house)])
    }

    static let release = Operation(name: "release", isWrite: true) { input, house in
        guard let hold = try await house.store.read({ Holds.current(in: $0) }) else {
            throw CommandFailure.failed("nothing is held")
        }
        guard input.text("without-reconcile") != nil else {
            throw CommandFailure.failed(
                "held since \(hold.since): \(hold.detail) What was paid, refunded or delivered meanwhile by another "
                    + "server or an earlier run is not in this data: compare with the gateways first, make sure that "
                    + "no other server works on a copy, and then give --without-reconcile. centralpay held shows "
                    + "what waits")
        }
        let waiting = try await waiting(in: house)
        let holds = Holds(house.ledger)
        let act = Composition.operatorAct.because(input.text("reason"))
        let released = try await house.store.transact { try holds.release(by: act, in: $0) }
        house.doors.log.write(
            .info, "released", [("reason", released.reason.rawValue), ("since", "\(released.since)")])
        return JSONObject([("released", .bool(true))] + members(of: released, in: house) + [waiting])
    }

    private static func members(of hold: Hold, in house: Composition) -> [(name: String, value: JSONValue)] {
        let seconds = max(0, house.doors.clock.now().seconds - hold.since.seconds)
        return [
            ("reason", .string(hold.reason.rawValue)), ("detail", .string(hold.detail)),
            ("since", .string("\(hold.since)")), ("held_seconds", .number(JSONNumber(seconds))),
        ]
    }

    /// What would run now in live applications, and since when it is due.
    private static func waiting(in house: Composition) async throws -> (name: String, value: JSONValue) {
        let now = house.doors.clock.now()
        let rows = try await house.store.read { snapshot in
            Applications.list(in: snapshot).filter { $0.mode == .live }.flatMap { application in
                house.due(of: application.id, now: now, in: snapshot).map { kind, time in
                    JSONValue.object(
                        JSONObject([
                            ("application", .string(application.id.description)), ("name", .string(application.name)),
                            ("kind", .string(kind)), ("due_since", .string("\(time)")),
                        ]))
                }
            }
        }
        return ("waiting", .array(rows))
    }
}
