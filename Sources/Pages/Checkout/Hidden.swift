/// Fields that forms send along.
enum Hidden {
    /// The proof that the form came from a page of ours.
    static func csrf(_ token: String) -> Markup {
        input(.type("hidden"), .name("csrf"), .value(token))
    }

    static func field(_ name: String, _ value: String) -> Markup {
        input(.type("hidden"), .name(name), .value(value))
    }
}
