package main

// What may change here: what is proved about several copies of the service over one PostgreSQL.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store/storetest"
)

// rounds is how often one of the two copies is killed.
const rounds = 8

// A replica is one copy of the service: a process, and what it logged.
type replica struct {
	args    []string
	web     string
	command *exec.Cmd
	log     journal
}

// A journal is what a process logs, while others read it.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// start starts it; the function waits until it is ready.
func (r *replica) start(t *testing.T) (ready func()) {
	t.Helper()
	r.command = program(r.args...)
	r.command.Stderr = &r.log
	wait := launch(t, r.command)
	return func() { _, r.web = wait() }
}

func (r *replica) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, r.command.Process.Kill())
	_ = r.command.Wait()
	fmt.Fprintln(&r.log, `{"msg":"timed work","here":false}`) // the dead do nothing
}

// leads says whether the copy was the one that does the timed work when it last said so.
func (r *replica) leads() bool {
	leads := false
	for line := range strings.Lines(r.log.String()) {
		var said struct {
			Msg  string
			Here bool
		}
		if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "timed work" {
			leads = said.Here
		}
	}
	return leads
}

// goOn brings an author from a copy that died to one that lives, as the desktop does behind a load balancer: what was under way
// is done again in the same words, and must then be there once.
func (a *author) goOn(ctx context.Context, gp *api.Client) error {
	a.gp = gp
	if a.sent == nil {
		return nil
	}
	got, err := a.sent.does(ctx)
	if err != nil { // the one that died had done it, whole
		refusal := err
		if got, err = a.gp.Plan(ctx, a.acked.ID); err != nil {
			return err
		}
		if err := a.sent.done(got); err != nil {
			return fmt.Errorf("%s was refused (%w) and is not there: %w", a.sent.name, refusal, err)
		}
	}
	if err := a.sent.done(got); err != nil {
		return fmt.Errorf("%s: %w", a.sent.name, err)
	}
	a.done[a.sent.name]++
	a.acked, a.sent = got, nil
	return nil
}

// Two copies of the service serve one database. One after the other is killed in the middle of its work, the one that does the
// timed work each time. Whoever works at the other notices nothing; whoever worked at the dead one goes on there. Nothing that
// was answered is lost, nothing is done twice, what time brings is done once, and what happens at one is heard at the other.
func TestTwoCopiesOneIsKilled(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	ctx, stopAll := context.WithCancel(context.Background())
	defer stopAll()
	database := storetest.Database(t)
	file, key := addressFile(t, database), newKeyFile(t)
	both := []*replica{{}, {}}
	var ready []func()
	for _, one := range both {
		one.args = []string{"serve", "--training", "--addr", freePort(t), "--database", file, "--key-file", key, "--chores", "500ms"}
		ready = append(ready, one.start(t)) // on a new database, both at once
	}
	for _, wait := range ready {
		wait()
	}

	authors := authorsOf(t, ctx, signIn(t, both[0].web, "gp", "training"), 3)
	mine := map[string]string{}
	before := map[*author]map[string]int{}
	for _, a := range authors {
		mine[a.acked.ID] = ""
		before[a] = audited(t, database, a.acked.ID)
	}
	idle := []string{}
	for id := range strings.SplitSeq(storetest.Ask(t, database, `SELECT string_agg(id, ',') FROM plans WHERE status = 'approved'`), ",") {
		if _, taken := mine[id]; !taken {
			idle = append(idle, id)
		}
	}
	require.GreaterOrEqual(t, len(idle), rounds)
	first := map[*author]int{}
	for _, a := range authors {
		first[a] = a.acked.Published.Number
	}

	for round := range rounds {
		victim, other := both[round%2], both[1-round%2]
		// Each has a session of its own, since a session has few tries at a password at once.
		there, here, later := signIn(t, victim.web, "gp", "training"), signIn(t, other.web, "gp", "training"), signIn(t, other.web, "gp", "training")
		listening, stopListening := context.WithCancel(ctx)
		heard := here.Events(listening)
		require.Equal(t, "worklists", (<-heard).Kind)
		quit := make(chan struct{})
		wrong := make(chan error, len(authors))
		var busy sync.WaitGroup
		for i, a := range authors {
			a.quit = quit
			if i%2 == 1 { // notices nothing
				a.gp = here
				busy.Go(func() {
					err := a.write(ctx)
					if err == nil && a.sent != nil {
						err = fmt.Errorf("the copy that lives could not be reached")
					}
					wrong <- err
				})
				continue
			}
			a.gp = there
			busy.Go(func() {
				err := a.write(ctx)
				if err == nil {
					err = a.goOn(ctx, later)
				}
				if err == nil {
					err = a.write(ctx)
				}
				wrong <- err
			})
		}
		// What is done at the victim is heard at the other.
		waiting := time.After(time.Minute)
		for crossed := false; !crossed; {
			select {
			case e := <-heard:
				crossed = e.PlanID == authors[0].acked.ID || e.PlanID == authors[2].acked.ID
			case <-waiting:
				t.Fatal("what was done at one copy was not heard at the other")
			}
		}
		stopListening()
		due := idle[round]
		require.NoError(t, storetest.Exec(database, `UPDATE plans SET review_due = '2020-01-01' WHERE id = '`+due+`'`))
		time.Sleep(time.Duration(chance.IntN(600)) * time.Millisecond)
		victim.kill(t)
		require.Eventually(t, func() bool {
			return storetest.Ask(t, database, `SELECT status FROM plans WHERE id = '`+due+`'`) == "overdue"
		}, time.Minute, 20*time.Millisecond, "the other copy does what time brings")
		time.Sleep(time.Duration(chance.IntN(300)) * time.Millisecond)
		close(quit)
		busy.Wait()
		for range authors {
			require.NoError(t, <-wrong, "round %d", round)
		}
		for _, a := range authors {
			a.gp = later
			a.check(t, ctx)
		}
		victim.start(t)()
		require.Eventually(t, func() bool { return both[0].leads() || both[1].leads() }, time.Minute, 20*time.Millisecond)
	}
	time.Sleep(2 * time.Second) // both have looked at the time again
	assert.NotEqual(t, both[0].leads(), both[1].leads(), "exactly one does the timed work")
	for _, one := range both {
		stop(t, one.command)
		_, password, _ := strings.Cut(strings.SplitN(database, "@", 2)[0], "postgres:")
		assert.NotContains(t, one.log.String(), password)
	}
	done := map[string]int{}
	for _, a := range authors {
		now := audited(t, database, a.acked.ID)
		for what, n := range a.done {
			done[what] += n
			assert.Equal(t, n, now[what]-before[a][what], "%s: each is there once", what)
		}
		assert.Equal(t, a.done["approve"], a.acked.Published.Number-first[a])
	}
	for _, due := range idle[:rounds] {
		assert.Equal(t, 1, audited(t, database, due)["review-passed"], "what time brings is done once")
		assert.Equal(t, "1", storetest.Ask(t, database, `SELECT count(*) FROM outbox WHERE status = 'overdue' AND plan_id = '`+due+`'`), "and told once")
	}
	said, err := do(t, "", "verify-audit", "--database", file, "--key-file", key)
	require.NoError(t, err, said)
	t.Logf("%d kills of one of two copies: %d saves, %d amendments and %d approvals were answered and are there once", rounds, done["save"], done["amend"], done["approve"])
	for _, what := range []string{"save", "amend", "approve"} {
		require.NotZero(t, done[what])
	}
}

// audited counts the lines of the audit of a plan, by what was done.
func audited(t *testing.T, database, plan string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for one := range strings.SplitSeq(storetest.Ask(t, database, `SELECT string_agg(action || '=' || n, ',') FROM
		(SELECT action, count(*) AS n FROM audit WHERE plan_id = '`+plan+`' GROUP BY action) AS counted`), ",") {
		action, n, _ := strings.Cut(one, "=")
		number, err := strconv.Atoi(n)
		require.NoError(t, err)
		out[action] = number
	}
	return out
}
