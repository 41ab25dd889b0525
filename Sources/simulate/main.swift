import Platform
import Scenarios

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

guard let request = SimulationRequest(Array(CommandLine.arguments.dropFirst())) else {
    say("usage: simulate server [--seeds N] [--from S] [--epochs E] | simulate server --seed S [--epochs E]")
    HostProcess.exit(2)
}
var failedCount = 0
var totals = ServerRun.Report()
for seed in request.seeds where !examine(seed, request, &totals) {
    failedCount += 1
    say("seed \(seed) FAILED; replay with: simulate server --seed \(seed) --epochs \(request.epochCount)")
}
say("\(request.seeds.count) seeds, \(failedCount) failed; \(totals.summary)")
HostProcess.exit(failedCount == 0 ? 0 : 1)
