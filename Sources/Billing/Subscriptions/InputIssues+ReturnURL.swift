import Fields

extension InputIssues {
    /// Notes an issue for an address that a live application may not send buyers to: https only, save loopback.
    mutating func checkReturnURL(_ url: String?, _ field: String, _ mode: Mode) {
        guard mode == .live, let url, url.hasPrefix("http://") else { return }
        let host = url.dropFirst(7).prefix { $0 != "/" && $0 != ":" && $0 != "?" }
        guard host != "localhost", host != "127.0.0.1" else { return }
        add(field, "invalid_format", "Live applications need an https address.")
    }
}
