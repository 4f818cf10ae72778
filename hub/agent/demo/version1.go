package demo

import "encoding/json"

// version1 is version 1 of the protocol. The answer to a prompt ends the turn.
type version1 struct{}

func (version1) version() int { return 1 }

func (version1) initialized(canLoad bool) object {
	sessions := object{"close": object{}}
	if canLoad {
		for _, name := range []string{"delete", "fork", "list", "resume"} {
			sessions[name] = object{}
		}
	}
	return object{"protocolVersion": 1, "agentInfo": agentInfo("1"), "authMethods": authMethods(), "agentCapabilities": object{
		"loadSession": canLoad, "sessionCapabilities": sessions,
		"promptCapabilities": object{"image": true, "audio": true, "embeddedContext": true}}}
}

func agentInfo(version string) object {
	return object{"name": "parley-demo", "title": "Demo agent", "version": version}
}

func (version1) capabilities(p initializeParams) clientCapabilities { return p.ClientCapabilities }

func (d version1) opened(ses *session) object {
	return object{"sessionId": ses.id, "modes": ses.settings.modes(), "configOptions": d.options(&ses.settings)}
}

func (version1) options(s *settings) []object { return s.options() }

func (version1) updates(_ *session, update object) []object {
	if update["status"] == statusCancelled {
		update["status"] = "failed"
	}
	return []object{update}
}

func (version1) permission(ses *session, q question) object {
	return object{"sessionId": ses.id, "toolCall": q.call, "options": permissionOptions}
}

func (version1) waiting(*turn, bool) {}

func (version1) began(*turn, json.RawMessage) {}

func (version1) ended(t *turn, id json.RawMessage, stop string, err error) {
	t.server.answer(id, object{"stopReason": stop}, err)
}

func (version1) handles(method string) bool {
	switch method {
	case "auth/login", "tool_call/cancel", "terminal/cancel":
		return false
	}
	return true
}
