package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// deploymentForm has a field of each kind.
const deploymentForm = `{"type":"object","title":"Deployment","properties":{` +
	`"name":{"type":"string","title":"Name of the release","description":"Letters, digits and hyphens","minLength":3,"maxLength":20,"pattern":"^[a-z0-9-]+$","default":"spring-cleaning"},` +
	`"region":{"type":"string","title":"Region","oneOf":[{"const":"eu-1","title":"Europe","description":"Frankfurt"},{"const":"us-1","title":"America","description":"Oregon"}],"default":"eu-1"},` +
	`"replicas":{"type":"integer","title":"Copies","minimum":1,"maximum":5,"default":2},` +
	`"share":{"type":"number","title":"Share of the traffic","description":"From 0 to 1","minimum":0,"maximum":1},` +
	`"notify":{"type":"string","title":"Whom to notify","format":"email"},` +
	`"day":{"type":"string","title":"Not before","format":"date"},` +
	`"checks":{"type":"array","title":"Checks","items":{"type":"string","enum":["tests","lint","benchmarks"]},"minItems":1,"default":["tests","lint"]},` +
	`"dryRun":{"type":"boolean","title":"Only try it","default":true}},` +
	`"required":["name","region","checks"]}`

func playForm(t *turn) {
	if t.session.client.Elicitation.Form == nil {
		t.say("Your client cannot show forms.")
		return
	}
	t.say("I need a few values before I can deploy.")
	action, content := t.elicit(object{"mode": "form", "message": "Where and how shall I deploy?", "requestedSchema": json.RawMessage(deploymentForm)})
	switch action {
	case "accept":
		t.say("Thank you. I deploy nothing, but this is what you filled in:\n\n```json\n" + string(content) + "\n```\n")
	case "decline":
		t.say("You declined, so I deploy nothing.")
	default:
		t.say("You made no decision, so I deploy nothing.")
	}
}

func playPage(t *turn) {
	if t.session.client.Elicitation.URL == nil {
		t.say("Your client cannot open pages for an agent.")
		return
	}
	t.session.pages++
	id := fmt.Sprintf("page_%d", t.session.pages)
	action, _ := t.elicit(object{"mode": "url", "message": "Please sign in to the example service. It is only a page of example.com.",
		"elicitationId": id, "url": "https://example.com/sign-in?state=demo"})
	if action != "accept" {
		t.say("I go on without signing in.")
		return
	}
	t.say("Whoever accepted has the address now. ")
	t.pause(60)
	if t.err != nil {
		return
	}
	t.server.send("elicitation/complete", object{"elicitationId": id})
	t.say("The page is done.")
}

// elicit asks for input, and returns the answer.
func (t *turn) elicit(params object) (action string, content json.RawMessage) {
	if t.err != nil {
		return "", nil
	}
	params["sessionId"] = t.session.id
	answer, err := t.request("elicitation/create", params)
	if err != nil {
		t.err = err
		return "", nil
	}
	var result struct {
		Action  string          `json:"action"`
		Content json.RawMessage `json:"content"`
	}
	if answer.Error != nil || json.Unmarshal(answer.Result, &result) != nil {
		t.say("The client refused to ask: " + strings.TrimSpace(string(answer.Error)))
		return "", nil
	}
	if t.err = t.ctx.Err(); t.err != nil {
		t.err = context.Canceled
	}
	return result.Action, result.Content
}
