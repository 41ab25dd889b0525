package import Fields

/// The least and the most that a gateway takes in one currency.
package struct AmountLimit: Record, Equatable {
    package var currency = Currency.none
    /// In minor units; zero for no least.
    package var least: Int64 = 0
    /// In minor units; zero for no most.
    package var most: Int64 = 0

    package init() {}
    package static var schemaName: StaticString { "AmountLimit" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &currency)
        try visitor.stored(2, &least)
        try visitor.stored(3, &most)
    }

    /// Whether `amount`, of this currency, lies within.
    package func admits(_ amount: Money) -> Bool {
        amount.units >= least && (most == 0 || amount.units <= most)
    }

    /// Reads `USD:0.50-9999`, in major units; either end may be left out.
    ///
    /// - Throws: `validation_failed`.
    package init(_ text: String) throws(Refusal) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let currency = Currency(parts[0]) else { throw Self.malformed }
        let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, !(ends[0].isEmpty && ends[1].isEmpty) else { throw Self.malformed }
        self.currency = currency
        least = try Self.units(ends[0], currency)
        most = try Self.units(ends[1], currency)
        guard most == 0 || least <= most else { throw Self.malformed }
    }

    private static let malformed = Refusal.invalid(
        "limits", "invalid_format", "Give limits as USD:0.50-9999, in major units; either end may be left out.")

    private static func units(_ text: Substring, _ currency: Currency) throws(Refusal) -> Int64 {
        guard !text.isEmpty else { return 0 }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { throw malformed }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.count <= currency.digits,
            let units = Int64(parts[0] + decimals + String(repeating: "0", count: currency.digits - decimals.count))
        else { throw malformed }
        return units
    }

    /// As it is read.
    package var text: String {
        func end(_ units: Int64) -> String { units == 0 ? "" : Money(units, currency).description }
        return "\(currency):\(end(least))-\(end(most))"
    }
}
