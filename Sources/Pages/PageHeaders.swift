/// The headers that every page bears.
package enum PageHeaders {
    /// Nothing inline, nothing from elsewhere, framed by nobody, and no string becomes a script.
    package static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

    /// In a fixed order. The token in a page's address must not leak: no referrer, no cache, no index.
    package static let all: [(name: String, value: String)] = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", contentSecurityPolicy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex"),
    ]

    /// Of a page that needs no other file: its own stylesheet and images within it, and nothing else.
    static func standingAlone(_ style: InlineStyle) -> [(name: String, value: String)] {
        all.map { name, value in
            guard name == "Content-Security-Policy" else { return (name, value) }
            return (
                name,
                "default-src 'none'; style-src \(style.policySource); img-src data:; form-action 'none'; "
                    + "base-uri 'none'; frame-ancestors 'none'"
            )
        }
    }
}
