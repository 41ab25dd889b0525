import HTTP

extension Language {
    /// The language of a page: asked for in its address, set on what it shows, or the browser's.
    init(for request: Request, locale: String? = nil) {
        if let asked = Self.asked(in: request) {
            self = asked
            return
        }
        if let locale {
            self = Language(tag: locale)
            return
        }
        let accepted = request.headers["accept-language"] ?? ""
        for range in accepted.split(separator: ",").prefix(10) {
            let tag = range.prefix { $0 != ";" }.filter { $0 != " " }.lowercased().prefix { $0 != "-" }
            if let language = Language(rawValue: String(tag)) {
                self = language
                return
            }
        }
        self = .english
    }

    /// The language asked for in a page's address.
    static func asked(in request: Request) -> Language? {
        QueryItems(request.query, limit: 20)?["locale"].map(Language.init(tag:))
    }
}
