import Fields

/// What happened, as receivers of webhooks match on it.
package enum EventType: String, Choice {
    case paymentPending = "payment.pending"
    case paymentProcessing = "payment.processing"
    case paymentCompleted = "payment.completed"
    case paymentFailed = "payment.failed"
    case paymentCancelled = "payment.cancelled"
    case paymentRefunded = "payment.refunded"
    case paymentDisputed = "payment.disputed"
    case refundCreated = "refund.created"
    case refundSucceeded = "refund.succeeded"
    case refundFailed = "refund.failed"
    case paymentMethodSaved = "payment_method.saved"
    case paymentMethodRemoved = "payment_method.removed"
    case planCreated = "plan.created"
    case planUpdated = "plan.updated"
    case planArchived = "plan.archived"
    case subscriptionCreated = "subscription.created"
    case subscriptionActivated = "subscription.activated"
    case subscriptionCancelled = "subscription.cancelled"
    case subscriptionPlanChanged = "subscription.plan_changed"
    case subscriptionTrialEnding = "subscription.trial_ending"
    case subscriptionPastDue = "subscription.past_due"
    case subscriptionPaused = "subscription.paused"
    case subscriptionResumed = "subscription.resumed"
    case subscriptionUpdated = "subscription.updated"
    case invoiceCreated = "invoice.created"
    case invoiceOpened = "invoice.opened"
    case invoicePaid = "invoice.paid"
    case invoiceFailed = "invoice.failed"
    case invoiceOverdue = "invoice.overdue"
    case invoiceVoided = "invoice.voided"
    case invoiceUpdated = "invoice.updated"
    case creditNoteCreated = "credit_note.created"
    case customerCreated = "customer.created"
    case customerUpdated = "customer.updated"
    case customerDeleted = "customer.deleted"
    case webhookEndpointDisabled = "webhook_endpoint.disabled"
    case gatewayDegraded = "gateway.degraded"
    case gatewayRecovered = "gateway.recovered"
    /// Sent by the test of an endpoint only.
    case webhookEndpointTest = "webhook_endpoint.test"
}

/// The kind of object an event tells of; it decides how the stored bytes are read.
package enum EventObject: String, Choice {
    case payment, refund, customer
    case paymentMethod = "payment_method"
    case webhookEndpoint = "webhook_endpoint"
    case gateway, plan, subscription, invoice
    case creditNote = "credit_note"
}
