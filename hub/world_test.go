package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// world is a host session and shared sessions on it, as pure states that are
// connected by messages which arrive in order, some time or never: a crash
// loses what is on its way.
type world struct {
	t      require.TestingT
	now    time.Time
	host   *node
	shared []*node
	links  map[[2]journal.SessionID][]any
	agent  fakeAgent
	ids    int

	budget int // how many effects are carried out before the crash; -1 for no crash
}

// node is one session: its state, and its journal.
type node struct {
	id       journal.SessionID
	settings *settings
	state    state
	kind     journal.Kind
	log      []journal.Record
	saved    []byte // a snapshot
	savedAt  int    // events that it stands on
}

// fakeAgent does what it is told and remembers what it was given.
type fakeAgent struct {
	launching, up bool
	ending        bool // it was asked to end
	turn          string
	asked         []string
	given         map[string]int // times by approval
}

// testSettings returns the settings with their defaults and a key.
func testSettings(o settings) *settings {
	o.Key = Key{7}
	return new(o.withDefaults())
}

func newWorld(t require.TestingT, o settings, sessions int) *world {
	w := &world{
		t:      t,
		now:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		links:  map[[2]journal.SessionID][]any{},
		agent:  fakeAgent{given: map[string]int{}},
		budget: -1,
	}
	r := testSettings(o)
	w.host = newNode(journal.SessionID{1}, journal.KindHost, r)
	w.do(w.host, createHost{body: &protocol.CreateHostSession{Agent: "demo", WorkspaceID: "w", Permissions: protocol.PermissionsAsk}})
	w.launched(true)
	for i := range sessions {
		n := newNode(journal.SessionID{1, byte(i + 1)}, journal.KindShared, r)
		w.shared = append(w.shared, n)
		w.do(n, createShared{
			body:      &protocol.CreateSharedSession{HostSessionID: w.host.id.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval},
			commandID: "create", workspace: "w", agent: protocol.AgentIdle,
		})
	}
	w.deliverAll()
	return w
}

func newNode(id journal.SessionID, kind journal.Kind, r *settings) *node {
	n := &node{id: id, kind: kind, settings: r}
	n.state = n.blank()
	return n
}

func (n *node) blank() state {
	if n.kind == journal.KindHost {
		return newHostState(n.id, n.settings)
	}
	return newSharedState(n.id, n.settings)
}

func (n *node) sharedState() *sharedState { return n.state.(*sharedState) }
func (w *world) hostState() *hostState    { return w.host.state.(*hostState) }

// do decides on an input, commits, and carries the effects out.
func (w *world) do(n *node, body any) decision {
	if due := n.state.due(); !due.IsZero() && !due.After(w.now) {
		if _, ticks := body.(tick); !ticks {
			w.do(n, tick{})
		}
	}
	if m, ok := body.(sharedClosed); ok { // as the shell does
		m.last = !slices.ContainsFunc(w.shared, func(n *node) bool { return n.sharedState().active() })
		body = m
	}
	before := n.encoded(w.t)
	w.ids++
	in := input{at: w.now, moment: w.now, ids: [2]string{fmt.Sprintf("id-%d", w.ids), fmt.Sprintf("other-%d", w.ids)}, body: body}
	d := n.state.decide(in)
	for absent, ok := d.err.(*absentError); ok; absent, ok = d.err.(*absentError) { // as the hub does
		in.body = withDeparted(in.body, absent.id, n.participant(w.t, absent.id))
		d = n.state.decide(in)
	}
	require.Equal(w.t, before, n.encoded(w.t), "decide changes nothing")
	d = n.looksUp(d)
	if d.err != nil {
		require.Empty(w.t, d.events)
		require.Empty(w.t, d.effects)
		return d
	}
	for _, e := range d.events {
		n.append(w.t, e, w.now)
	}
	for _, e := range d.effects {
		if w.budget == 0 {
			return d
		}
		w.budget = max(w.budget-1, -1)
		w.perform(n, e)
	}
	return d
}

// participant is how the journal has a participant; nil for nobody.
func (n *node) participant(t require.TestingT, id string) *protocol.Participant {
	for _, r := range slices.Backward(n.log) {
		if about, _ := journal.AboutOf(&r); about == (journal.About{Subject: journal.SubjectParticipant, ID: id, Whole: true}) {
			e, err := decodeShared(r)
			require.NoError(t, err)
			return new(participantIn(e))
		}
	}
	return nil
}

// looksUp completes a refusal that has to be read from the journal, as the hub does.
func (n *node) looksUp(d decision) decision {
	if p, ended := d.answer.(endedPrompt); ended {
		_, d.err = endedPromptAnswer{p}.Read(context.Background(), history.Reader{Journal: logged{log: n.log}, Session: n.id})
	}
	return d
}

// approval is how the journal has a prompt.
func (n *node) approval(t require.TestingT, id string) protocol.Approval {
	j := logged{log: n.log}
	e, err := j.Entry(context.Background(), n.id, journal.SubjectApproval, id)
	require.NoError(t, err)
	events, err := readEvents(context.Background(), history.Reader{Journal: j}, eventsOf(e))
	require.NoError(t, err)
	return approvalIn(events[e.Whole], events[e.Newest])
}

// approvals are the ids of all prompts, in the order of proposing.
func (n *node) approvals() (ids []string) {
	for i := range n.log {
		if about, _ := journal.AboutOf(&n.log[i]); about.Subject == journal.SubjectApproval && !slices.Contains(ids, about.ID) {
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

// append writes and applies one event.
func (n *node) append(t require.TestingT, e event, at time.Time) {
	public, private, err := e.encode()
	require.NoError(t, err)
	r := journal.Record{Session: n.id, Seq: journal.Seq(len(n.log) + 1), Time: at, Type: string(e.public.EventType()), Public: public, Private: private}
	n.log = append(n.log, r)
	n.state.apply(e, stamp{r.Seq, at, at})
}

func (n *node) encoded(t require.TestingT) string {
	b, err := json.Marshal(n.state)
	require.NoError(t, err)
	return string(b)
}

func (w *world) perform(n *node, e effect) {
	switch e := e.(type) {
	case tell:
		w.post(n.id, e.to, e.message)
	case tellOpen:
		for _, s := range w.shared {
			if s.sharedState().active() {
				w.post(n.id, s.id, e.message)
			}
		}
	case launchAgent:
		w.agent.launching, w.agent.ending, w.agent.up, w.agent.turn = true, false, false, ""
	case promptAgent:
		require.True(w.t, w.agent.up, "a prompt for an agent that is not there")
		require.Empty(w.t, w.agent.turn, "a prompt while another turn runs")
		w.agent.turn = e.prompt.Turn
		w.agent.given[e.prompt.Turn]++
		require.Equal(w.t, 1, w.agent.given[e.prompt.Turn], "a prompt is given to the agent twice")
	case endAgent:
		w.agent.ending = w.agent.up || w.agent.launching
	case answerAgent:
		w.agent.asked = slices.DeleteFunc(w.agent.asked, func(id string) bool { return id == e.requestID })
	}
}

func (w *world) post(from, to journal.SessionID, message any) {
	link := [2]journal.SessionID{from, to}
	w.links[link] = append(w.links[link], message)
}

// deliver hands over the oldest message of a link.
func (w *world) deliver(link [2]journal.SessionID) {
	message := w.links[link][0]
	if w.links[link] = w.links[link][1:]; len(w.links[link]) == 0 {
		delete(w.links, link)
	}
	w.do(w.node(link[1]), message)
}

func (w *world) node(id journal.SessionID) *node {
	for _, n := range w.shared {
		if n.id == id {
			return n
		}
	}
	return w.host
}

// busyLinks are those with messages, in a fixed order.
func (w *world) busyLinks() [][2]journal.SessionID {
	var busy [][2]journal.SessionID
	for _, s := range w.shared {
		for _, link := range [][2]journal.SessionID{{s.id, w.host.id}, {w.host.id, s.id}} {
			if len(w.links[link]) > 0 {
				busy = append(busy, link)
			}
		}
	}
	return busy
}

func (w *world) deliverAll() {
	for busy := w.busyLinks(); len(busy) > 0; busy = w.busyLinks() {
		w.deliver(busy[0])
	}
}

func (w *world) launched(ok bool) {
	w.agent.launching = false
	if !ok {
		w.agent.ending = false
		w.do(w.host, launchFailed{fmt.Errorf("no")})
		return
	}
	w.agent.up = true
	w.do(w.host, launched{sessionID: "theirs", canLoad: true})
}

func (w *world) agentSays(e AgentEvent) {
	switch e := e.(type) {
	case AgentTurnEnded:
		w.agent.turn = ""
	case AgentPermission:
		w.agent.asked = append(w.agent.asked, e.RequestID)
	case AgentExited:
		w.agent.up, w.agent.ending, w.agent.turn, w.agent.asked = false, false, "", nil
	}
	w.do(w.host, agentSays{e})
}

// crash loses what is on its way, and the agent. Every session is loaded again.
func (w *world) crash() {
	w.links = map[[2]journal.SessionID][]any{}
	w.agent.launching, w.agent.ending, w.agent.up, w.agent.turn, w.agent.asked = false, false, false, "", nil
	w.budget = -1
	var open []journal.SessionID
	for _, n := range w.shared {
		n.reload(w.t, w.now)
		if n.sharedState().active() {
			open = append(open, n.id)
		}
	}
	w.host.reload(w.t, w.now)
	w.do(w.host, woken{open})
	for _, n := range w.shared {
		w.do(n, woken{})
	}
}

// reload reads the state from the journal, as a process does that begins.
func (n *node) reload(t require.TestingT, now time.Time) {
	living := n.encoded(t)
	n.state = n.replayed(t, nil, 0)
	require.Equal(t, living, n.encoded(t), "the state from replay is the living one")
	if n.saved != nil {
		n.state = n.replayed(t, n.saved, n.savedAt)
		require.Equal(t, living, n.encoded(t), "the state from a snapshot and replay is the living one")
	}
	if s, ok := n.state.(*hostState); ok {
		s.measure(now)
	}
}

func (n *node) replayed(t require.TestingT, snapshot []byte, at int) state {
	s := n.blank()
	if snapshot != nil {
		require.NoError(t, s.restore(snapshot))
	}
	for _, r := range n.log[at:] {
		e, err := s.decode(r)
		require.NoError(t, err)
		s.apply(e, stamp{seq: r.Seq, at: r.Time})
	}
	return s
}

func (n *node) save(t require.TestingT) { n.saved, n.savedAt = []byte(n.encoded(t)), len(n.log) }
