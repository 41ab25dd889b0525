/// Why a text is not the JSON it should be. Offsets count bytes from 0.
package enum JSONError: Error, Equatable {
    /// The grammar asks for something else at `offset`; `expected` names it in words.
    case syntax(offset: Int, expected: String)
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8(offset: Int)
    /// A `\u` escape names half of a surrogate pair, so no character.
    case loneSurrogate(offset: Int)
    /// An object has the same name twice; `offset` is where the second one begins.
    case duplicateName(String, offset: Int)
    /// More arrays and objects inside one another than allowed.
    case tooDeep(offset: Int, limit: Int)
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    /// More values than allowed.
    case tooManyValues(offset: Int, limit: Int)
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .syntax(let offset, let expected): "expected \(expected) at byte \(offset)"
        case .invalidUTF8(let offset): "the text is not valid UTF-8 at byte \(offset)"
        case .loneSurrogate(let offset): "half a surrogate pair is escaped at byte \(offset)"
        case .duplicateName(let name, let offset): "the name \"\(name)\" is repeated at byte \(offset)"
        case .tooDeep(let offset, let limit): "more than \(limit) levels of nesting at byte \(offset)"
        case .tooLarge(let limit): "the text is longer than \(limit) bytes"
        case .tooManyValues(let offset, let limit): "more than \(limit) values at byte \(offset)"
        }
    }
}
