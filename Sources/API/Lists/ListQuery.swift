import Fields
import Storage

/// The query of a list: its own filters, and what all lists take.
struct ListQuery<Filter: Record>: Record {
    var filter = Filter()
    var limit: Int64?
    var cursor: String?
    var sort: SortOrder?
    var wantsTotal = false

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try filter.visit(&visitor)
        try visitor.member("limit", &limit, .within(1...100), "Objects a page; 25 by default.")
        try visitor.member("cursor", &cursor, .length(1...2048), "The `next_cursor` of the page before.")
        try visitor.member("sort", &sort, "`-created_at`, newest first, by default.")
        try visitor.member("include_total", &wantsTotal, "Adds `total`, counted up to 10,000.")
    }

    var pageSize: Int { Int(limit ?? 25) }
    var order: ScanOrder { sort == .oldest ? .ascending : .descending }
}
