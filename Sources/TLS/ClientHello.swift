import Bytes
import X509

/// A ClientHello, read strictly (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2).
///
/// Extensions that are not known are skipped; so are groups, suites and schemes that are only numbers here.
struct ClientHello {
    /// A public key for one group.
    struct KeyShare {
        let group: UInt16
        let publicKey: [UInt8]
    }

    /// A session the client would go on with (RFC 8446 section 4.2.11).
    struct PreSharedKey {
        let ticket: [UInt8]
        let obfuscatedAge: UInt32
        let binder: [UInt8]
    }

    let version: UInt16
    let random: [UInt8]
    let sessionID: [UInt8]
    let cipherSuites: [UInt16]
    let compressionMethods: [UInt8]
    let extensions: ExtensionBlock

    /// The host name, lower-cased; nil when there is none.
    private(set) var serverName: String?
    private(set) var supportedVersions: [UInt16]?
    private(set) var groups: [UInt16]?
    private(set) var keyShares: [KeyShare]?
    private(set) var signatureSchemes: [UInt16]?
    private(set) var applicationProtocols: [[UInt8]]?
    private(set) var keyExchangeModes: [UInt8]?
    private(set) var preSharedKeys: [PreSharedKey] = []
    /// How many bytes of the whole message, its header among them, the binders sign.
    private(set) var boundByteCount = 0
    private(set) var offersEarlyData = false
    private(set) var hasCookie = false
    // TLS 1.2.
    private(set) var offersExtendedMasterSecret = false
    /// What renegotiation_info holds: empty for a first handshake (RFC 5746 section 3.6).
    private(set) var renegotiationInfo: [UInt8]?
    private(set) var pointFormats: [UInt8]?

    /// Reads `message`.
    ///
    /// - Throws: ``TLSError``: decode_error, or illegal_parameter for what can be read but must not be.
    init(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        version = try reader.uint16("ClientHello")
        random = try reader.opaque(32, "ClientHello")
        sessionID = try reader.opaque8("ClientHello", in: 0...32)
        var suites = try reader.vector16("ClientHello")
        cipherSuites = try suites.uint16s("ClientHello")
        compressionMethods = try reader.opaque8("ClientHello", in: 1...255)
        // RFC 5246 section 7.4.1.2: the extensions may be left out altogether.
        extensions = reader.isAtEnd ? ExtensionBlock() : try ExtensionBlock(from: &reader)
        try reader.expectEnd("ClientHello")
        for (index, entry) in extensions.entries.enumerated() {
            guard let type = ExtensionType(rawValue: entry.type) else { continue }
            var body = entry.body
            try read(type, &body)
            try body.expectEnd("extension of a ClientHello")
            if type == .preSharedKey {
                // RFC 8446 section 4.2.11: it must be the last one.
                guard index == extensions.entries.count - 1 else {
                    throw .illegal("The pre_shared_key extension is not the last one.")
                }
                boundByteCount = message.bytes.count - bindersByteCount
            }
        }
    }

    /// How many bytes the list of binders has, its length among them.
    private var bindersByteCount: Int { preSharedKeys.reduce(2) { $0 + 1 + $1.binder.count } }

    private mutating func read(_ type: ExtensionType, _ body: inout ByteReader) throws(TLSError) {
        switch type {
        case .serverName: serverName = try ClientHello.hostName(&body)
        case .supportedVersions:
            var list = try body.vector8("supported_versions")
            supportedVersions = try list.uint16s("supported_versions")
        case .supportedGroups:
            var list = try body.vector16("supported_groups")
            groups = try list.uint16s("supported_groups")
        case .keyShare: keyShares = try ClientHello.keyShares(&body)
        case .signatureAlgorithms:
            var list = try body.vector16("signature_algorithms")
            signatureSchemes = try list.uint16s("signature_algorithms")
        case .signatureAlgorithmsCertificate:
            var list = try body.vector16("signature_algorithms_cert")
            _ = try list.uint16s("signature_algorithms_cert")
        case .applicationProtocols:
            var list = try body.vector16("ALPN")
            var names: [[UInt8]] = []
            while !list.isAtEnd { names.append(try list.opaque8("ALPN", in: 1...255)) }
            guard !names.isEmpty else { throw .decode("ALPN") }
            applicationProtocols = names
        case .keyExchangeModes: keyExchangeModes = try body.opaque8("psk_key_exchange_modes", in: 1...255)
        case .preSharedKey: preSharedKeys = try ClientHello.preSharedKeys(&body)
        case .earlyData: offersEarlyData = true
        case .cookie:
            _ = try body.opaque16("cookie", minimum: 1)
            hasCookie = true
        case .extendedMasterSecret: offersExtendedMasterSecret = true
        case .renegotiationInfo: renegotiationInfo = try body.opaque8("renegotiation_info")
        case .pointFormats: pointFormats = try body.opaque8("ec_point_formats", in: 1...255)
        case .certificateAuthorities: _ = body.rest()
        }
    }

    /// RFC 6066 section 3: one name of the type host_name, in ASCII, without a trailing dot.
    private static func hostName(_ body: inout ByteReader) throws(TLSError) -> String? {
        var list = try body.vector16("server_name")
        var name: [UInt8]?
        guard !list.isAtEnd else { throw .decode("server_name") }
        while !list.isAtEnd {
            let type = try list.uint8("server_name")
            let bytes = try list.opaque16("server_name", minimum: 1)
            guard type == 0 else { continue }
            guard name == nil else { throw .illegal("The client names two hosts.") }
            name = bytes
        }
        guard let name else { return nil }
        guard name.count <= 255, name.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .illegal("The server name is not a host name.")
        }
        return String(decoding: name.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func keyShares(_ body: inout ByteReader) throws(TLSError) -> [KeyShare] {
        var list = try body.vector16("key_share")
        var shares: [KeyShare] = []
        while !list.isAtEnd {
            let group = try list.uint16("key_share")
            shares.append(KeyShare(group: group, publicKey: try list.opaque16("key_share", minimum: 1)))
        }
        // RFC 8446 section 4.2.8: not two for one group.
        let groups = shares.map(\.group).sorted()
        for (first, second) in zip(groups, groups.dropFirst()) where first == second {
            throw .illegal("Two key shares for one group.")
        }
        return shares
    }

    private static func preSharedKeys(_ body: inout ByteReader) throws(TLSError) -> [PreSharedKey] {
        var identities = try body.vector16("pre_shared_key")
        var tickets: [(ticket: [UInt8], age: UInt32)] = []
        while !identities.isAtEnd {
            let ticket = try identities.opaque16("pre_shared_key", minimum: 1)
            tickets.append((ticket, try identities.uint32("pre_shared_key")))
        }
        var list = try body.vector16("pre_shared_key")
        var binders: [[UInt8]] = []
        while !list.isAtEnd { binders.append(try list.opaque8("pre_shared_key", in: 32...255)) }
        guard !tickets.isEmpty, !binders.isEmpty else { throw .decode("pre_shared_key") }
        guard tickets.count == binders.count else { throw .illegal("Not every PSK identity has a binder.") }
        return zip(tickets, binders).map { PreSharedKey(ticket: $0.ticket, obfuscatedAge: $0.age, binder: $1) }
    }

    /// Whether the TLS 1.2 suite that asks servers to notice a fallback is there (RFC 7507).
    var signalsFallback: Bool { cipherSuites.contains(0x5600) }

    /// Whether the client knows secure renegotiation (RFC 5746 section 3.6): by the extension or by the suite.
    var signalsSecureRenegotiation: Bool { renegotiationInfo != nil || cipherSuites.contains(0x00ff) }

    /// Whether the two differ only in what a HelloRetryRequest lets a client change (RFC 8446 section 4.1.2).
    func isRepeated(by second: ClientHello) -> Bool {
        guard version == second.version, random == second.random, sessionID == second.sessionID,
            cipherSuites == second.cipherSuites, compressionMethods == second.compressionMethods
        else { return false }
        return constantExtensions.elementsEqual(second.constantExtensions) { $0.0 == $1.0 && $0.1 == $1.1 }
    }

    private var constantExtensions: [(UInt16, [UInt8])] {
        let padding: UInt16 = 21
        let changing: [ExtensionType] = [.keyShare, .earlyData, .cookie, .preSharedKey]
        return extensions.entries.compactMap { entry in
            guard entry.type != padding, !changing.contains(where: { $0.rawValue == entry.type }) else { return nil }
            var body = entry.body
            return (entry.type, body.rest())
        }
    }
}
