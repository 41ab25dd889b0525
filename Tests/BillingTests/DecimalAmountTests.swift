import Fields
import JSON
import Testing

@testable import Billing

@Suite struct DecimalAmountTests {
    private static func read(_ json: String, _ code: String) throws -> (money: Money?, issues: [String]) {
        let currency = try #require(Currency(code))
        var issues = InputIssues()
        issues.path.append("amount")
        guard let amount = DecimalAmount.read(try JSON.parse(Array(json.utf8)), &issues, .any) else {
            return (nil, issues.issues.map(\.code))
        }
        issues.path.removeLast()
        let money = amount.money(in: currency, field: "amount", &issues)
        #expect(issues.issues.allSatisfy { $0.field == "amount" })
        return (money, issues.issues.map(\.code))
    }

    @Test(
        arguments: [
            ("99.99", "USD", 9999), ("\"99.99\"", "USD", 9999), ("1", "USD", 100), ("0.01", "USD", 1),
            ("1e2", "USD", 10_000), ("1.50e1", "USD", 1500), ("100", "JPY", 100), ("1.234", "KWD", 1234),
            ("1.10", "USD", 110), ("1.1000000000000000000000000", "USD", 110), ("100.0", "JPY", 100),
            ("999999999999", "USD", 99_999_999_999_900), ("999999999999", "JPY", 999_999_999_999),
            ("999999999999", "KWD", 999_999_999_999_000), ("999999999999", "CLF", 9_999_999_999_990_000),
            ("0.1", "USD", 10), ("0.3", "USD", 30), ("4.35", "USD", 435), ("1.005e3", "USD", 100_500),
        ])
    func `exact decimals become minor units`(json: String, code: String, units: Int64) throws {
        let (money, issues) = try Self.read(json, code)
        #expect(issues.isEmpty && money?.units == units && money?.currency.description == code)
    }

    @Test(
        arguments: [
            ("99.999", "USD", "too_precise"), ("0.001", "USD", "too_precise"), ("1.5", "JPY", "too_precise"),
            ("1.2345", "KWD", "too_precise"), ("1e-3", "USD", "too_precise"), ("0", "USD", "out_of_range"),
            ("-1", "USD", "out_of_range"), ("-0.01", "USD", "out_of_range"), ("0.00", "USD", "out_of_range"),
            ("1000000000000", "USD", "out_of_range"), ("999999999999.01", "USD", "out_of_range"),
            ("1e30", "USD", "out_of_range"), ("1e999", "USD", "out_of_range"), ("\"1e\"", "USD", "invalid_type"),
            ("\"\"", "USD", "invalid_type"), ("\" 1\"", "USD", "invalid_type"), ("\"1,00\"", "USD", "invalid_type"),
            ("\"0x10\"", "USD", "invalid_type"), ("\"NaN\"", "USD", "invalid_type"), ("true", "USD", "invalid_type"),
            ("null", "USD", "invalid_type"), ("{}", "USD", "invalid_type"), ("\"+1\"", "USD", "invalid_type"),
            ("\"01\"", "USD", "invalid_type"), ("1e99999999999999999999", "USD", "invalid_type"),
            ("\"1e3\"", "USD", "invalid_type"), ("\"1E3\"", "USD", "invalid_type"),
        ])
    func `anything else has one issue`(json: String, code: String, issue: String) throws {
        let (money, issues) = try Self.read(json, code)
        #expect(money == nil && issues == [issue])
    }
}
