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

// Network is a host session and shared sessions on it, as pure states that are
// connected by messages which arrive in order, some time or never: a crash
// loses what is on its way.
type Network struct {
	T      require.TestingT
	Now    time.Time
	Host   *Session
	Shared []*Session
	Links  map[[2]journal.SessionID][]rules.Message
	Agent  fakeAgent
	ids    int

	EffectsLeft int // how many effects are carried out before the crash; -1 for no crash
}

// Session is one session: its state, and its journal.
type Session struct {
	ID         journal.SessionID
	Settings   *rules.Settings
	State      rules.State
	kind       journal.Kind
	Journal    []journal.Record
	snapshot   []byte // a snapshot
	snapshotAt int    // events that it stands on
}

// fakeAgent does what it is told and remembers what it was given.
type fakeAgent struct {
	Launching, Ready bool
	Ending           bool // it was asked to end
	Turn             string
	requests         []string
	Prompts          map[string]int // times by approval
	Changes          []host.ConfigureAgent
}

// NewSettings returns the settings with their defaults and a key.
func NewSettings(o rules.Settings) *rules.Settings {
	o.Key = rules.Key{7}
	return new(o.WithDefaults())
}

func NewNetwork(t require.TestingT, o rules.Settings, sessions int) *Network {
	w := &Network{
		T:           t,
		Now:         time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Links:       map[[2]journal.SessionID][]rules.Message{},
		Agent:       fakeAgent{Prompts: map[string]int{}},
		EffectsLeft: -1,
	}
	r := NewSettings(o)
	w.Host = NewSession(journal.SessionID{1}, journal.KindHost, r)
	w.Do(w.Host, host.Create{Body: &protocol.CreateHostSession{Agent: "demo", WorkspaceID: "w", Permissions: protocol.PermissionsAsk}})
	w.FinishLaunch(true)
	for i := range sessions {
		n := NewSession(journal.SessionID{1, byte(i + 1)}, journal.KindShared, r)
		w.Shared = append(w.Shared, n)
		w.Do(n, shared.Create{
			Body:      &protocol.CreateSharedSession{HostSessionID: w.Host.ID.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval},
			CommandID: "create", Workspace: "w", Agent: protocol.AgentIdle,
		})
	}
	w.DeliverAll()
	return w
}

func NewSession(id journal.SessionID, kind journal.Kind, r *rules.Settings) *Session {
	n := &Session{ID: id, kind: kind, Settings: r}
	n.State = n.NewState()
	return n
}

func (n *Session) NewState() rules.State {
	if n.kind == journal.KindHost {
		return host.New(n.ID, n.Settings)
	}
	return shared.New(n.ID, n.Settings)
}

func (n *Session) SharedState() *shared.State { return n.State.(*shared.State) }
func (w *Network) HostState() *host.State     { return w.Host.State.(*host.State) }

// Do decides on an input, commits, and carries the effects out.
func (w *Network) Do(n *Session, body rules.Body) rules.Decision {
	if due := n.State.Due(); !due.IsZero() && !due.After(w.Now) {
		if _, ticks := body.(rules.Tick); !ticks {
			w.Do(n, rules.Tick{})
		}
	}
	if m, ok := body.(rules.SharedClosed); ok { // as the shell does
		m.Last = !slices.ContainsFunc(w.Shared, func(n *Session) bool { return n.SharedState().Active() })
		body = m
	}
	before := n.EncodedState(w.T)
	w.ids++
	in := rules.Input{At: w.Now, Now: w.Now, IDs: [2]string{fmt.Sprintf("id-%d", w.ids), fmt.Sprintf("other-%d", w.ids)}, Body: body}
	d := n.State.Decide(in)
	for absent, ok := d.Err.(*shared.AbsentError); ok; absent, ok = d.Err.(*shared.AbsentError) { // as the hub does
		in.Body = shared.WithDeparted(in.Body, absent.ID, n.Participant(w.T, absent.ID))
		d = n.State.Decide(in)
	}
	require.Equal(w.T, before, n.EncodedState(w.T), "decide changes nothing")
	d = n.CompleteAnswer(d)
	if d.Err != nil {
		require.Empty(w.T, d.Events)
		require.Empty(w.T, d.Effects)
		return d
	}
	for _, e := range d.Events {
		n.Append(w.T, e, w.Now)
	}
	for _, e := range d.Effects {
		if w.EffectsLeft == 0 {
			return d
		}
		w.EffectsLeft = max(w.EffectsLeft-1, -1)
		w.perform(n, e)
	}
	return d
}

// Participant is how the journal has a participant; nil for nobody.
func (n *Session) Participant(t require.TestingT, id string) *protocol.Participant {
	for _, r := range slices.Backward(n.Journal) {
		if about, _ := journal.AboutOf(&r); about == (journal.About{Subject: journal.SubjectParticipant, ID: id, Whole: true}) {
			e, err := shared.DecodeEvent(r)
			require.NoError(t, err)
			return new(shared.ParticipantOf(e))
		}
	}
	return nil
}

// CompleteAnswer completes a refusal that has to be read from the journal, as the hub does.
func (n *Session) CompleteAnswer(d rules.Decision) rules.Decision {
	if p, ended := d.Answer.(shared.EndedPrompt); ended {
		_, d.Err = lookup.EndedPromptAnswer{EndedPrompt: p}.Read(context.Background(), history.Reader{Journal: logged{log: n.Journal}, Session: n.ID})
	}
	return d
}

// approval is how the journal has a prompt.
func (n *Session) approval(t require.TestingT, id string) protocol.Approval {
	j := logged{log: n.Journal}
	e, err := j.Entry(context.Background(), n.ID, journal.SubjectApproval, id)
	require.NoError(t, err)
	events, err := lookup.ReadEvents(context.Background(), history.Reader{Journal: j}, shared.ApprovalEvents(e))
	require.NoError(t, err)
	return shared.ApprovalOf(events[e.Whole], events[e.Newest])
}

// Approvals are the ids of all prompts, in the order of proposing.
func (n *Session) Approvals() (ids []string) {
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
func (n *Session) Append(t require.TestingT, e rules.Event, at time.Time) {
	public, private, err := e.Encode()
	require.NoError(t, err)
	r := journal.Record{Session: n.ID, Seq: journal.Seq(len(n.Journal) + 1), Time: at, Type: string(e.Public.EventType()), Public: public, Private: private}
	n.Journal = append(n.Journal, r)
	n.State.Apply(e, rules.Stamp{Seq: r.Seq, At: at, Now: at})
}

func (n *Session) EncodedState(t require.TestingT) string {
	b, err := json.Marshal(n.State)
	require.NoError(t, err)
	return string(b)
}

func (w *Network) perform(n *Session, e rules.Effect) {
	switch e := e.(type) {
	case rules.Send:
		w.post(n.ID, e.To, e.Message)
	case host.Broadcast:
		for _, s := range w.Shared {
			if s.SharedState().Active() {
				w.post(n.ID, s.ID, e.Message)
			}
		}
	case host.LaunchAgent:
		w.Agent.Launching, w.Agent.Ending, w.Agent.Ready, w.Agent.Turn = true, false, false, ""
	case host.PromptAgent:
		require.True(w.T, w.Agent.Ready, "a prompt for an agent that is not there")
		require.Empty(w.T, w.Agent.Turn, "a prompt while another turn runs")
		w.Agent.Turn = e.Prompt.Turn
		w.Agent.Prompts[e.Prompt.Turn]++
		require.Equal(w.T, 1, w.Agent.Prompts[e.Prompt.Turn], "a prompt is given to the agent twice")
	case host.ConfigureAgent:
		require.True(w.T, w.Agent.Ready, "an option is set in an agent that does not run")
		w.Agent.Changes = append(w.Agent.Changes, e)
	case host.EndAgent:
		w.Agent.Ending = w.Agent.Ready || w.Agent.Launching
	case host.AnswerAgent:
		w.Agent.requests = slices.DeleteFunc(w.Agent.requests, func(id string) bool { return id == e.RequestID })
	}
}

func (w *Network) post(from, to journal.SessionID, message rules.Message) {
	link := [2]journal.SessionID{from, to}
	w.Links[link] = append(w.Links[link], message)
}

// Deliver hands over the oldest message of a link.
func (w *Network) Deliver(link [2]journal.SessionID) {
	message := w.Links[link][0]
	if w.Links[link] = w.Links[link][1:]; len(w.Links[link]) == 0 {
		delete(w.Links, link)
	}
	w.Do(w.node(link[1]), message)
}

func (w *Network) node(id journal.SessionID) *Session {
	for _, n := range w.Shared {
		if n.ID == id {
			return n
		}
	}
	return w.Host
}

// NonEmptyLinks are those with messages, in a fixed order.
func (w *Network) NonEmptyLinks() [][2]journal.SessionID {
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

func (w *Network) DeliverAll() {
	for busy := w.NonEmptyLinks(); len(busy) > 0; busy = w.NonEmptyLinks() {
		w.Deliver(busy[0])
	}
}

func (w *Network) FinishLaunch(ok bool) {
	w.Agent.Launching = false
	if !ok {
		w.Agent.Ending = false
		w.Do(w.Host, host.LaunchFailed{Err: fmt.Errorf("no")})
		return
	}
	w.Agent.Ready = true
	w.Do(w.Host, host.Launched{SessionID: "theirs", CanLoad: true})
}

func (w *Network) AgentReports(e rules.AgentEvent) {
	switch e := e.(type) {
	case rules.AgentTurnEnded:
		w.Agent.Turn = ""
	case rules.AgentPermission:
		w.Agent.requests = append(w.Agent.requests, e.RequestID)
	case rules.AgentExited:
		w.Agent.Ready, w.Agent.Ending, w.Agent.Turn, w.Agent.requests = false, false, "", nil
	}
	w.Do(w.Host, host.AgentReported{Event: e})
}

// Crash loses what is on its way, and the agent. Every session is loaded again.
func (w *Network) Crash() {
	w.Links = map[[2]journal.SessionID][]rules.Message{}
	w.Agent.Launching, w.Agent.Ending, w.Agent.Ready, w.Agent.Turn, w.Agent.requests = false, false, false, "", nil
	w.EffectsLeft = -1
	var open []journal.SessionID
	for _, n := range w.Shared {
		n.Reload(w.T, w.Now)
		if n.SharedState().Active() {
			open = append(open, n.ID)
		}
	}
	w.Host.Reload(w.T, w.Now)
	w.Do(w.Host, rules.Loaded{OpenShared: open})
	for _, n := range w.Shared {
		w.Do(n, rules.Loaded{})
	}
}

// Reload reads the state from the journal, as a process does that begins.
func (n *Session) Reload(t require.TestingT, now time.Time) {
	living := n.EncodedState(t)
	n.State = n.replayed(t, nil, 0)
	require.Equal(t, living, n.EncodedState(t), "the state from replay is the living one")
	if n.snapshot != nil {
		n.State = n.replayed(t, n.snapshot, n.snapshotAt)
		require.Equal(t, living, n.EncodedState(t), "the state from a snapshot and replay is the living one")
	}
	if s, ok := n.State.(*host.State); ok {
		s.SetClock(now)
	}
}

func (n *Session) replayed(t require.TestingT, snapshot []byte, at int) rules.State {
	s := n.NewState()
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

func (n *Session) SaveSnapshot(t require.TestingT) {
	n.snapshot, n.snapshotAt = []byte(n.EncodedState(t)), len(n.Journal)
}
