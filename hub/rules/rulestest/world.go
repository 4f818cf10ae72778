package rulestest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// World is a host session and shared sessions on it, as pure states that are
// connected by messages which arrive in order, some time or never: a crash
// loses what is on its way.
type World struct {
	T      require.TestingT
	Now    time.Time
	Host   *Node
	Shared []*Node
	Links  map[[2]journal.SessionID][]any
	Agent  fakeAgent
	ids    int

	Budget int // how many effects are carried out before the crash; -1 for no crash
}

// Node is one session: its state, and its journal.
type Node struct {
	ID       journal.SessionID
	Settings *rules.Settings
	State    rules.State
	kind     journal.Kind
	Journal  []journal.Record
	saved    []byte // a snapshot
	savedAt  int    // events that it stands on
}

// fakeAgent does what it is told and remembers what it was given.
type fakeAgent struct {
	Launching, Up bool
	Ending        bool // it was asked to end
	Turn          string
	asked         []string
	Given         map[string]int // times by approval
}

// NewSettings returns the settings with their defaults and a key.
func NewSettings(o rules.Settings) *rules.Settings {
	o.Key = rules.Key{7}
	return new(o.WithDefaults())
}

func NewWorld(t require.TestingT, o rules.Settings, sessions int) *World {
	w := &World{
		T:      t,
		Now:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Links:  map[[2]journal.SessionID][]any{},
		Agent:  fakeAgent{Given: map[string]int{}},
		Budget: -1,
	}
	r := NewSettings(o)
	w.Host = NewNode(journal.SessionID{1}, journal.KindHost, r)
	w.Do(w.Host, host.Create{Body: &protocol.CreateHostSession{Agent: "demo", WorkspaceID: "w", Permissions: protocol.PermissionsAsk}})
	w.Launched(true)
	for i := range sessions {
		n := NewNode(journal.SessionID{1, byte(i + 1)}, journal.KindShared, r)
		w.Shared = append(w.Shared, n)
		w.Do(n, shared.Create{
			Body:      &protocol.CreateSharedSession{HostSessionID: w.Host.ID.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval},
			CommandID: "create", Workspace: "w", Agent: protocol.AgentIdle,
		})
	}
	w.DeliverAll()
	return w
}

func NewNode(id journal.SessionID, kind journal.Kind, r *rules.Settings) *Node {
	n := &Node{ID: id, kind: kind, Settings: r}
	n.State = n.Blank()
	return n
}

func (n *Node) Blank() rules.State {
	if n.kind == journal.KindHost {
		return host.New(n.ID, n.Settings)
	}
	return shared.New(n.ID, n.Settings)
}

func (n *Node) SharedState() *shared.State { return n.State.(*shared.State) }
func (w *World) HostState() *host.State    { return w.Host.State.(*host.State) }

// Do decides on an input, commits, and carries the effects out.
func (w *World) Do(n *Node, body any) rules.Decision {
	if due := n.State.Due(); !due.IsZero() && !due.After(w.Now) {
		if _, ticks := body.(rules.Tick); !ticks {
			w.Do(n, rules.Tick{})
		}
	}
	if m, ok := body.(rules.SharedClosed); ok { // as the shell does
		m.Last = !slices.ContainsFunc(w.Shared, func(n *Node) bool { return n.SharedState().Active() })
		body = m
	}
	before := n.Encoded(w.T)
	w.ids++
	in := rules.Input{At: w.Now, Moment: w.Now, IDs: [2]string{fmt.Sprintf("id-%d", w.ids), fmt.Sprintf("other-%d", w.ids)}, Body: body}
	d := n.State.Decide(in)
	for absent, ok := d.Err.(*shared.AbsentError); ok; absent, ok = d.Err.(*shared.AbsentError) { // as the hub does
		in.Body = shared.WithDeparted(in.Body, absent.ID, n.Participant(w.T, absent.ID))
		d = n.State.Decide(in)
	}
	require.Equal(w.T, before, n.Encoded(w.T), "decide changes nothing")
	d = n.LooksUp(d)
	if d.Err != nil {
		require.Empty(w.T, d.Events)
		require.Empty(w.T, d.Effects)
		return d
	}
	for _, e := range d.Events {
		n.Append(w.T, e, w.Now)
	}
	for _, e := range d.Effects {
		if w.Budget == 0 {
			return d
		}
		w.Budget = max(w.Budget-1, -1)
		w.perform(n, e)
	}
	return d
}

// Participant is how the journal has a participant; nil for nobody.
func (n *Node) Participant(t require.TestingT, id string) *protocol.Participant {
	for _, r := range slices.Backward(n.Journal) {
		if about, _ := journal.AboutOf(&r); about == (journal.About{Subject: journal.SubjectParticipant, ID: id, Whole: true}) {
			e, err := shared.DecodeEvent(r)
			require.NoError(t, err)
			return new(shared.ParticipantIn(e))
		}
	}
	return nil
}

// LooksUp completes a refusal that has to be read from the journal, as the hub does.
func (n *Node) LooksUp(d rules.Decision) rules.Decision {
	if p, ended := d.Answer.(shared.EndedPrompt); ended {
		_, d.Err = lookup.EndedPromptAnswer{EndedPrompt: p}.Read(context.Background(), history.Reader{Journal: logged{log: n.Journal}, Session: n.ID})
	}
	return d
}

// approval is how the journal has a prompt.
func (n *Node) approval(t require.TestingT, id string) protocol.Approval {
	j := logged{log: n.Journal}
	e, err := j.Entry(context.Background(), n.ID, journal.SubjectApproval, id)
	require.NoError(t, err)
	events, err := lookup.ReadEvents(context.Background(), history.Reader{Journal: j}, shared.EventsOf(e))
	require.NoError(t, err)
	return shared.ApprovalIn(events[e.Whole], events[e.Newest])
}

// Approvals are the ids of all prompts, in the order of proposing.
func (n *Node) Approvals() (ids []string) {
	for i := range n.Journal {
		if about, _ := journal.AboutOf(&n.Journal[i]); about.Subject == journal.SubjectApproval && !slices.Contains(ids, about.ID) {
			ids = append(ids, about.ID)
		}
	}
	return ids
}

// logged is a journal that only finds entries and events, of one session.
type logged struct {
	journal.Journal
	log []journal.Record
}

func (j logged) Entry(_ context.Context, _ journal.SessionID, of journal.Subject, id string) (e journal.Entry, err error) {
	for i := range j.log {
		about, _ := journal.AboutOf(&j.log[i])
		if about.Subject != of || about.ID != id {
			continue
		}
		if e.ID == "" {
			e = journal.Entry{ID: id, First: j.log[i].Seq}
		}
		e.Add(j.log[i].Seq, about.Whole)
	}
	if e.ID == "" {
		err = journal.ErrNotFound
	}
	return e, err
}

func (j logged) Events(_ context.Context, _ journal.SessionID, numbers []journal.Seq) (found []journal.Record, _ error) {
	for _, n := range numbers {
		found = append(found, j.log[n-1])
	}
	return found, nil
}

// Append writes and applies one event.
func (n *Node) Append(t require.TestingT, e rules.Event, at time.Time) {
	public, private, err := e.Encode()
	require.NoError(t, err)
	r := journal.Record{Session: n.ID, Seq: journal.Seq(len(n.Journal) + 1), Time: at, Type: string(e.Public.EventType()), Public: public, Private: private}
	n.Journal = append(n.Journal, r)
	n.State.Apply(e, rules.Stamp{Seq: r.Seq, At: at, Moment: at})
}

func (n *Node) Encoded(t require.TestingT) string {
	b, err := json.Marshal(n.State)
	require.NoError(t, err)
	return string(b)
}

func (w *World) perform(n *Node, e rules.Effect) {
	switch e := e.(type) {
	case rules.Tell:
		w.post(n.ID, e.To, e.Message)
	case host.TellOpen:
		for _, s := range w.Shared {
			if s.SharedState().Active() {
				w.post(n.ID, s.ID, e.Message)
			}
		}
	case host.LaunchAgent:
		w.Agent.Launching, w.Agent.Ending, w.Agent.Up, w.Agent.Turn = true, false, false, ""
	case host.PromptAgent:
		require.True(w.T, w.Agent.Up, "a prompt for an agent that is not there")
		require.Empty(w.T, w.Agent.Turn, "a prompt while another turn runs")
		w.Agent.Turn = e.Prompt.Turn
		w.Agent.Given[e.Prompt.Turn]++
		require.Equal(w.T, 1, w.Agent.Given[e.Prompt.Turn], "a prompt is given to the agent twice")
	case host.EndAgent:
		w.Agent.Ending = w.Agent.Up || w.Agent.Launching
	case host.AnswerAgent:
		w.Agent.asked = slices.DeleteFunc(w.Agent.asked, func(id string) bool { return id == e.RequestID })
	}
}

func (w *World) post(from, to journal.SessionID, message any) {
	link := [2]journal.SessionID{from, to}
	w.Links[link] = append(w.Links[link], message)
}

// Deliver hands over the oldest message of a link.
func (w *World) Deliver(link [2]journal.SessionID) {
	message := w.Links[link][0]
	if w.Links[link] = w.Links[link][1:]; len(w.Links[link]) == 0 {
		delete(w.Links, link)
	}
	w.Do(w.node(link[1]), message)
}

func (w *World) node(id journal.SessionID) *Node {
	for _, n := range w.Shared {
		if n.ID == id {
			return n
		}
	}
	return w.Host
}

// BusyLinks are those with messages, in a fixed order.
func (w *World) BusyLinks() [][2]journal.SessionID {
	var busy [][2]journal.SessionID
	for _, s := range w.Shared {
		for _, link := range [][2]journal.SessionID{{s.ID, w.Host.ID}, {w.Host.ID, s.ID}} {
			if len(w.Links[link]) > 0 {
				busy = append(busy, link)
			}
		}
	}
	return busy
}

func (w *World) DeliverAll() {
	for busy := w.BusyLinks(); len(busy) > 0; busy = w.BusyLinks() {
		w.Deliver(busy[0])
	}
}

func (w *World) Launched(ok bool) {
	w.Agent.Launching = false
	if !ok {
		w.Agent.Ending = false
		w.Do(w.Host, host.LaunchFailed{Err: fmt.Errorf("no")})
		return
	}
	w.Agent.Up = true
	w.Do(w.Host, host.Launched{SessionID: "theirs", CanLoad: true})
}

func (w *World) AgentSays(e rules.AgentEvent) {
	switch e := e.(type) {
	case rules.AgentTurnEnded:
		w.Agent.Turn = ""
	case rules.AgentPermission:
		w.Agent.asked = append(w.Agent.asked, e.RequestID)
	case rules.AgentExited:
		w.Agent.Up, w.Agent.Ending, w.Agent.Turn, w.Agent.asked = false, false, "", nil
	}
	w.Do(w.Host, host.AgentSays{Event: e})
}

// Crash loses what is on its way, and the agent. Every session is loaded again.
func (w *World) Crash() {
	w.Links = map[[2]journal.SessionID][]any{}
	w.Agent.Launching, w.Agent.Ending, w.Agent.Up, w.Agent.Turn, w.Agent.asked = false, false, false, "", nil
	w.Budget = -1
	var open []journal.SessionID
	for _, n := range w.Shared {
		n.Reload(w.T, w.Now)
		if n.SharedState().Active() {
			open = append(open, n.ID)
		}
	}
	w.Host.Reload(w.T, w.Now)
	w.Do(w.Host, rules.Woken{Open: open})
	for _, n := range w.Shared {
		w.Do(n, rules.Woken{})
	}
}

// Reload reads the state from the journal, as a process does that begins.
func (n *Node) Reload(t require.TestingT, now time.Time) {
	living := n.Encoded(t)
	n.State = n.replayed(t, nil, 0)
	require.Equal(t, living, n.Encoded(t), "the state from replay is the living one")
	if n.saved != nil {
		n.State = n.replayed(t, n.saved, n.savedAt)
		require.Equal(t, living, n.Encoded(t), "the state from a snapshot and replay is the living one")
	}
	if s, ok := n.State.(*host.State); ok {
		s.Measure(now)
	}
}

func (n *Node) replayed(t require.TestingT, snapshot []byte, at int) rules.State {
	s := n.Blank()
	if snapshot != nil {
		require.NoError(t, s.Restore(snapshot))
	}
	for _, r := range n.Journal[at:] {
		e, err := s.Decode(r)
		require.NoError(t, err)
		s.Apply(e, rules.Stamp{Seq: r.Seq, At: r.Time})
	}
	return s
}

func (n *Node) Save(t require.TestingT) { n.saved, n.savedAt = []byte(n.Encoded(t)), len(n.Journal) }
