/// What a listener without TLS answers: the same address under `https`, on the host that the operator configured.
package struct SecureRedirect: Sendable {
    private let publicURL: URL

    /// - Parameter publicURL: an `https` URL; its path is not used.
    package init(to publicURL: URL) {
        precondition(publicURL.scheme == .https, "a redirect to an address without TLS")
        self.publicURL = publicURL
    }

    /// 308, which keeps the method, to the same path and query. A request for another host is 421: sending it on would
    /// make this server vouch for whatever name a stranger put into `Host`.
    package func response(to request: Request) -> Response {
        guard let asked = URL("http://" + request.host), asked.host == publicURL.host else {
            return Response(
                status: 421, headers: [("Content-Type", "text/plain; charset=utf-8")],
                body: Array("This server answers for \(publicURL.host) alone.\n".utf8))
        }
        let target = request.target.hasPrefix("/") ? request.target : "/"
        return Response(status: 308, headers: [("Location", publicURL.origin + target), ("Cache-Control", "no-store")])
    }
}
