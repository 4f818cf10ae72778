package rules_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

func TestAudience_every_event_type_names_its_own(t *testing.T) {
	source, err := os.ReadFile("audience.go")
	require.NoError(t, err)
	types, err := os.ReadFile("../../protocol/event_type.go")
	require.NoError(t, err)
	names := regexp.MustCompile(`(?m)^\t(Event\w+) +EventType = "(\w+)"`).FindAllSubmatch(types, -1)
	require.Greater(t, len(names), 40)
	for _, name := range names {
		require.Regexp(t, `(?m)^\tprotocol\.`+string(name[1])+`: `, string(source), "the table of audiences has no row for %s", name[1])
	}
}

func TestAudience(t *testing.T) {
	host := rules.Projection{Participant: "hana", Role: protocol.RoleHost}
	gil := rules.Projection{Participant: "gil", Role: protocol.RoleCollaborator}
	operator := rules.Projection{}
	for name, c := range map[string]struct {
		audience            rules.Audience
		to                  string
		host, gil, operator bool
	}{
		"everyone":                      {audience: rules.Everyone, host: true, gil: true, operator: true},
		"the host":                      {audience: rules.HostAlone, host: true},
		"those who may approve":         {audience: rules.ThoseWhoMay(protocol.CommandApprove), host: true},
		"those who may chat":            {audience: rules.ThoseWhoMay(protocol.CommandChat), host: true, gil: true},
		"one participant":               {audience: rules.Addressee, to: "gil", gil: true},
		"one participant without an id": {audience: rules.Addressee},
		"an event type without a row":   {audience: rules.AudienceOf("unknown"), host: true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.host, c.audience.Includes(host, c.to))
			require.Equal(t, c.gil, c.audience.Includes(gil, c.to))
			require.Equal(t, c.operator, c.audience.Includes(operator, c.to))
		})
	}
}

func TestAside_is_found_in_the_private_part_of_a_record(t *testing.T) {
	e := rules.Event{Public: &protocol.AgentSlowed{}, Private: rules.Private{To: "gil", Mask: &rules.Mask{Payload: []byte(`{"a":1}`), Hides: true, Held: 3}}}
	_, private, err := e.Encode()
	require.NoError(t, err)
	aside := rules.AsideOf(&journal.Record{Private: private})
	require.Equal(t, "gil", aside.To)
	require.Equal(t, e.Private.Mask, aside.Mask)
	require.Zero(t, rules.AsideOf(&journal.Record{Private: []byte(`{"command":{"by":"x","id":"\"mask\":{","digest":""}}`)}))
	require.Zero(t, rules.AsideOf(&journal.Record{}))
}
