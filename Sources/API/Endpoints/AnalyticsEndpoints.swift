import Billing
import Fields
import Storage

/// Figures of the recurring side: rows 47 and 48 of the contract.
enum AnalyticsEndpoints {
    private static let tags: [EndpointTag] = [.subscriptions, .analytics]

    static let all: [Endpoint] = [
        .report(
            "/subscription-analytics/overview", "getAnalytics",
            Declaration(
                tags: tags, summary: "Get MRR, churn and trials as they stand",
                about: "From running totals that are kept with every change."),
            query: NoInput.self
        ) { context, _, snapshot in
            var view = AnalyticsView()
            view.asOf = context.now(in: snapshot)
            view.currencies = SubscriptionAnalytics(of: context.application.id)
                .overview(now: view.asOf, in: snapshot)
            return One(view)
        },
        .report(
            "/subscription-analytics/timeseries", "getTimeseries",
            Declaration(
                tags: tags, summary: "Get one metric over time",
                about: "With mrr come its movements: what led from the start of each step to its end."),
            query: TimeseriesQuery.self
        ) { context, call, snapshot in
            var view = TimeseriesView()
            view.metric = call.query.metric
            view.interval = call.query.interval ?? .month
            view.to = call.query.to ?? context.now(in: snapshot)
            view.from = call.query.from ?? view.interval.usualStart(before: view.to)
            let (metric, interval, from, to) = (view.metric, view.interval, view.from, view.to)
            view.currencies = try Refusal.ofQuery { () throws(Refusal) in
                try SubscriptionAnalytics(of: context.application.id)
                    .timeseries(metric, every: interval, from: from, to: to, in: snapshot)
            }
            return One(view)
        },
    ]
}
