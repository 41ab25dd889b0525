/// What `simulate` was asked for.
struct SimulationRequest {
    /// What is simulated.
    enum Subject: String {
        case server, billing, storage
    }

    var subject = Subject.server
    var seeds: ClosedRange<UInt64> = 1...100
    /// Stretches of time with a crash after each.
    var epochCount = 4
    /// How long a merchant lives, where billing is simulated.
    var dayCount = 730
    /// Whether one seed is replayed, with its report.
    var isSingle = false
    /// Whether a few short runs are crashed at every call instead.
    var isExhaustive = false

    /// Nil when the arguments say something else than is understood.
    init?(_ arguments: [String]) {
        guard let subject = arguments.first.flatMap(Subject.init(rawValue:)) else { return nil }
        self.subject = subject
        if subject == .storage { epochCount = 6 }
        var rest = arguments.dropFirst()
        var first: UInt64 = 1
        var count: UInt64 = 100
        while let name = rest.popFirst() {
            if name == "--exhaustive", subject == .storage {
                isExhaustive = true
                count = 2
                continue
            }
            guard let text = rest.popFirst(), let number = UInt64(text), (1...1 << 40).contains(number) else {
                return nil
            }
            switch name {
            case "--seeds": count = number
            case "--from": first = number
            case "--days": dayCount = Int(clamping: number)
            case "--epochs": epochCount = Int(clamping: number)
            case "--seed":
                first = number
                count = 1
                isSingle = true
            default: return nil
            }
        }
        seeds = first...(first + count - 1)
    }
}
