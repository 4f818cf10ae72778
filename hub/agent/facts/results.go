package facts

import (
	"encoding/json"

	"parley/protocol"
)

// decodeInitialize decodes the result of initialize. A result that is not an object
// announces nothing.
func decodeInitialize(raw json.RawMessage, run Invocation) protocol.AgentFacts {
	var result struct {
		AgentInfo, Info                 maybe[announcedInfo] // of version 1 and of version 2
		AgentCapabilities, Capabilities json.RawMessage      // of version 1 and of version 2
		AuthMethods                     listOf[announcedAuthMethod]
	}
	_ = json.Unmarshal(raw, &result)
	info := result.AgentInfo
	if result.Info.some {
		info = result.Info
	}
	facts := protocol.AgentFacts{
		Info:         &protocol.AgentInfo{Name: string(info.value.Name), Title: string(info.value.Title), Version: string(info.value.Version)},
		Capabilities: firstObject(result.Capabilities, result.AgentCapabilities),
		AuthMethods:  make([]protocol.AuthMethod, 0, len(result.AuthMethods)),
	}
	for _, m := range result.AuthMethods {
		facts.AuthMethods = append(facts.AuthMethods, m.method(run))
	}
	return facts
}

// openedResult is the result of session/new, session/load and session/resume.
type openedResult struct {
	ConfigOptions     listOf[announcedOption]
	AvailableCommands listOf[announcedCommand] // of version 2
	Modes             maybe[struct {           // of version 1
		CurrentModeID  word
		AvailableModes listOf[announcedValue]
	}]
	Models maybe[struct { // of version 1
		CurrentModelID  word
		AvailableModels listOf[announcedValue]
	}]
}

// decodeOpened decodes the result of a request that opens a session. A result that is
// not an object announces nothing.
func decodeOpened(raw json.RawMessage) (result openedResult) {
	_ = json.Unmarshal(raw, &result)
	return result
}
