package main

// What may change here: what is proved about a service that is killed. The engines it is proved on are in engines.

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store/storetest"
	"cmc/forms"
)

// kills is how often the service is killed on each engine.
const kills = 100

// An author changes one live plan again and again: amend, save, approve. It remembers what was acknowledged last and what was
// sent since: at most one thing.
type author struct {
	gp    *api.Client
	due   string // by when each version is reviewed
	acked *api.Plan
	sent  *sent // nil: everything was answered
	n     int
	quit  <-chan struct{} // closed: enough was written; nil: never
	done  map[string]int  // what was acknowledged, by name
	tell  chan<- string   // what was acknowledged, to whoever waits for it
}

// sent is one change under way: what it is called, and whether a plan shows that it was done, whole.
type sent struct {
	name string
	does func(context.Context) (*api.Plan, error)
	done func(p *api.Plan) error
}

const banner = "urgent_banner"

func words(p *api.Plan) string { return p.Draft.Answers[banner].Text }

// next chooses what comes now. Every banner is another one, so that each save and each version can be told apart.
func (a *author) next() *sent {
	p := a.acked
	switch {
	case p.Draft == nil:
		return &sent{"amend", func(ctx context.Context) (*api.Plan, error) { return a.gp.Amend(ctx, p.ID, "A change") }, func(now *api.Plan) error {
			return all(now.Status == "amending", now.Draft != nil, now.Published.Number == p.Published.Number)
		}}
	case a.n%4 == 3:
		a.n++
		approve := api.Approve{Password: "training", ReviewDue: a.due}
		for _, check := range api.ApprovalChecks {
			approve.Checks = append(approve.Checks, check.ID)
		}
		return &sent{"approve", func(ctx context.Context) (*api.Plan, error) { return a.gp.Approve(ctx, p.ID, approve, p.Etag) }, func(now *api.Plan) error {
			return all(now.Status == "approved", now.Draft == nil, now.Published.Number == p.Published.Number+1,
				now.Published.Answers[banner].Text == words(p), now.Published.Hash != p.Published.Hash)
		}}
	}
	a.n++
	text := "Words number " + strconv.Itoa(a.n) + " of " + p.ID[:8]
	patch, err := json.Marshal(map[string]any{banner: map[string]any{"value": text}})
	if err != nil {
		panic(err)
	}
	key := p.ID + "-" + strconv.Itoa(a.n)
	return &sent{"save", func(ctx context.Context) (*api.Plan, error) { return a.gp.PatchDraft(ctx, p.ID, patch, p.Etag, key) }, func(now *api.Plan) error {
		return all(now.Status == "amending", now.Draft != nil, now.Draft != nil && words(now) == text, now.Published.Number == p.Published.Number)
	}}
}

// all says which of the things that must be so is not.
func all(so ...bool) error {
	if i := slices.Index(so, false); i >= 0 {
		return fmt.Errorf("number %d of what makes it whole is not so", i+1)
	}
	return nil
}

// write changes the plan until the service is gone or it is enough. Anything but its going is an error.
func (a *author) write(ctx context.Context) error {
	for {
		select {
		case <-a.quit:
			return nil
		default:
		}
		a.sent = a.next()
		got, err := a.sent.does(ctx)
		if api.IsUnreachable(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.sent.name, err)
		}
		if err := a.sent.done(got); err != nil {
			return fmt.Errorf("%s was answered with a plan that does not show it: %w", a.sent.name, err)
		}
		a.done[a.sent.name]++
		select {
		case a.tell <- a.sent.name:
		default:
		}
		a.acked, a.sent = got, nil
	}
}

// check looks at the plan after a restart: as it was acknowledged, or with the one thing that was under way, whole.
func (a *author) check(t *testing.T, ctx context.Context) {
	t.Helper()
	now, err := a.gp.Plan(ctx, a.acked.ID)
	require.NoError(t, err)
	if now.Etag == a.acked.Etag {
		assert.Equal(t, a.acked.Status, now.Status)
		assert.Equal(t, a.acked.Published.Hash, now.Published.Hash)
		require.Equal(t, a.acked.Draft == nil, now.Draft == nil)
		if now.Draft != nil {
			assert.True(t, a.acked.Draft.Answers.Equal(now.Draft.Answers), "an acknowledged save is lost")
		}
	} else {
		require.NotNil(t, a.sent, "something changed that nobody sent")
		require.NoError(t, a.sent.done(now), "%s is half done", a.sent.name)
	}
	versions, err := a.gp.Versions(ctx, now.ID)
	require.NoError(t, err)
	require.Len(t, versions.Items, now.Published.Number, "every version is there, and none is there twice")
	for i, one := range versions.Items {
		require.Equal(t, now.Published.Number-i, one.Number)
	}
	a.acked, a.sent = now, nil
}

// engines are the databases on which the service is killed: the arguments that choose each.
var engines = map[string]func(t *testing.T) []string{
	"sqlite": func(t *testing.T) []string { return []string{"--data", filepath.Join(t.TempDir(), "data")} },
	"postgres": func(t *testing.T) []string {
		return []string{"--database", addressFile(t, storetest.Database(t)), "--key-file", newKeyFile(t)}
	},
}

// The service is killed without warning, a hundred times, while several people write and a crew reads. Every write that was
// answered is there; the one that was under way is there whole, or not at all; no plan is half approved; every reading that
// was answered is in the audit; and the audit is whole.
func TestKilledAHundredTimes(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := uint64(time.Now().UnixNano())
			if given, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
				seed = given
			}
			t.Logf("SEED=%d repeats the moments of the kills", seed)
			chance := rand.New(rand.NewPCG(seed, 1))
			args := engine(t)
			port := freePort(t)
			serve := append([]string{"--training", "--addr", port}, args...)
			ctx := context.Background()
			command, address := start(t, serve...)
			gp, crew := signIn(t, address, "gp", "training"), signIn(t, address, "urgent", "training")
			authors := authorsOf(t, ctx, gp, 3)
			read := authors[0].acked.ID
			_, err := crew.Open(ctx, read, "999 call")
			require.NoError(t, err)
			readings := 0
			for round := range kills {
				told := make(chan string, 100)
				// A death between the count of a password and its comparison leaves the count: after a few in a row the session
				// could not sign for a while. So everybody signs in again, as people do when a service was gone.
				gp = signIn(t, address, "gp", "training")
				for _, a := range authors {
					a.gp, a.tell = gp, told
				}
				wrong := make(chan error, len(authors)+1)
				var busy sync.WaitGroup
				for _, a := range authors {
					busy.Go(func() { wrong <- a.write(ctx) })
				}
				busy.Go(func() {
					for {
						_, err := crew.Summary(ctx, read, "")
						if api.IsUnreachable(err) {
							wrong <- nil
							return
						}
						if err != nil {
							wrong <- fmt.Errorf("reading: %w", err)
							return
						}
						readings++
					}
				})
				moment := time.Duration(chance.IntN(250_000)) * time.Microsecond
				if round%10 == 0 {
					approved(told) // so that a slow machine comes to approving at all
				}
				time.Sleep(moment)
				require.NoError(t, command.Process.Kill())
				_ = command.Wait()
				busy.Wait()
				for range len(authors) + 1 {
					require.NoError(t, <-wrong, "round %d", round)
				}
				command, _ = start(t, serve...)
				for _, a := range authors {
					a.check(t, ctx)
				}
			}
			stop(t, command)
			said, err := do(t, "", append([]string{"verify-audit"}, args...)...)
			require.NoError(t, err, said)
			done := map[string]int{}
			for _, a := range authors {
				for what, n := range a.done {
					done[what] += n
				}
			}
			t.Logf("%d kills: %d saves, %d amendments, %d approvals and %d readings were answered and are there", kills, done["save"], done["amend"], done["approve"], readings)
			for _, what := range []string{"save", "amend", "approve"} {
				require.NotZero(t, done[what], "something was done between the kills")
			}
			require.NotZero(t, readings)
		})
	}
}

// approved waits for an approval to be acknowledged, but not for ever: the end of the test counts them.
func approved(told <-chan string) {
	enough := time.After(30 * time.Second)
	for {
		select {
		case what := <-told:
			if what == "approve" {
				return
			}
		case <-enough:
			return
		}
	}
}

// authorsOf finds live plans of the GP's practice, one for each author.
func authorsOf(t *testing.T, ctx context.Context, gp *api.Client, most int) []*author {
	t.Helper()
	list, err := gp.Worklist(ctx, "practice-list")
	require.NoError(t, err)
	var found []*author
	for _, row := range list.Items {
		if row.Status != "approved" || len(found) == most {
			continue
		}
		p, err := gp.Plan(ctx, row.PlanID)
		require.NoError(t, err)
		problems, err := gp.Problems(ctx, row.PlanID)
		require.NoError(t, err)
		asks := slices.ContainsFunc(problems.Items, func(one forms.Problem) bool { return one.Severity != forms.Advise })
		if slices.Contains(p.Actions, "amend") && !asks { // it can be approved again as it is
			found = append(found, &author{gp: gp, acked: p, due: time.Now().AddDate(0, 0, 10).Format(time.DateOnly), done: map[string]int{}})
		}
	}
	require.Len(t, found, most)
	return found
}

// freePort is a port of this computer that nothing uses now, so that a service comes back where it was.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// stop lets a service end as it is asked to.
func stop(t *testing.T, command *exec.Cmd) {
	t.Helper()
	require.NoError(t, command.Process.Signal(os.Interrupt))
	require.NoError(t, command.Wait())
}
