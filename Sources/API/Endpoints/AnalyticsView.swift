import Billing
import Fields
import Runtime

/// How an application's subscriptions stand.
struct AnalyticsView: Record, Resource {
    static var resourceName: StaticString { "analytics" }
    static var listName: StaticString { "analytics" }

    var asOf = Timestamp(milliseconds: 0)
    var currencies: [AnalyticsOverview] = []

    init() {}
    static var schemaName: StaticString { "Analytics" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("as_of", &asOf)
        try visitor.member("currencies", &currencies, "One for each currency that plans were sold in.")
    }
}

/// One metric over time.
struct TimeseriesView: Record, Resource {
    static var resourceName: StaticString { "analytics" }
    static var listName: StaticString { "analytics" }

    var metric = AnalyticsMetric.recurring
    var interval = AnalyticsInterval.month
    var from = Timestamp(milliseconds: 0)
    var to = Timestamp(milliseconds: 0)
    var currencies: [AnalyticsSeries] = []

    init() {}
    static var schemaName: StaticString { "AnalyticsTimeseries" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("metric", &metric)
        try visitor.member("interval", &interval)
        try visitor.member("from", &from)
        try visitor.member("to", &to)
        try visitor.member("currencies", &currencies, "A series for each currency that plans were sold in.")
    }
}

/// What a timeseries is asked for.
struct TimeseriesQuery: Record {
    var metric = AnalyticsMetric.recurring
    var interval: AnalyticsInterval?
    var from: Timestamp?
    var to: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("metric", &metric)
        try visitor.member("interval", &interval, "The length of a step; month by default.")
        try visitor.member(
            "from", &from,
            "The first step begins at its midnight; by default 30 days, 12 weeks, 12 months, 8 quarters or 5 years.")
        try visitor.member("to", &to, "Steps begin before it; now by default.")
    }
}
