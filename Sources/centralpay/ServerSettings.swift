import HTTP
import HTTPS
import Runtime

/// How a server, or a command that works on its data, is set up.
struct ServerSettings: Sendable {
    /// What a key without a rate of its own may do.
    enum RateLimit: Sendable, Equatable {
        case off
        /// Requests a second, at least 1.
        case perSecond(Int)
    }

    static let defaultRequestsPerSecond = 100

    var dataPath = ""
    var listen = SocketAddress.ip(.v4(0x7f00_0001), port: 8080)
    /// Nil: the address it listens on.
    var publicURL: String?
    /// Where the clock stands that is moved by hand; nil for the clock of the machine.
    var manualTime: Timestamp?
    var seed: UInt64?
    var rateLimit = RateLimit.perSecond(defaultRequestsPerSecond)
    /// Blocks of private addresses that webhooks may go to.
    var privateWebhookNetworks: [CIDR] = []
    /// Reverse proxies that are believed about who their visitors are and how they came.
    var trustedProxies: [CIDR] = []
    /// Where plain HTTP is sent on to the public address; nil for nowhere.
    var redirectListen: SocketAddress?
    /// What the server speaks TLS with; none for plain HTTP.
    var certificates: [CertificateFiles.Pair] = []
    /// The roots by which other servers are judged; nil for those of the system.
    var rootsPath: String?
    /// Hashes of public keys that are trusted in nobody's hands.
    var deniedKeysPath: String?
    /// Opens `/metrics` to others than direct loopback peers.
    var metricsToken: String?
    /// Event loops; nil for one for each processor.
    var loopCount: Int?
    var isDemo = false
    /// Whether the data directory was made for this run and goes with it.
    var isTemporary = false

    static let options: [CommandOption] =
        [
            .data,
            .setting("listen", "ADDR:PORT", "Where to listen; port 0 takes a free one. Default 127.0.0.1:8080."),
            .setting("public-url", "URL", "What links to this server begin with. Default: the address it listens on."),
            .config,
            .setting(
                "rate-limit", "N", "Requests a second for each key without a limit of its own, or off. Default 100."),
            .setting(
                "allow-private-webhooks", "CIDR,…", "Private networks to which webhooks may go, such as 10.1.0.0/16."),
            .list("tls-certificate", "FILE,…", "Speak HTTPS with this PEM chain, the server's own certificate first."),
            .list("tls-key", "FILE,…", "The PEM private keys of the certificates, in their order."),
            .setting("ca-file", "FILE", "PEM roots to judge other servers by, instead of the system's."),
            .setting("denied-keys", "FILE", "SHA-256 hashes of public keys, one a line, that are never trusted."),
            .list(
                "trusted-proxy", "CIDR,…",
                "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, such as 10.0.0.5 or 10.1.0.0/16."),
            .setting(
                "http-redirect", "ADDR:PORT", "Where else to listen, to send plain HTTP on to an https --public-url."),
            .setting(
                "metrics-token", "TOKEN",
                "Opens /metrics to bearers of it; better in the environment or the file than on the line. Without it "
                    + "only this machine reads /metrics."),
            .setting("loops", "N", "Threads that serve connections. Default: one for each processor."),
        ] + testOptions

    /// What makes runs repeat; commands take them too, for the time when no server runs.
    static let testOptions: [CommandOption] = [
        .setting(
            "clock", "manual:TIME", "A clock that stands still until it is moved, such as manual:2025-01-01T12:00:00Z."),
        .setting("seed", "N", "Random numbers that are the same on every run. For tests."),
    ]

    /// The defaults.
    init() {}

    init(_ arguments: Arguments) throws(CommandFailure) {
        dataPath = try Self.dataPath(arguments)
        if let text = arguments.value("listen") {
            guard let address = SocketAddress(text), case .ip = address else {
                throw .usage("--listen \(text) is not ADDR:PORT, such as 127.0.0.1:8080 or [::1]:8080")
            }
            listen = address
        }
        if let text = arguments.value("public-url") {
            guard let url = URL(text), url.query == nil, url.fragment == nil else {
                throw .usage("--public-url \(text) is not a URL such as https://pay.example")
            }
            publicURL = url.path == "/" ? url.origin : url.text
        }
        try readTestSettings(arguments)
        if let text = arguments.value("rate-limit") {
            if text == "off" {
                rateLimit = .off
            } else if let count = Int(text), (1...1_000_000).contains(count) {
                rateLimit = .perSecond(count)
            } else {
                throw .usage("--rate-limit \(text) is not 1 to 1000000 or off")
            }
        }
        try readCertificates(arguments)
        privateWebhookNetworks = try Self.networks(arguments, "allow-private-webhooks")
        trustedProxies = try Self.networks(arguments, "trusted-proxy")
        if let text = arguments.value("http-redirect") {
            guard let address = SocketAddress(text), case .ip = address else {
                throw .usage("--http-redirect \(text) is not ADDR:PORT, such as 0.0.0.0:80")
            }
            guard let publicURL, publicURL.hasPrefix("https://") else {
                throw .usage("--http-redirect needs an https --public-url to send visitors to")
            }
            redirectListen = address
        }
        if let text = arguments.value("metrics-token") {
            guard (16...256).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw .usage("--metrics-token has 16 to 256 printable characters without spaces")
            }
            metricsToken = text
        }
        if let text = arguments.value("loops") {
            guard let count = Int(text), (1...64).contains(count) else { throw .usage("--loops is 1 to 64") }
            guard seed == nil || count == 1 else { throw .usage("a run with --seed has one loop") }
            loopCount = count
        }
    }

    /// Those of the demonstration; an empty data path when none is given.
    init(demo arguments: Arguments) throws(CommandFailure) {
        if arguments.isGiven("data") { dataPath = try Self.dataPath(arguments) }
        if let text = arguments.value("listen") {
            guard let address = SocketAddress(text), case .ip(let host, _) = address, Self.loopback(host) else {
                throw .usage("--listen \(text) is no loopback ADDR:PORT, such as 127.0.0.1:8080")
            }
            listen = address
        }
        privateWebhookNetworks = Self.loopbackNetworks
        isDemo = true
    }

    private static let loopbackNetworks = [
        CIDR(.v4(0x7f00_0000), prefixLength: 8), CIDR(.v6(high: 0, low: 1), prefixLength: 128),
    ]

    private mutating func readCertificates(_ arguments: Arguments) throws(CommandFailure) {
        let chains = arguments.value("tls-certificate")?.split(separator: ",").map(String.init) ?? []
        let keys = arguments.value("tls-key")?.split(separator: ",").map(String.init) ?? []
        guard chains.count == keys.count else {
            throw .usage("each --tls-certificate needs its --tls-key: there are \(chains.count) and \(keys.count)")
        }
        certificates = zip(chains, keys).map { CertificateFiles.Pair(chainPath: $0, keyPath: $1) }
        if !certificates.isEmpty, let publicURL, !publicURL.hasPrefix("https://") {
            throw .usage("--public-url \(publicURL) is not https, which --tls-certificate makes of it")
        }
        rootsPath = arguments.value("ca-file")
        deniedKeysPath = arguments.value("denied-keys")
    }

    private static func networks(_ arguments: Arguments, _ name: String) throws(CommandFailure) -> [CIDR] {
        var blocks: [CIDR] = []
        for part in arguments.value(name)?.split(separator: ",") ?? [] {
            guard let block = CIDR(part) else {
                throw .usage("--\(name) \(part) is not a network such as 10.1.0.0/16")
            }
            blocks.append(block)
        }
        return blocks
    }

    private static func loopback(_ address: IPAddress) -> Bool {
        loopbackNetworks.contains { $0.contains(address) }
    }

    /// The settings of a command that works on data that no server serves.
    init(command arguments: Arguments) throws(CommandFailure) {
        dataPath = try Self.dataPath(arguments)
        try readTestSettings(arguments)
    }

    private mutating func readTestSettings(_ arguments: Arguments) throws(CommandFailure) {
        if let text = arguments.value("clock"), text != "system" {
            guard text.hasPrefix("manual:"), let time = Timestamp(text.dropFirst("manual:".count)) else {
                throw .usage("--clock \(text) is not manual:TIME, such as manual:2025-01-01T12:00:00Z")
            }
            manualTime = time
        }
        if let text = arguments.value("seed") {
            guard let number = UInt64(text) else { throw .usage("--seed \(text) is not a whole number") }
            seed = number
            loopCount = 1
        }
    }

    /// The data directory that the command line, the environment or the configuration names.
    static func dataPath(_ arguments: Arguments) throws(CommandFailure) -> String {
        guard var path = arguments.value("data"), !path.isEmpty else {
            throw .usage("--data DIR is missing; it can also come from CENTRALPAY_DATA or --config FILE")
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
