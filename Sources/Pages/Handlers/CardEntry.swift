import Gateways
import HTTP
import Runtime

/// A card as typed into the sandbox's form, with what is wrong about it. The number is kept only when it is one of
/// the sandbox's; any other is refused unread and unstored.
struct CardEntry {
    let holder: String
    /// As typed, to be shown again.
    let expiry: String
    private(set) var problems: [CardProblem] = []
    private(set) var card: SandboxCard?

    init(_ form: QueryItems, now: Timestamp) {
        holder = String((form["name"] ?? "").prefix(100))
        expiry = String((form["expiry"] ?? "").prefix(10))
        let number = (form["number"] ?? "").filter { $0 != " " && $0 != "-" }
        if number.isEmpty {
            problems.append(.numberMissing)
        } else if !SandboxCard.isKnown(number) {
            problems.append(.numberInvalid)
        }
        if holder.allSatisfy({ $0 == " " }) { problems.append(.nameMissing) }
        let date = Self.date(expiry)
        if expiry.isEmpty {
            problems.append(.expiryMissing)
        } else if let date {
            let today = CivilDate(day: now.seconds / 86_400)
            if (date.year, date.month) < (Int64(today.year), Int64(today.month)) { problems.append(.expiryPast) }
        } else {
            problems.append(.expiryInvalid)
        }
        let code = form["code"] ?? ""
        if code.isEmpty {
            problems.append(.codeMissing)
        } else if !(3...4).contains(code.utf8.count) || !code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            problems.append(.codeInvalid)
        }
        guard problems.isEmpty, let date else { return }
        card = SandboxCard(number: number, expiryMonth: date.month, expiryYear: date.year, holder: holder)
    }

    /// Reads `MM/YY`, `MM / YYYY`, `MMYY` and the like.
    private static func date(_ text: String) -> (year: Int64, month: Int64)? {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        let others = text.filter { !($0.isASCII && $0.isNumber) && $0 != " " }
        guard others.isEmpty || others == "/" || others == "-" else { return nil }
        let parts = text.split { $0 == "/" || $0 == "-" }.map { $0.filter { $0 != " " } }
        let month: String
        let year: String
        if parts.count == 2 {
            (month, year) = (parts[0], parts[1])
        } else {
            guard digits.count == 4 || digits.count == 6 else { return nil }
            (month, year) = (String(digits.prefix(2)), String(digits.dropFirst(2)))
        }
        guard month.count <= 2, let monthNumber = Int64(month), (1...12).contains(monthNumber),
            year.count == 2 || year.count == 4, let yearNumber = Int64(year)
        else { return nil }
        let fullYear = year.count == 2 ? 2000 + yearNumber : yearNumber
        guard (2000...2099).contains(fullYear) else { return nil }
        return (fullYear, monthNumber)
    }
}
