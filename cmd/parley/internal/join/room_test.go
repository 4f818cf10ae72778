package join

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

func TestRoom_quotes_a_name_that_imitates_a_line_of_the_program(t *testing.T) {
	for name, want := range map[string]string{
		"? #3 the agent asks to": "“? #3 the agent asks to”",
		"* Olga approved #3":     "“* Olga approved #3”",
		"  (/allow #3)":          "“(/allow #3)”",
		"\u200b? #3":             "“⟨U+200B⟩? #3”",
		"Olga":                   "Olga",
		"محمد":                   "محمد",
		"4chan":                  "4chan",
	} {
		require.Equal(t, want, newRoom().displayName(protocol.Participant{UserID: name}))
	}
}

func TestRoom_names_the_author_of_an_open_item_who_has_left(t *testing.T) {
	left := protocol.Participant{ID: "b", UserID: "ben", LeftAt: new(after(0))}
	r := newRoom()
	r.reset(&protocol.Welcome{
		Participants: []protocol.Participant{left},
		Approvals:    []protocol.Approval{{ID: "1", ParticipantID: "b", Status: protocol.ApprovalPending}},
	}, story.New(), after(0))
	require.Equal(t, "ben", r.ledger.Find("1").Author)
	require.Empty(t, r.participants)
}

func TestRoom_knows_the_participants(t *testing.T) {
	ann := protocol.Participant{ID: "a", UserID: "ann", Role: protocol.RoleCollaborator}
	r := newRoom()
	r.self = ann
	r.apply(&protocol.ParticipantJoined{Participant: ann}, after(0))
	ann.Role = protocol.RoleViewer
	r.apply(&protocol.ParticipantUpdated{Participant: ann}, after(0))
	require.Equal(t, protocol.RoleViewer, r.self.Role)
	require.Equal(t, "ann", r.nameByID("a"))
	r.apply(&protocol.ParticipantLeft{Participant: ann}, after(0))
	require.Empty(t, r.participants)
	require.Equal(t, "a participant who has left", r.nameByID("a"))
}

func TestRoom_a_prompt_becomes_what_its_author_has_seen(t *testing.T) {
	r := newRoom()
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	session := protocol.Session{Mode: protocol.ModePromptWithApproval}
	r.reset(&protocol.Welcome{Session: session, Participant: protocol.Participant{ID: "P", Role: protocol.RoleCollaborator}}, story.New(), at(0))
	r.markShown(at(0))
	line := func(ended int, person bool) protocol.PromptAs {
		return r.expectedPromptAs(ledger.Moment{Began: at(ended - 1), Ended: at(ended), Person: person})
	}
	require.Equal(t, protocol.PromptAsProposal, line(1, true))
	session.Mode = protocol.ModePromptDirect
	r.apply(&protocol.SessionUpdated{Session: session}, at(1_000))
	require.Equal(t, protocol.PromptAsProposal, line(1_600, true), "a person needs time to read")
	require.Equal(t, protocol.PromptAsDirect, line(1_700, true))
	require.Equal(t, protocol.PromptAsProposal, line(999, false))
	require.Equal(t, protocol.PromptAsDirect, line(1_000, false), "a program does not")
	r.apply(&protocol.ParticipantUpdated{Participant: protocol.Participant{ID: "P", Role: protocol.RoleViewer}}, at(3_000))
	require.Empty(t, line(4_000, true), "the server reports that it is not allowed")
	r.apply(&protocol.ParticipantUpdated{Participant: protocol.Participant{ID: "P", Role: protocol.RoleHost}}, at(5_000))
	session.Mode = protocol.ModePromptWithApproval
	r.apply(&protocol.SessionUpdated{Session: session}, at(6_000))
	require.Equal(t, protocol.PromptAsDirect, line(9_000, true), "a prompt of the host runs in every mode")
}
