import Fields

/// A kind of object the API answers, under its name in snake case.
protocol Resource: FieldValue {
    /// The empty value that stands in while an answer is described.
    init()
    /// Such as `payment`.
    static var resourceName: StaticString { get }
    /// Such as `payments`.
    static var listName: StaticString { get }
}
