import JSON

/// The checks of text fields.
enum TextRules {
    /// `text` when it satisfies `rule`, else nil after noting why.
    static func check(_ text: String, _ input: inout InputIssues, _ rule: FieldRule) -> String? {
        guard text.utf8.count <= rule.length.upperBound * 4, text.count <= rule.length.upperBound else {
            input.add("too_long", "This has at most \(rule.length.upperBound) characters.")
            return nil
        }
        guard text.count >= rule.length.lowerBound else {
            input.add("too_short", "This has at least \(rule.length.lowerBound) characters.")
            return nil
        }
        guard hasNoControls(text) else {
            input.add("invalid_format", "This must not hold control characters.")
            return nil
        }
        let (isValid, hint) = judge(text, rule.format)
        guard isValid else {
            input.add("invalid_format", hint)
            return nil
        }
        return text
    }

    /// Control characters would reach logs, pages and e-mails; line breaks and tabs are text.
    static func hasNoControls(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x0a || $0 == 0x09 }
    }

    private static func judge(_ text: String, _ format: FieldRule.Format) -> (Bool, String) {
        switch format {
        case .plain: (true, "")
        case .email: (isEmail(text), "This must be an e-mail address such as ada@example.com.")
        case .url: (isURL(text), "This must be an absolute http or https URL.")
        case .country:
            (
                text.utf8.count == 2 && text.utf8.allSatisfy { (0x41...0x5a).contains($0) },
                "This must be a two-letter ISO 3166 country code such as PT."
            )
        case .currency:
            (
                text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5a).contains($0) },
                "This must be a three-letter ISO 4217 currency code such as USD."
            )
        case .locale:
            (
                text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2d } && !text.hasPrefix("-"),
                "This must be a language tag such as en or pt-BR."
            )
        case .identifier:
            (
                text.utf8.allSatisfy {
                    (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x2e
                },
                "This may hold lower-case letters, digits, '_', '-' and '.'."
            )
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    /// One `@`, a local part of 1 to 64 bytes without spaces or quotes, and a domain of dotted labels.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), parts[1].count <= 253 else { return false }
        let forbidden: Set<UInt8> = [0x20, 0x22, 0x28, 0x29, 0x2c, 0x3a, 0x3b, 0x3c, 0x3e, 0x5b, 0x5c, 0x5d]
        guard parts[0].allSatisfy({ $0 > 0x20 && !forbidden.contains($0) }), parts[0].first != 0x2e,
            parts[0].last != 0x2e
        else { return false }
        let labels = parts[1].split(separator: 0x2e, omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != 0x2d && label.last != 0x2d
                    && label.allSatisfy { isAlphanumeric($0) || $0 == 0x2d || $0 >= 0x80 }
            }
    }

    private static func isURL(_ text: String) -> Bool {
        let rest: Substring
        if text.hasPrefix("https://") {
            rest = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else {
            return false
        }
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.isEmpty, !host.hasPrefix(":"), !host.contains("@") else { return false }
        // RFC 3986 has no place for these, and browsers read a backslash as a slash.
        let forbidden: Set<UInt8> = [0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d]
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !forbidden.contains($0) }
    }

    static func describe(_ rule: FieldRule, in json: inout JSONWriter) {
        switch rule.format {
        case .email: member("format", "email", &json)
        case .url: member("format", "uri", &json)
        case .country: member("pattern", "^[A-Z]{2}$", &json)
        case .currency: member("pattern", "^[A-Z]{3}$", &json)
        case .identifier: member("pattern", "^[a-z0-9_.-]+$", &json)
        case .locale: member("pattern", "^[A-Za-z0-9][A-Za-z0-9-]*$", &json)
        case .plain: break
        }
        if rule.length.lowerBound > 0 {
            json.name("minLength")
            json.integer(Int64(rule.length.lowerBound))
        }
        if rule.length.upperBound < 65_536 {
            json.name("maxLength")
            json.integer(Int64(rule.length.upperBound))
        }
        if rule.example.utf8CodeUnitCount > 0 { member("example", rule.example, &json) }
    }

    private static func member(_ name: StaticString, _ value: StaticString, _ json: inout JSONWriter) {
        json.name(name)
        json.string(value)
    }
}
