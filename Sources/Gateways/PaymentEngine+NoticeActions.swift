/// What a notice announces is read from its gateway by the engine itself.
extension PaymentEngine: NoticeActions {}
