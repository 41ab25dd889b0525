import Bytes
import JSON
import Testing

@testable import Crypto

/// The file is not what its schema says.
enum WycheproofError: Error { case unexpectedShape }

/// One vector.
struct WycheproofVector {
    let members: JSONObject

    /// The bytes of the hexadecimal member `name`.
    func bytes(_ name: String) throws -> [UInt8] {
        guard case .string(let text)? = members[name] else { throw WycheproofError.unexpectedShape }
        return try #require(Hex.decode(text))
    }

    /// The bytes of the hexadecimal member `name`, none where it is not there.
    func bytesOrNone(_ name: String) -> [UInt8] { (try? bytes(name)) ?? [] }

    /// Whether the vector is of the kind called `name`.
    func hasFlag(_ name: String) -> Bool {
        guard case .array(let flags)? = members["flags"] else { return false }
        return flags.contains(.string(name))
    }

    /// The whole number `name`.
    func integer(_ name: String) throws -> Int { try members.integer(name) }

    /// Whether an implementation must accept it.
    var isValid: Bool { members["result"] == .string("valid") }

    /// How failures name it.
    var label: Comment { "vector \((try? integer("tcId")) ?? 0)" }
}

extension JSONObject {
    /// The whole number `name`.
    func integer(_ name: String) throws -> Int {
        guard case .number(let number)? = self[name], let value = number.integer else {
            throw WycheproofError.unexpectedShape
        }
        return Int(value)
    }

    /// The hash that the member `name` names.
    func hashAlgorithm(_ name: String = "sha") throws -> HashAlgorithm {
        switch self[name] {
        case .string("SHA-256"): .sha256
        case .string("SHA-384"): .sha384
        case .string("SHA-512"): .sha512
        default: throw WycheproofError.unexpectedShape
        }
    }
}
