import Fields

/// The order of a list.
enum SortOrder: String, Choice {
    case newest = "-created_at"
    case oldest = "created_at"
}
