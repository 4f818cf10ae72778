package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/journal/memory"
	"parley/protocol"
	"parley/web"
)

// situation is one row of the table of commands: a command, and where it is sent.
type situation struct {
	name     string
	command  protocol.CommandType
	payload  object // in which names that begin with $ stand for what the cast has
	mode     protocol.Mode
	closed   bool   // the session has ended
	unknown  bool   // there is no such session
	original string // the call of the original API and its later additions; empty for none
}

// situations are the rows of the table in testdata/rights.txt. Every command has at least
// one.
func situations() []situation {
	all := []situation{
		{command: protocol.CommandJoin, payload: object{"inviteToken": "$token", "userId": "zoe"}, original: "POST /join"},
		{name: "join with the invite", command: protocol.CommandJoin, payload: object{"inviteToken": "$invite", "userId": "$user"}, original: "POST /join"},
		{command: protocol.CommandResume, payload: object{"participantId": "$id", "participantToken": "$token"}},
		{name: "resume to read", command: protocol.CommandResume, payload: object{"participantId": "$id", "participantToken": "$token", "readOnly": true}},
		{command: protocol.CommandApprove, payload: object{"approvalId": "$pending", "action": "reject"}, original: "POST /approvals/$pending"},
		{command: protocol.CommandPermission, payload: object{"requestId": "none", "optionId": "x"}},
		{command: protocol.CommandAnswer, payload: object{"requestId": "none", "action": "decline"}, original: "POST /answer"},
		{command: protocol.CommandWithdraw, payload: object{"approvalId": "$pending"}, original: "POST /approvals/$pending/withdraw"},
		{command: protocol.CommandMovePrompt, payload: object{"approvalId": "$pending"}, original: "POST /approvals/$pending/move"},
		{command: protocol.CommandCancel, payload: object{}},
		{name: "cancel a prompt", command: protocol.CommandCancel, payload: object{"approvalId": "$pending"}},
		{command: protocol.CommandSetMode, payload: object{"mode": "comment_only"}},
		{command: protocol.CommandSetRole, payload: object{"participantId": "$spare", "role": "viewer"}},
		{command: protocol.CommandRemove, payload: object{"participantId": "$spare"}},
		{command: protocol.CommandRotateInvite, payload: object{}},
		{command: protocol.CommandConfigure, payload: object{"optionId": "none", "value": "x"}, original: "POST /configure"},
		{command: protocol.CommandSignIn, payload: object{"methodId": "none"}, original: "POST /sign-in"},
		{command: protocol.CommandStopAgent, payload: object{}},
		{command: protocol.CommandRestartAgent, payload: object{}, original: "POST /restart-agent"},
		{command: protocol.CommandSwitchAgent, payload: object{"agent": "none"}, original: "POST /switch-agent"},
		{command: protocol.CommandStopWork, payload: object{"toolCallId": "none"}, original: "POST /stop-work"},
		{command: protocol.CommandHistory, payload: object{"limit": 1}},
		{command: protocol.CommandItem, payload: object{"approvalId": "$pending"}},
		{command: protocol.CommandPeople, payload: object{"left": false, "limit": 1}},
		{command: protocol.CommandPresence, payload: object{}},
		{command: protocol.CommandLeave, payload: object{}, original: "POST /leave"},
		{command: protocol.CommandClose, payload: object{}, original: "DELETE "},
		{command: protocol.CommandPing, payload: object{}},
	}
	review := object{"path": "a", "version": strings.Repeat("0", 64), "reviewed": true}
	for _, mode := range []protocol.Mode{protocol.ModeViewOnly, protocol.ModeCommentOnly, protocol.ModePromptWithApproval, protocol.ModePromptDirect} {
		all = append(all,
			situation{command: protocol.CommandChat, payload: object{"text": "hello"}, mode: mode, original: "POST /messages"},
			situation{command: protocol.CommandPrompt, payload: object{"prompt": "help"}, mode: mode, original: "POST /prompts"},
			situation{command: protocol.CommandEditPrompt, payload: object{"approvalId": "$pending", "prompt": "$unique"}, mode: mode, original: "POST /approvals/$pending/edit"},
			situation{command: protocol.CommandReviewFile, payload: review, mode: mode, original: "POST /reviews"},
			situation{command: protocol.CommandTyping, payload: object{"active": true}, mode: mode},
		)
	}
	for _, s := range slices.Clone(all) {
		switch {
		case s.mode != "" && s.mode != protocol.ModePromptWithApproval:
		case s.name == "" && slices.Contains([]protocol.CommandType{protocol.CommandJoin, protocol.CommandResume, protocol.CommandChat, protocol.CommandHistory, protocol.CommandClose}, s.command),
			s.name == "resume to read", s.name == "join with the invite":
			s.mode = ""
			ended, missing := s, s
			ended.closed, missing.unknown = true, true
			all = append(all, ended, missing)
		}
	}
	return all
}

// title returns the name of the row, without the way in which the command is sent.
func (s situation) title() string {
	name := s.name
	if name == "" {
		name = string(s.command)
	}
	switch {
	case s.mode != "":
		return name + ", " + string(s.mode)
	case s.closed:
		return name + ", closed session"
	case s.unknown:
		return name + ", no such session"
	}
	return name
}

// ways are the ways in which a command can be sent.
var ways = []string{"websocket", "commands", "original"}

// rightsTable is the table in testdata/rights.txt.
type rightsTable struct {
	words map[protocol.Code]string // for the error codes
	rows  map[string]string        // the cells of each row, by its name
}

// readRightsTable reads the table. Its first lines, WORD = CODE, name the words for the codes.
func readRightsTable(t *testing.T) rightsTable {
	t.Helper()
	content, err := os.ReadFile("testdata/rights.txt")
	require.NoError(t, err)
	table := rightsTable{map[protocol.Code]string{}, map[string]string{}}
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		word, code, defines := strings.Cut(line, "= ")
		name, cells, isRow := strings.Cut(line, "|")
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case defines:
			require.Contains(t, protocol.Catalogue, protocol.Code(code))
			table.words[protocol.Code(code)] = strings.TrimSpace(word)
		case !isRow:
			section = line
		case strings.TrimSpace(name) == "":
			require.Equal(t, people, strings.Fields(cells), "the head of the columns")
		default:
			name = section + ": " + strings.TrimSpace(name)
			require.NotContains(t, table.rows, name)
			table.rows[name] = strings.Join(strings.Fields(cells), " ")
		}
	}
	return table
}

// Every command, sent by everybody in every way, is answered as the table says. A command
// without a row fails, and so does a row without a command.
func TestRights_of_commands(t *testing.T) {
	table := readRightsTable(t)
	rows := situations()
	for _, command := range everyCommandType(t) {
		require.True(t, slices.ContainsFunc(rows, func(s situation) bool { return s.command == command }), "%s has no row", command)
	}
	var seen []string
	for _, server := range []string{"open", "protected"} {
		t.Run(server, func(t *testing.T) {
			w := newWorld(t, func(s *setup) {
				s.journal = memory.New() // the table is about rights, and has thousands of cells
				if server == "protected" {
					withIdentities(newIdentityProvider())(s)
				} else {
					s.web = web.Options{Listen: "127.0.0.1:7777", Operators: operatorKeys{"OPERATOR": "ann"}}
				}
				s.web.JoinRate = -1
			})
			w.key = "OPERATOR"
			c := &commandCast{w: w, table: table, agent: w.startAgent()}
			for _, way := range ways {
				for _, s := range rows {
					if way == "original" && s.original == "" {
						continue
					}
					name := fmt.Sprintf("%s, %s: %s", server, way, s.title())
					seen = append(seen, name)
					assert.Equal(t, table.rows[name], c.cells(t, way, s), "%s, for %s", name, strings.Join(people, " "))
				}
			}
		})
	}
	for name := range table.rows {
		require.Contains(t, seen, name, "the table has a row that nothing tests")
	}
}

// everyCommandType returns the types of the commands of the protocol, from its schema, which
// is generated from the code.
func everyCommandType(t *testing.T) (types []protocol.CommandType) {
	t.Helper()
	content, err := os.ReadFile("../protocol/schema.json")
	require.NoError(t, err)
	var schema struct {
		Defs struct {
			ClientLine struct {
				OneOf []struct {
					Properties struct {
						Type struct{ Const protocol.CommandType }
					}
				}
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(content, &schema))
	for _, c := range schema.Defs.ClientLine.OneOf {
		types = append(types, c.Properties.Type.Const)
	}
	require.Greater(t, len(types), 25)
	return types
}

// commandCast makes sessions with one of each kind of people for the rows of the table.
type commandCast struct {
	w     *world
	table rightsTable
	agent string
	calls int

	cast    cast
	usable  bool // the cast is as it was made
	made    situation
	pending string // a prompt of the collaborator that waits for an approval
	spare   person // a collaborator whom nobody else needs
}

// cells returns the row of a situation: a word for each of the people.
func (c *commandCast) cells(t *testing.T, way string, s situation) string {
	var words []string
	for _, who := range people {
		if !c.usable || c.made.mode != s.mode || c.made.closed != s.closed {
			c.make(t, s)
		}
		code := c.send(t, way, s, who)
		if code == "" && changesSession(s) {
			c.usable = false
		}
		word := c.table.words[code]
		if code == "" {
			word = "ok"
		}
		require.NotEmpty(t, word, "the table has no word for %s: %s by %s over %s", code, s.title(), who, way)
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// changesSession reports whether a command that succeeds may change what follows.
func changesSession(s situation) bool {
	switch s.command {
	case protocol.CommandResume, protocol.CommandChat, protocol.CommandPermission, protocol.CommandAnswer, protocol.CommandTyping,
		protocol.CommandHistory, protocol.CommandItem, protocol.CommandPeople, protocol.CommandPresence, protocol.CommandPing:
		return false
	}
	return true
}

// make makes a new session for a situation.
func (c *commandCast) make(t *testing.T, s situation) {
	w := c.w.in(t)
	if c.made.command == protocol.CommandStopAgent || c.made.command == protocol.CommandRestartAgent {
		c.agent = w.startAgent()
	}
	c.cast = newCast(w, c.agent)
	c.spare = c.cast.join("sam", protocol.RoleCollaborator)
	c.pending = c.cast.prompt(c.cast.people["collaborator"], "wait").ID
	if s.mode != "" {
		c.cast.command(c.cast.Host, "set_mode", object{"mode": s.mode}).ok(http.StatusOK, nil)
	}
	if s.closed {
		c.cast.close()
	}
	c.usable, c.made = true, s
}

// send sends the command of a situation as somebody, and returns the code of the error with
// which it is answered, or an empty string.
func (c *commandCast) send(t *testing.T, way string, s situation, who string) protocol.Code {
	c.calls++
	p := c.cast.people[who]
	filled := fill(s.payload, map[string]any{
		"$id": p.ID, "$token": p.Token, "$invite": c.cast.Invite, "$user": "u-" + who + fmt.Sprint(c.calls),
		"$pending": c.pending, "$spare": c.spare.ID, "$unique": fmt.Sprint("text ", c.calls),
	})
	id := c.cast.ID
	if s.unknown {
		id = "00000000-0000-4000-8000-000000000000"
	}
	line := commandLine(fmt.Sprint("c", c.calls), string(s.command), filled)
	switch way {
	case "websocket":
		return c.sendOverWebSocket(t, id, s, line, p, who)
	case "commands":
		return c.call(t, "POST", sharedAPI+"/"+id+"/commands", json.RawMessage(line), p)
	}
	method, path, _ := strings.Cut(strings.ReplaceAll(s.original, "$pending", c.pending), " ")
	if s.command == protocol.CommandJoin {
		p = person{Token: p.Token}
	}
	return c.call(t, method, sharedAPI+"/"+id+path, filled, p)
}

// call calls the REST API with credentials in the headers.
func (c *commandCast) call(t *testing.T, method, path string, body any, p person) protocol.Code {
	header := http.Header{}
	if p.Token != "" {
		header.Set("Authorization", "Bearer "+p.Token)
	}
	if p.ID != "" {
		header.Set("Parley-Participant", p.ID)
	}
	status, failure := c.w.tryCall(t, method, path, body, header)
	if status < 300 {
		return ""
	}
	return codeIn(t, failure)
}

// sendOverWebSocket sends a command on a connection that has resumed: read-only for the
// participant who has left, who has no other.
func (c *commandCast) sendOverWebSocket(t *testing.T, session string, s situation, line string, p person, who string) protocol.Code {
	ws := c.w.in(t).dial(session, identityOf(p)...)
	defer func() { _ = ws.conn.CloseNow() }()
	if s.command != protocol.CommandJoin && s.command != protocol.CommandResume {
		ws.send(commandLine("r", "resume", object{"participantId": p.ID, "participantToken": p.Token, "readOnly": who == "left"}))
		if code := ws.outcome(); code != "" {
			return code
		}
	}
	ws.send(line)
	return ws.outcome()
}

// outcome returns the code of the next answer, or an empty string if it is no error.
func (c *wsClient) outcome() protocol.Code {
	c.t.Helper()
	if e, failed := c.answer().(*protocol.ErrorMessage); failed {
		return e.Error.Code
	}
	return ""
}

// fill returns a payload in which values replace their names.
func fill(payload object, values map[string]any) object {
	encoded, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	for name, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		encoded = bytes.ReplaceAll(encoded, []byte(`"`+name+`"`), text)
	}
	filled := object{}
	if err := json.Unmarshal(encoded, &filled); err != nil {
		panic(err)
	}
	return filled
}
