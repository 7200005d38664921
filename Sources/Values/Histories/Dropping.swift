extension History {
    /// The history in which these operations, by number, are taken to have had no effect.
    ///
    /// Numbers and places stay what they are, so that whatever is found can be shown in the whole.
    public func dropping(_ numbers: some Sequence<Int>) -> History {
        var history = self
        for number in numbers { history.operations[number].outcome = .failed(.notExecuted) }
        return history
    }
}
