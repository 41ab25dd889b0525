package import Fields

/// The order of a list.
package enum SortOrder: String, Choice {
    case newest = "-created_at"
    case oldest = "created_at"
}
