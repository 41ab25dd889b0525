import Billing
import Bytes
import Fields
import HTTP

/// Answers that all hosted pages share.
enum PageAnswers {
    /// Where a form's act leads: to a page that can be loaded again.
    static func seeOther(_ path: String) -> Response {
        Response(status: 303, headers: PageHeaders.all + [("Location", path)], body: [])
    }

    /// `response`, whose way on keeps the language that was asked for in the address.
    static func keepingLanguage(_ response: Response?, of request: Request) -> Response? {
        guard var kept = response, kept.status == 303, let asked = Language.asked(in: request),
            let index = kept.headers.firstIndex(where: { $0.name == "Location" }),
            !kept.headers[index].value.containsText("locale=")
        else { return response }
        kept.headers[index].value += (kept.headers[index].value.contains("?") ? "&" : "?") + "locale=" + asked.tag
        return kept
    }

    /// What the page's script watches.
    ///
    /// - Parameter state: A word of ours, which JSON holds as it stands.
    static func state(_ state: String) -> Response {
        Response(
            status: 200,
            headers: [
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ], body: Array(#"{"state":"\#(state)"}"#.utf8))
    }

    /// The merchant's logo, nil without one.
    static func logo(_ application: Application) -> Response? {
        guard !application.logo.bytes.isEmpty else { return nil }
        return Response(
            status: 200,
            headers: [
                ("Content-Type", application.logoType), ("Cache-Control", "public, max-age=300"),
                ("X-Content-Type-Options", "nosniff"),
                // A drawing may hold scripts; opened by itself it runs none.
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
            ], body: application.logo.bytes)
    }

    /// What a page answers to a refusal or a failure that has no page of its own.
    ///
    /// - Returns: nil for a refusal after which the page's own address says where things stand.
    static func trouble(_ refusal: Billing.Refusal, _ language: Language, path: String) -> Response? {
        switch refusal.code {
        case .rateLimited:
            TroublePages.tooMany(language, retryPath: path, retryAfterSeconds: refusal.retryAfterSeconds ?? 60).response
        case .unavailable:
            TroublePages.unavailable(
                language, retryPath: path, retryAfterSeconds: refusal.retryAfterSeconds ?? 30
            ).response
        case .notFound: TroublePages.notFound(language).response
        default: nil
        }
    }
}
