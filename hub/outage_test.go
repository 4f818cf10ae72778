package hub_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// outages are the ways in which a journal is out, each with its end.
var outages = map[string]func(j *hubtest.FaultyJournal) (end func()){
	"does not answer":   func(j *hubtest.FaultyJournal) func() { return j.Hold() },
	"cannot be written": func(j *hubtest.FaultyJournal) func() { return j.Break(journal.ErrFull) },
	"can be neither written nor read": func(j *hubtest.FaultyJournal) func() {
		write, read := j.Break(journal.ErrUnavailable), j.BreakReads(journal.ErrUnavailable)
		return func() { write(); read() }
	},
	"fails after it did not answer": func(j *hubtest.FaultyJournal) func() {
		release, mend := j.Hold(), j.Break(journal.ErrUnavailable)
		go func() {
			pass(time.Minute)
			release()
		}()
		return mend
	},
}

// answerTime is how long any command may take while the journal is out.
const answerTime = 12 * time.Second

func TestOutage_every_command_is_answered_while_the_agent_talks_and_nothing_of_it_is_lost(t *testing.T) {
	for name, begin := range outages {
		t.Run("when the journal "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{MaxBacklog: 64 << 20})
				r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
				turn := r.prompted().Turn
				event[*protocol.PromptDispatchStarted](r.host)
				const pieces = 10_000
				said := 0
				talked := make(chan struct{})
				end := begin(j)
				defer end()
				go func() {
					defer close(talked)
					for ; said < pieces; said++ {
						r.agent.Say(notification(said))
					}
					r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
				}()
				who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
				for i := range 50 {
					ctx, cancel := context.WithTimeout(t.Context(), answerTime)
					_, err := r.hub.Do(ctx, r.id, who, protocol.Request{ID: uuid.NewString(), Command: &protocol.Chat{Text: "hello"}})
					cancel()
					require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable}, "command %d", i)
					begun := time.Now()
					_, refusal := r.host.answer(r.host.send(&protocol.Chat{Text: "hello"}))
					require.NotNil(t, refusal)
					require.Equal(t, protocol.CodeJournalUnavailable, refusal.Code)
					require.Less(t, time.Since(begun), answerTime)
					pass(5 * time.Second)
				}
				synctest.Wait()
				require.Less(t, said, pieces, "the agent is not read further")
				end()
				for i := range pieces {
					require.JSONEq(t, string(notification(i).Raw), string(event[*protocol.HostSessionUpdate](r.host).Notification))
				}
				<-talked
				require.Equal(t, turn, event[*protocol.PromptDispatchCompleted](r.host).ApprovalID)
				r.host.say(&protocol.Chat{Text: "it is over"}, nil)
				r.host.whole()
			})
		})
	}
}

func TestOutage_a_command_that_was_not_confirmed_is_carried_out_once(t *testing.T) {
	for name, begin := range outages {
		t.Run("when the journal "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{})
				ben := r.join("ben")
				ben.passOver()
				who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
				end := begin(j)
				defer end()
				requests := make([]protocol.Request, 40)
				for i := range requests {
					requests[i] = protocol.Request{ID: fmt.Sprint("once-", i), Command: &protocol.Chat{Text: fmt.Sprint("text ", i)}}
					_, err := r.hub.Do(t.Context(), r.id, who, requests[i])
					require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
				}
				end()
				pass(2 * time.Minute)
				for i := range requests {
					_, err := r.hub.Do(t.Context(), r.id, who, requests[i])
					require.NoError(t, err)
				}
				texts := map[string]int{}
				for range requests {
					texts[event[*protocol.MessageCreated](ben).Message.Text]++
				}
				require.Len(t, texts, len(requests))
				ben.whole()
			})
		})
	}
}

func TestOutage_an_answer_to_the_agent_is_answered_although_its_session_is_out(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		r.agent.Say(question("q"))
		asked := event[*protocol.PermissionRequested](r.host).Permission
		release := j.Hold()
		id := r.host.send(&protocol.AnswerPermission{RequestID: asked.RequestID, OptionID: "yes"})
		begun := time.Now()
		_, refusal := r.host.answer(id)
		require.Equal(t, protocol.CodeJournalUnavailable, refusal.Code)
		require.Less(t, time.Since(begun), answerTime)
		release()
		event[*protocol.PermissionResolved](r.host)
	})
}

func TestOutage_a_session_that_cannot_be_loaded_is_answered_for(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.host.sub.Close()
		require.NoError(t, r.hub.Stop(t.Context()))
		hang := make(chan struct{})
		r.journal = hanging{j, hang}
		r.start(r.agents)
		defer close(hang)
		who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		begun := time.Now()
		_, err := r.hub.Do(t.Context(), r.id, who, protocol.Request{ID: "a", Command: &protocol.Chat{Text: "hello"}})
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
		require.Less(t, time.Since(begun), answerTime)
	})
}

// hanging is a journal whose sessions cannot be loaded until a channel is closed.
type hanging struct {
	journal.Journal
	until chan struct{}
}

func (h hanging) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	<-h.until
	return h.Journal.Summary(ctx, id)
}

func TestStop_ends_with_its_context_when_the_journal_does_not_answer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		defer j.Close()
		r := &room{t: t, journal: j, agents: hubtest.NewAgents()}
		r.hub = hub.New(j, r.agents, rules.Key{1}, hub.Options{})
		require.NoError(t, r.hub.Start(t.Context()))
		hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
		require.NoError(t, err)
		r.nextAgent()
		r.share(hs.ID)
		release := j.Hold()
		r.host.send(&protocol.Chat{Text: "hello"})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begun := time.Now()
		require.ErrorIs(t, r.hub.Stop(ctx), context.DeadlineExceeded)
		require.Equal(t, 5*time.Second, time.Since(begun))
		require.ErrorIs(t, r.hub.Stop(t.Context()), context.DeadlineExceeded, "again")
		release()
		synctest.Wait() // everything ends, or the bubble would not
	})
}
