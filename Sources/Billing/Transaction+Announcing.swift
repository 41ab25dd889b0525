package import Runtime
package import Storage

/// Telling whoever does due work where to look, once the transaction is durable.
extension Transaction {
    /// Something of an application is due now, or soon.
    package func announceWork(of application: ApplicationID) {
        notify(StoreTopic(Topics.due.number, about: application.subject))
    }

    /// A delivery of an application was queued or may go on.
    package func announceDeliveries(of application: ApplicationID) {
        notify(StoreTopic(Topics.deliveries.number, about: application.subject))
    }

    /// The due time of an object changed. Whoever does due work is woken only where it would look too late by itself.
    package func announce(due: Timestamp?, before: Timestamp?, of application: ApplicationID) {
        guard let due, due != before else { return }
        if due <= now.adding(milliseconds: Clockwork.longestWaitMilliseconds) {
            announceWork(of: application)
        } else {
            notify(StoreTopic(Topics.schedule.number, about: application.subject))
        }
    }
}
