import Platform
import Scenarios
import StorageScenarios

func say(_ text: String) {
    HostProcess.write(Array((text + "\n").utf8), to: .standardOutput)
}

/// Lives one seed through twice. Answers whether all is well.
func examine(_ seed: UInt64, _ request: SimulationRequest, _ totals: inout ServerRun.Report) -> Bool {
    do {
        let report = try ServerRun(seed: seed, epochCount: request.epochCount).run()
        let again = try ServerRun(seed: seed, epochCount: request.epochCount).run()
        for finding in report.findings { say("seed \(seed): \(finding)") }
        if again.trace != report.trace { say("seed \(seed): the second run went another way") }
        if request.isSingle { say("seed \(seed): \(report)") }
        totals.add(report)
        return report.findings.isEmpty && again.trace == report.trace
    } catch {
        say("seed \(seed): \(error)")
        return false
    }
}

/// The same for years of billing.
func examineBilling(_ seed: UInt64, _ request: SimulationRequest, _ totals: inout BillingRun.Report) -> Bool {
    do {
        let report = try BillingRun(seed: seed, days: request.dayCount, epochCount: request.epochCount).run()
        // Every tenth seed of many is lived twice.
        let isRepeated = request.isSingle || seed % 10 == 0
        let again =
            isRepeated
            ? try BillingRun(seed: seed, days: request.dayCount, epochCount: request.epochCount).run() : report
        for finding in report.findings { say("seed \(seed): \(finding)") }
        if again.trace != report.trace { say("seed \(seed): the second run went another way") }
        if request.isSingle { say("seed \(seed): \(report)") }
        totals.add(report)
        return report.findings.isEmpty && again.trace == report.trace
    } catch {
        say("seed \(seed): \(error)")
        return false
    }
}

/// The same for the store alone.
func examineStorage(_ seed: UInt64, _ request: SimulationRequest, _ totals: inout StorageRunReport) -> Bool {
    do {
        let report = try StorageRun.twice(seed: seed, epochCount: request.epochCount)
        for finding in report.findings { say("seed \(seed): \(finding)") }
        if request.isSingle { say("seed \(seed): \(report)") }
        totals.add(report)
        return report.findings.isEmpty
    } catch {
        say("seed \(seed): \(error)")
        return false
    }
}

/// Crashes short runs of the store at every call. Answers whether all is well.
func searchCrashes(_ seeds: ClosedRange<UInt64>) -> Bool {
    var totals = CrashSearchReport()
    for seed in seeds {
        do {
            let report = try CrashSearch(seed: seed).run()
            for finding in report.findings { say(finding) }
            say("seed \(seed): \(report)")
            totals.add(report)
        } catch {
            say("seed \(seed): \(error)")
            totals.findings.append("\(error)")
        }
    }
    say("\(totals)")
    return totals.findings.isEmpty
}

guard let request = SimulationRequest(Array(CommandLine.arguments.dropFirst())) else {
    say(
        "usage: simulate server|billing|storage [--seeds N] [--from S] [--epochs E] [--days D] | … --seed S | "
            + "simulate storage --exhaustive [--seeds N] [--from S]")
    HostProcess.exit(2)
}
if request.isExhaustive {
    HostProcess.exit(searchCrashes(request.seeds) ? 0 : 1)
}
var failedCount = 0
var totals = ServerRun.Report()
var billingTotals = BillingRun.Report()
var storageTotals = StorageRunReport()
for seed in request.seeds {
    let isRight =
        switch request.subject {
        case .server: examine(seed, request, &totals)
        case .billing: examineBilling(seed, request, &billingTotals)
        case .storage: examineStorage(seed, request, &storageTotals)
        }
    if isRight { continue }
    failedCount += 1
    say(
        "seed \(seed) FAILED; replay with: simulate \(request.subject.rawValue) --seed \(seed) "
            + "--epochs \(request.epochCount)")
}
let summary =
    switch request.subject {
    case .server: totals.summary
    case .billing: billingTotals.summary
    case .storage: storageTotals.description
    }
say("\(request.seeds.count) seeds, \(failedCount) failed; \(summary)")
// Over many seeds a fault that never struck is a fault of the simulation.
if request.subject == .storage, request.seeds.count >= 200, !storageTotals.missingFaults.isEmpty {
    say("never happened: \(storageTotals.missingFaults.joined(separator: ", "))")
    HostProcess.exit(1)
}
HostProcess.exit(failedCount == 0 ? 0 : 1)
