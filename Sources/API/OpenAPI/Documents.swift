import Runtime

/// The OpenAPI documents by view, made once each.
final class Documents: Sendable {
    private let publicURL: String
    private let made = Guarded<[String: [UInt8]]>([:])

    init(publicURL: String) {
        self.publicURL = publicURL
    }

    /// The document as JSON; nil for every operation.
    func document(_ view: DocumentView?) -> [UInt8] {
        let name = view?.rawValue ?? ""
        if let ready = made.withLock({ $0[name] }) { return ready }
        let tag = view.flatMap { EndpointTag(view: $0.rawValue) }
        let document = OpenAPIDocument(Endpoints.all, publicURL: publicURL, view: tag).render()
        made.withLock { $0[name] = document }
        return document
    }
}
