import Bytes
import Crypto

/// A stylesheet within a page that must stand alone, as a document that is kept or sent does. Its text is a file of
/// ours and values written as CSS strings; the policy names its hash, so nothing else inline is ever allowed.
package struct InlineStyle: Sendable {
    let text: [UInt8]

    /// - Parameters:
    ///   - asset: The name of an embedded stylesheet.
    ///   - rules: Rules to follow it, of ``string(_:)`` values and literals.
    init(asset: String, rules: String = "") {
        guard let file = EmbeddedAssets.all.first(where: { $0.path == asset }) else {
            preconditionFailure("no asset is called \(asset)")
        }
        text = file.bytes + Array(rules.utf8)
    }

    /// The source expression of a content security policy that allows exactly this.
    var policySource: String {
        "'sha256-" + Base64.encode(SHA256.hash(text)) + "'"
    }

    /// `text` as a CSS string: whatever is no letter, digit or space of ASCII is written by its number, so that nothing
    /// can end the string or the element.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20, 0x2d, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: result.unicodeScalars.append(scalar)
            case 0..<0x20, 0x7f: continue
            default: result += "\\" + String(scalar.value, radix: 16) + " "
            }
        }
        return result + "\""
    }
}
