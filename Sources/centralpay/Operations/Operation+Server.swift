import Billing
import Gateways
import JSON
import Runtime
import Storage

extension Operation {
    /// One command moves the clock for at most this long; the same command goes on.
    private static let advanceSeconds = 600

    static let clockAdvance = Operation(name: "clock advance", isWrite: true) { input, house in
        guard let clock = house.manualClock, let clockwork = house.clockwork else {
            throw CommandFailure.failed(
                "the clock moves by itself: only a server that runs with --clock manual:TIME can be advanced")
        }
        let target: Timestamp
        switch (input.text("to"), try input.integer("by")) {
        case (let text?, nil):
            guard let time = Timestamp(text) else {
                throw CommandFailure.usage("--to \(text) is no time such as 2025-01-15T00:00:00Z")
            }
            target = time
        case (nil, let seconds?):
            guard (0...3_155_760_000).contains(seconds) else {
                throw CommandFailure.usage("--by is a count of seconds, at most a hundred years")
            }
            target = clock.now().adding(seconds: seconds)
        default: throw CommandFailure.usage("give --to TIME or --by SECONDS")
        }
        guard target >= clock.now() else {
            throw CommandFailure.failed("the clock stands at \(clock.now()) and does not go back")
        }
        let result = await clockwork.advance(
            to: target, deadline: house.doors.clock.instant().adding(seconds: advanceSeconds))
        // Whatever waits for the clock looks again.
        clockwork.wake()
        let ran = result.ran.map { (name: "\($0.kind)", value: JSONValue.number(JSONNumber(Int64($0.count)))) }
        return JSONObject([
            ("now", .string(clock.now().description)), ("ran", .object(JSONObject(ran))),
            ("done", .bool(result.isDone)),
        ])
    }

    static let paymentResolve = Operation(name: "payment resolve", isWrite: true) { input, house in
        guard let hash = PaymentHash(try input.required("hash")) else {
            throw CommandFailure.usage("a payment's hash has 32 hexadecimal digits")
        }
        let isPaid: Bool
        switch try input.required("as") {
        case "paid": isPaid = true
        case "unpaid": isPaid = false
        default: throw CommandFailure.usage("--as is paid or unpaid")
        }
        let payment = try await house.engine.resolve(
            hash, paid: isPaid, reference: input.text("reference"), reason: try input.required("reason"),
            by: Composition.operatorAct)
        return JSONObject([
            ("payment", .string(payment.hash.description)), ("status", .string(payment.status.rawValue)),
        ])
    }

    static let verify = Operation(name: "verify", isWrite: false) { _, house in
        let store = house.store
        let path = house.data.path
        let files = house.doors.files
        let (report, invariants) = try await house.background.run { () throws -> (StoreReport, Invariants) in
            let report = Store.verify(directory: path, files: files)
            let digest = store.recoveredDigest
            return (report, try store.readSync { Invariants(of: $0, recoveredDigest: digest) })
        }
        var findings = invariants.findings
        if let failure = report.failure { findings.insert("\(failure)", at: 0) }
        func count(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }
        return JSONObject([
            ("ok", .bool(findings.isEmpty)), ("data", .string(path)),
            ("log_files", count(Int64(clamping: report.fileCount))), ("log_frames", count(Int64(report.frameCount))),
            ("log_bytes", count(Int64(clamping: report.byteCount))),
            ("transactions", count(Int64(clamping: report.transactionCount))),
            ("applications", count(Int64(invariants.applicationCount))),
            ("payments", count(Int64(invariants.paymentCount))), ("events", count(invariants.eventCount)),
            ("audit_entries", count(invariants.auditEntryCount)),
            ("findings", .array(findings.map { .string($0) })),
        ])
    }
}
