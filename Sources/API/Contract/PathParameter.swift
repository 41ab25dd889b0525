import Billing
import Fields

/// One `{…}` of a path template, in order.
struct PathParameter: Sendable {
    let about: StaticString
    let writeSchema: @Sendable (inout SchemaBuilder) -> Void

    /// An identifier of an object.
    static func identifier<Kind: IdentifierKind>(_: Kind.Type, _ about: StaticString = "") -> PathParameter {
        PathParameter(about: about) { schema in
            Identifier<Kind>.writeSchema(to: &schema, .any, about: "")
        }
    }

    /// A name such as a gateway's.
    static func text(_ about: StaticString) -> PathParameter {
        PathParameter(about: about) { schema in String.writeSchema(to: &schema, .length(1...64), about: "") }
    }
}
