package display

import "parley/protocol"

// HistoryText says what a session has of the conversation that its agent remembers.
func HistoryText(h protocol.EarlierHistory) string {
	const remembers = "the agent remembers a conversation from before this session, which is not shown here: "
	switch h {
	case protocol.HistoryMissing:
		return remembers + "the agent cannot repeat it"
	case protocol.HistoryWithheld:
		return remembers + "several sessions took part in it"
	}
	return "the agent has repeated the conversation that it continues"
}
