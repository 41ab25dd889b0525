import Billing
import Fields
import JSON
import Runtime
import Storage

/// The filters of `GET /payments`.
struct PaymentFilter: Record {
    var status: PaymentStatus?
    var gateway: String?
    var currency: Currency?
    var customerID: CustomerID?
    var customerEmail: String?
    var minAmount: DecimalAmount?
    var maxAmount: DecimalAmount?
    var createdFrom: Timestamp?
    var createdTo: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("status", &status)
        try visitor.member("gateway", &gateway, .identifier, "The gateway that took the money.")
        try visitor.member("currency", &currency)
        try visitor.member("customer_id", &customerID)
        try visitor.member("customer_email", &customerEmail, .email, "")
        try visitor.member("min_amount", &minAmount, "In major units of each payment's currency.")
        try visitor.member("max_amount", &maxAmount)
        try visitor.member("created_from", &createdFrom, "At or after.")
        try visitor.member("created_to", &createdTo, "At or before.")
    }

    /// The walk of one application's payments: the narrowest index, the rest as a filter.
    func plan(_ application: ApplicationID, _ ledger: Ledger, _ snapshot: Snapshot) -> ListPlan<Payment, Payment> {
        var customer = customerID
        var isEmpty = false
        if let customerEmail {
            let found = snapshot.first(Customer.byEmail, Customer.emailKey(application, customerEmail))?.id
            isEmpty = found == nil || (customer != nil && customer != found)
            customer = found
        }
        if let id = customer, snapshot.get(Customer.self, Key(id))?.application != application { isEmpty = true }
        // Of nobody there are no payments.
        if isEmpty { customer = CustomerID.none }
        var rest = self
        let index: Index<Payment>
        let prefix: Key
        if let customer {
            (index, prefix) = (Payment.byCustomer, Key(customer))
        } else if let gateway {
            (index, prefix) = (Payment.byGateway, Key(application).adding(gateway))
            rest.gateway = nil
        } else if let status {
            (index, prefix) = (Payment.byStatus, Key(application).adding(status.rawValue))
            rest.status = nil
        } else {
            (index, prefix) = (Payment.byApplication, Key(application))
        }
        let remaining = rest
        let needsFilter =
            rest.status != nil || rest.gateway != nil || currency != nil || minAmount != nil || maxAmount != nil
        var plan = ListPlan<Payment, Payment>(
            index, prefix: prefix,
            show: { payment, snapshot in ledger.dressed(payment, in: snapshot) })
        if needsFilter {
            plan.filter = { payment in remaining.admits(payment) }
        }
        plan.bound(createdFrom: createdFrom, createdTo: createdTo)
        return plan
    }

    private func admits(_ payment: Payment) -> Bool {
        if let status, payment.status != status { return false }
        if let gateway, payment.gateway != gateway { return false }
        if let currency, payment.amount.currency != currency { return false }
        if let decimal = minAmount?.decimal, decimal.compare(payment.amount) > 0 { return false }
        if let decimal = maxAmount?.decimal, decimal.compare(payment.amount) < 0 { return false }
        return true
    }
}

extension JSONDecimal {
    /// Below zero when this is less than `amount` in major units, zero when equal, above zero when more.
    fileprivate func compare(_ amount: Money) -> Int {
        // significand × 10^exponent against units × 10^-digits: both in units of the smaller power.
        let shift = Int(exponent) + amount.currency.digits
        var left = significand
        var right = Int128(amount.units)
        for _ in 0..<abs(shift) {
            if shift > 0 {
                let (product, overflow) = left.multipliedReportingOverflow(by: 10)
                if overflow { return left > 0 ? 1 : -1 }
                left = product
            } else {
                let (product, overflow) = right.multipliedReportingOverflow(by: 10)
                if overflow { return right > 0 ? -1 : 1 }
                right = product
            }
        }
        return left < right ? -1 : left > right ? 1 : 0
    }
}
