import Billing
import Fields

extension Refusal {
    /// What `body` answers; what is not valid is a matter of the query rather than of the body.
    ///
    /// - Throws: what `body` throws, `invalid_parameter` in place of `validation_failed`.
    static func ofQuery<Answer>(_ body: () throws(Refusal) -> Answer) throws(Refusal) -> Answer {
        do {
            return try body()
        } catch  where error.code == .validationFailed {
            throw Refusal(
                .invalidParameter, "Some query parameters are not valid; errors names each.", issues: error.issues)
        }
    }

    /// What `body` answers about one member of the input.
    ///
    /// - Throws: what `body` throws, its issues named as those of `member`.
    static func of<Answer>(_ member: String, _ body: () throws(Refusal) -> Answer) throws(Refusal) -> Answer {
        do {
            return try body()
        } catch  where !error.issues.isEmpty {
            throw Refusal(
                error.code, error.message,
                issues: error.issues.map {
                    FieldIssue(field: "\(member).\($0.field)", code: $0.code, message: $0.message)
                }, retryAfterSeconds: error.retryAfterSeconds)
        }
    }
}
