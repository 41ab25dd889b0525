import Runtime
import TLS

/// What one end is to do.
struct PeerOptions: Sendable {
    enum Role: Sendable { case serve, connect }

    static let usage = "usage: tlspeer serve|connect …; see the head of main.swift\n"

    let role: Role
    var target = ""
    var authorities = ""
    var name = ""
    var path = "/1000"
    /// Paths of chains and keys, in pairs.
    var pairs: [(chain: String, key: String)] = []
    var version: ProtocolVersion?
    var suites: [CipherSuite]?
    var groups: [NamedGroup]?
    var shares: [NamedGroup]?
    var connectsAgain = false

    /// Nil for arguments that make no sense.
    init?(_ arguments: [String]) {
        switch arguments.first {
        case "serve": role = .serve
        case "connect": role = .connect
        default: return nil
        }
        var rest = arguments.dropFirst()
        if role == .connect {
            guard let first = rest.popFirst() else { return nil }
            target = first
        }
        var chain: String?
        while let option = rest.popFirst() {
            if option == "--again" {
                connectsAgain = true
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            switch option {
            case "--certificate": chain = value
            case "--key":
                guard let path = chain else { return nil }
                pairs.append((path, value))
                chain = nil
            case "--ca": authorities = value
            case "--name": name = value
            case "--path": path = value
            case "--version":
                guard let known = ["1.2": ProtocolVersion.tls12, "1.3": .tls13][value] else { return nil }
                version = known
            case "--suites":
                let numbers = value.split(separator: ",").map { UInt16($0, radix: 16).flatMap(CipherSuite.init) }
                suites = numbers.compactMap { $0 }
                guard suites?.count == numbers.count else { return nil }
            case "--groups":
                groups = Self.groups(value)
                guard groups != nil else { return nil }
            case "--shares":
                shares = Self.groups(value)
                guard shares != nil else { return nil }
            default: return nil
            }
        }
        guard role == .serve ? !pairs.isEmpty : !name.isEmpty else { return nil }
    }

    private static func groups(_ text: String) -> [NamedGroup]? {
        var groups: [NamedGroup] = []
        for word in text.split(separator: ",") {
            switch word {
            case "x25519": groups.append(.x25519)
            case "p256": groups.append(.secp256r1)
            default: return nil
            }
        }
        return groups
    }

    func apply(to configuration: inout ClientConfiguration) {
        if let version { (configuration.minimumVersion, configuration.maximumVersion) = (version, version) }
        if let suites { configuration.cipherSuites = suites }
        if let groups { configuration.groups = groups }
        if let shares { configuration.keyShareGroups = shares }
    }

    func apply(to configuration: inout ServerConfiguration) {
        if let version { (configuration.minimumVersion, configuration.maximumVersion) = (version, version) }
        if let suites { configuration.cipherSuites = suites }
        if let groups { configuration.groups = groups }
    }
}

/// What cannot be done, in words.
struct PeerError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
