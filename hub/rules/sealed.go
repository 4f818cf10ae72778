package rules

// IsBody implements [Body].
func (Loaded) IsBody() {}

// IsBody implements [Body].
func (Tick) IsBody() {}

// IsBody implements [Body].
func (Shutdown) IsBody() {}

// IsBody implements [Body].
func (TurnAccepted) IsBody() {}

// IsBody implements [Body].
func (TurnStarted) IsBody() {}

// IsBody implements [Body].
func (TurnEnded) IsBody() {}

// IsBody implements [Body].
func (AgentNotified) IsBody() {}

// IsBody implements [Body].
func (QuestionAsked) IsBody() {}

// IsBody implements [Body].
func (QuestionResolved) IsBody() {}

// IsBody implements [Body].
func (QuestionWithdrawn) IsBody() {}

// IsBody implements [Body].
func (ElicitationCompleted) IsBody() {}

// IsBody implements [Body].
func (ElicitationRefused) IsBody() {}

// IsBody implements [Body].
func (AgentChanged) IsBody() {}

// IsBody implements [Body].
func (AgentNote) IsBody() {}

// IsBody implements [Body].
func (AgentSlowNote) IsBody() {}

// IsBody implements [Body].
func (AgentFactsChanged) IsBody() {}

// IsBody implements [Body].
func (AgentContinued) IsBody() {}

// IsBody implements [Body].
func (RecapWanted) IsBody() {}

// IsBody implements [Body].
func (Recap) IsBody() {}

// IsBody implements [Body].
func (Dispatch) IsBody() {}

// IsBody implements [Body].
func (ConfirmEnd) IsBody() {}

// IsBody implements [Body].
func (CancelTurn) IsBody() {}

// IsBody implements [Body].
func (QuestionAnswer) IsBody() {}

// IsBody implements [Body].
func (StopAgent) IsBody() {}

// IsBody implements [Body].
func (SharedOpened) IsBody() {}

// IsBody implements [Body].
func (SharedClosed) IsBody() {}

// IsEffect implements [Effect].
func (Send) IsEffect() {}

// IsEffect implements [Effect].
func (Release) IsEffect() {}
