/// What the operator has to know of a gateway's protocol before it is used: its name, what it asks for, and where the
/// vendor's API is.
package struct AdapterTraits: Sendable {
    /// A credential an adapter cannot do without.
    package enum Credential: String, Sendable {
        case secretKey = "secret-key"
        case clientID = "client-id"
    }

    /// The adapter's permanent name, such as `stripe`.
    package let name: String
    /// What buyers read unless the operator says otherwise.
    package let displayName: String
    package let methods: [String]
    package let needs: [Credential]
    /// Where its API is for a live application; empty where there is none.
    package let liveURL: String
    /// Where its API is for a test application.
    package let testURL: String
    /// Whether it exists inside this server only.
    package let isSandbox: Bool

    package static let all = [
        AdapterTraits(
            name: "sandbox_alpha", displayName: "Card (sandbox)", methods: ["card"], needs: [], liveURL: "",
            testURL: "", isSandbox: true),
        AdapterTraits(
            name: "sandbox_beta", displayName: "Wallet (sandbox)", methods: ["wallet"], needs: [], liveURL: "",
            testURL: "", isSandbox: true),
        AdapterTraits(
            name: "stripe", displayName: "Card", methods: ["card"], needs: [.secretKey],
            liveURL: "https://api.stripe.com", testURL: "https://api.stripe.com", isSandbox: false),
        AdapterTraits(
            name: "paypal", displayName: "PayPal", methods: ["wallet"], needs: [.clientID, .secretKey],
            liveURL: "https://api-m.paypal.com", testURL: "https://api-m.sandbox.paypal.com", isSandbox: false),
        AdapterTraits(
            name: "manual", displayName: "Bank transfer", methods: ["transfer"], needs: [], liveURL: "", testURL: "",
            isSandbox: false),
    ]

    package static func named(_ name: String) -> AdapterTraits? {
        all.first { $0.name == name }
    }

    /// The vendor's own address in a mode.
    package func url(_ mode: Mode) -> String { mode == .live ? liveURL : testURL }

    /// Checks another address of the API than the vendor's own. A live application calls the vendor's hosts only; a
    /// test one also a peer on this machine, over plain HTTP.
    ///
    /// - Throws: `validation_failed`.
    package func check(baseURL text: String, mode: Mode) throws(Refusal) {
        guard let (scheme, host) = Self.parts(text) else {
            throw .invalid("base_url", "invalid_format", "Give an absolute http or https address.")
        }
        guard !url(mode).isEmpty else {
            throw .invalid("base_url", "not_allowed", "\(displayName) has no API that could be elsewhere.")
        }
        let vendor = Self.parts(url(mode))?.host
        if scheme == "https", host == vendor { return }
        guard mode == .test else {
            throw .invalid("base_url", "not_allowed", "A live application calls \(url(mode)) only.")
        }
        let isLoopback = host == "localhost" || host == "::1" || Self.isLoopback(host)
        guard isLoopback || scheme == "https" else {
            throw .invalid("base_url", "not_allowed", "Plain HTTP is for peers on this machine only.")
        }
    }

    /// Whether `host` is a number of this machine, 127.0.0.0/8.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The scheme and the host of an address, strictly read.
    private static func parts(_ text: String) -> (scheme: String, host: String)? {
        guard (8...200).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let separator = text.range(of: "://")
        else { return nil }
        let scheme = String(text[..<separator.lowerBound])
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = text[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            return (scheme, String(authority[authority.index(after: authority.startIndex)..<end]))
        }
        let host = authority.prefix { $0 != ":" }
        return host.isEmpty ? nil : (scheme, host.lowercased())
    }
}

extension String {
    /// Where `text` first stands; nil when it does not.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
