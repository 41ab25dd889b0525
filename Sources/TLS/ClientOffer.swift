import Bytes
import Crypto
import X509

/// What a client has offered and must remember until the server has answered.
struct ClientOffer {
    let configuration: ClientConfiguration
    let name: ServerName
    let random: [UInt8]
    let sessionID: [UInt8]
    /// The keys that were sent.
    var keyExchanges: [KeyExchange]
    /// The session the client would go on with.
    var session: Session?
    /// What a HelloRetryRequest wants back.
    var cookie: [UInt8]?
    /// All messages so far.
    var transcript = Transcript()

    /// The host name for the server_name extension, which never holds an address (RFC 6066 section 3).
    var hostName: String? {
        if case .dns(let host) = name { host } else { nil }
    }

    /// The extensions that were offered, so that a server may answer them.
    var extensions: [ExtensionType] {
        var types: [ExtensionType] = [.supportedGroups, .signatureAlgorithms]
        if hostName != nil { types.append(.serverName) }
        if !configuration.applicationProtocols.isEmpty { types.append(.applicationProtocols) }
        if configuration.offersTLS13 { types += [.supportedVersions, .keyShare, .keyExchangeModes] }
        if configuration.offersTLS12 { types += [.extendedMasterSecret, .renegotiationInfo, .pointFormats] }
        if session != nil { types.append(.preSharedKey) }
        if cookie != nil { types.append(.cookie) }
        return types
    }

    /// The ClientHello of this offer (RFC 8446 section 4.1.2). The transcript holds what came before it.
    func encode(now: Int64) -> [UInt8] {
        var message = HandshakeMessage.encode(.clientHello) { writer in
            writer.appendBigEndian(ProtocolVersion.tls12.rawValue)
            writer.append(random)
            writer.opaque(1, sessionID)
            writer.vector(2) { suites in
                for suite in offeredSuites { suites.appendBigEndian(suite.rawValue) }
            }
            writer.opaque(1, [0])
            writer.vector(2) { appendExtensions(to: &$0, now: now) }
        }
        if let session { bind(&message, session) }
        return message
    }

    private var offeredSuites: [CipherSuite] {
        configuration.cipherSuites.filter {
            $0.version == .tls13 ? configuration.offersTLS13 : configuration.offersTLS12
        }
    }

    private func appendExtensions(to writer: inout ByteWriter, now: Int64) {
        if let hostName {
            writer.extension(.serverName) { body in
                body.vector(2) { list in
                    list.append(0)
                    list.opaque(2, Array(hostName.utf8))
                }
            }
        }
        if configuration.offersTLS12 {
            writer.extension(.extendedMasterSecret)
            writer.extension(.renegotiationInfo) { $0.opaque(1, []) }
            // Uncompressed points alone (RFC 8422 section 5.1.2).
            writer.extension(.pointFormats) { $0.opaque(1, [0]) }
        }
        writer.extension(.supportedGroups) { body in
            body.vector(2) { list in for group in configuration.groups { list.appendBigEndian(group.rawValue) } }
        }
        writer.extension(.signatureAlgorithms) { body in
            body.vector(2) { list in
                for scheme in ClientConfiguration.signatureSchemes { list.appendBigEndian(scheme.rawValue) }
            }
        }
        if !configuration.applicationProtocols.isEmpty {
            writer.extension(.applicationProtocols) { body in
                body.vector(2) { list in
                    for name in configuration.applicationProtocols { list.opaque(1, Array(name.utf8)) }
                }
            }
        }
        if configuration.offersTLS13 { appendExtensions13(to: &writer, now: now) }
    }

    private func appendExtensions13(to writer: inout ByteWriter, now: Int64) {
        writer.extension(.supportedVersions) { body in
            body.vector(1) { list in
                list.appendBigEndian(ProtocolVersion.tls13.rawValue)
                if configuration.offersTLS12 { list.appendBigEndian(ProtocolVersion.tls12.rawValue) }
            }
        }
        // psk_dhe_ke alone: every session has fresh keys (RFC 8446 section 4.2.9).
        writer.extension(.keyExchangeModes) { $0.opaque(1, [1]) }
        writer.extension(.keyShare) { body in
            body.vector(2) { list in
                for exchange in keyExchanges {
                    list.appendBigEndian(exchange.group.rawValue)
                    list.opaque(2, exchange.publicKey)
                }
            }
        }
        if let cookie { writer.extension(.cookie) { $0.opaque(2, cookie) } }
        guard let session else { return }
        writer.extension(.preSharedKey) { body in
            body.vector(2) { identities in
                identities.opaque(2, session.ticket)
                identities.appendBigEndian(session.obfuscatedAge(now: now))
            }
            // Zeros, until the rest is known.
            body.vector(2) { binders in
                binders.opaque(1, [UInt8](repeating: 0, count: session.cipherSuite.hash.byteCount))
            }
        }
    }

    /// Writes the binder over all that comes before the binders (RFC 8446 section 4.2.11.2).
    private func bind(_ message: inout [UInt8], _ session: Session) {
        let hash = session.cipherSuite.hash
        let boundByteCount = message.count - hash.byteCount - 3
        let value = transcript.value(adding: message.span.raw.extracting(0..<boundByteCount), hash)
        let binder = KeySchedule13(hash, preSharedKey: session.key.secret).binder(value)
        message.replaceSubrange((message.count - hash.byteCount)..., with: binder.bytes)
    }
}
