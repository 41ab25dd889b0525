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

    static let verify: Operation = {
        var operation = Operation(name: "verify", isWrite: false) { input, house in
            let store = house.store
            let path = house.data.path
            let files = house.doors.files
            // A thread of its own: others do not wait until all is read.
            let pool = WorkPool("verify", priority: .background, scheduler: house.doors.scheduler, queueLimit: 1)
            let (report, outcome) = try await pool.run {
                () throws -> (StoreReport, Result<Invariants, any Error>) in
                let report = Store.verify(directory: path, files: files, progress: input.progress)
                let digest = store.recoveredDigest
                return (report, Result { try store.readSync { Invariants(of: $0, recoveredDigest: digest) } })
            }
            switch outcome {
            case .success(let invariants): return answer(path, report, invariants, unreadable: nil)
            case .failure(let error): return answer(path, report, nil, unreadable: error)
            }
        }
        operation.reportsProgress = true
        operation.text = VerifyText.text
        return operation
    }()

    /// What is wrong with a store that cannot even be opened; nil when that is not because of damage.
    static func verifyUnopened(_ path: String, _ files: any FileSystem, _ input: OperationInput) -> JSONObject? {
        let report = Store.verify(directory: path, files: files, progress: input.progress)
        guard report.failures.contains(where: { Damage.finding($0) != nil }) else { return nil }
        return answer(path, report, nil, unreadable: nil)
    }

    private static func answer(
        _ path: String, _ report: StoreReport, _ invariants: Invariants?, unreadable: (any Error)?
    ) -> JSONObject {
        var findings = report.failures.map { JSONValue.string(Damage.finding($0) ?? "\($0)") }
        if let unreadable {
            let known = report.failures.contains { "\($0)" == "\(unreadable)" }
            if !known { findings.append(.string("the records cannot be read: \(unreadable)")) }
        }
        if invariants == nil { findings.append(.string("the rules of the ledger were not checked")) }
        func count(_ value: UInt64) -> JSONValue { .number(JSONNumber(Int64(clamping: value))) }
        var members: [(name: String, value: JSONValue)] = [
            ("ok", .bool(false)), ("data", .string(path)),
            ("segments", count(UInt64(report.segmentCount))), ("segment_bytes", count(report.segmentByteCount)),
            ("log_files", count(report.fileCount)), ("log_frames", count(UInt64(report.frameCount))),
            ("log_bytes", count(report.byteCount)), ("transactions", count(report.transactionCount)),
        ]
        members += VerifyText.members(of: invariants)
        if case .array(let broken)? = members.last?.value { findings += broken }
        members[members.count - 1].value = .array(findings)
        members[0].value = .bool(findings.isEmpty)
        return JSONObject(members)
    }
}
