package import Runtime

/// What an operator can set about the API.
package struct APIOptions: Sendable {
    /// Requests a second for each key without a limit of its own; zero for no limit.
    package var rateLimit = 100
    /// Requests at once after a pause.
    package var burst = 200
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: [CIDR] = []
    /// Opens `/metrics` to a bearer of this token; without it only direct loopback peers read it.
    package var metricsToken: String?

    package init() {}
}
