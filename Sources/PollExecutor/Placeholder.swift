enum PollExecutorPlaceholder {}
