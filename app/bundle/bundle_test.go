package bundle

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/forms"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func pageOf(id, name string, limit time.Duration) api.BundlePage {
	return api.BundlePage{PlanID: id, Version: 3, Patient: api.Patient{FamilyName: name, GivenName: "Quillon"}, AsAt: noon, Until: noon.Add(limit),
		Summary: forms.Summary{Blocks: []forms.Block{{ID: "cpr", Headline: "Do NOT attempt CPR"}}}}
}

func shelf(t *testing.T) (s *Shelf, path string, key []byte) {
	t.Helper()
	key = make([]byte, KeyBytes)
	_, _ = rand.Read(key)
	path = filepath.Join(t.TempDir(), FileName("somebody", key))
	s, err := Open(path, key)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s, path, key
}

func filled(t *testing.T) (s *Shelf, path string, key []byte) {
	t.Helper()
	s, path, key = shelf(t)
	require.NoError(t, s.Put(Head{User: api.User{ID: "u", Name: "Grace Mbeki"}, AsAt: noon, Ahead: time.Hour},
		[]api.BundlePage{pageOf("plan-two", "Zephyrine", 12*time.Hour), pageOf("plan-one", "Abernathy", 2*time.Hour)}))
	return s, path, key
}

func files(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	require.NoError(t, err)
	return found
}

// What is kept is there again after a restart, by name, and says nothing on the disk.
func TestPagesAreKeptAndHidden(t *testing.T) {
	s, path, key := filled(t)
	require.NoError(t, s.Close())
	for _, file := range files(t, path) {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		// Long words only: sealed bytes hold any two letters sooner or later.
		for _, word := range []string{"Zephyrine", "Abernathy", "Quillon", "Grace Mbeki", "Do NOT attempt", "plan-one"} {
			require.False(t, bytes.Contains(raw, []byte(word)), "%s holds %q", file, word)
		}
	}
	s, err := Open(path, key)
	require.NoError(t, err)
	defer s.Close()
	pages, err := s.Pages(noon.Add(time.Hour))
	require.NoError(t, err)
	require.Len(t, pages, 2)
	require.Equal(t, "Abernathy", pages[0].Patient.FamilyName)
	require.Equal(t, "Do NOT attempt CPR", pages[0].Summary.Blocks[0].Headline)
	head, err := s.Head(noon.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, "Grace Mbeki", head.User.Name)
	service, ok := s.Clock(noon)
	require.True(t, ok)
	require.Equal(t, noon.Add(time.Hour), service)
}

// A page is given up to its limit and not at it, each for itself; the last one takes the file with it.
func TestPastItsLimitAPageIsGone(t *testing.T) {
	s, path, _ := filled(t)
	last := noon.Add(2*time.Hour - time.Nanosecond)
	_, err := s.Page("plan-one", last)
	require.NoError(t, err)
	_, err = s.Page("plan-one", noon.Add(2*time.Hour))
	require.ErrorIs(t, err, ErrOver)
	_, err = s.Page("p3", noon.Add(2*time.Hour))
	require.ErrorIs(t, err, ErrNone)
	pages, err := s.Pages(noon.Add(3 * time.Hour))
	require.NoError(t, err)
	require.Len(t, pages, 1)
	require.NoError(t, s.Tidy(noon.Add(3*time.Hour)))
	require.Len(t, s.store.All(), 3, "one page, the head and the time")
	_, err = s.Pages(noon.Add(12 * time.Hour))
	require.ErrorIs(t, err, ErrOver)
	_, err = s.Head(noon.Add(12 * time.Hour))
	require.ErrorIs(t, err, ErrOver)
	require.ErrorIs(t, s.Tidy(noon.Add(12*time.Hour)), ErrOver)
	require.True(t, s.Ended())
	require.Empty(t, files(t, path))
	_, err = s.Page("plan-two", noon.Add(12*time.Hour))
	require.ErrorIs(t, err, ErrOver)
}

// A clock that is set back lengthens nobody's life, also when the program was closed meanwhile; and one that was ahead for a while is
// held to the service's own time at the next contact.
func TestAClockThatIsSetBack(t *testing.T) {
	s, path, key := filled(t)
	_, err := s.Page("plan-two", noon.Add(5*time.Hour))
	require.NoError(t, err)
	_, err = s.Page("plan-two", noon.Add(5*time.Hour-30*time.Second))
	require.NoError(t, err, "put right by seconds")
	for _, back := range []time.Time{noon.Add(5*time.Hour - 2*time.Minute), noon, noon.AddDate(-1, 0, 0)} {
		_, err = s.Page("plan-two", back)
		require.ErrorIs(t, err, ErrClock)
		_, err = s.Pages(back)
		require.ErrorIs(t, err, ErrClock)
		require.ErrorIs(t, s.Tidy(back), ErrClock)
	}
	require.NoError(t, s.Tidy(noon.Add(5*time.Hour)))
	require.NoError(t, s.Close())
	s, err = Open(path, key)
	require.NoError(t, err)
	defer s.Close()
	_, err = s.Page("plan-two", noon.Add(4*time.Hour))
	require.ErrorIs(t, err, ErrClock, "it was seen to be five")
	_, err = s.Page("plan-two", noon.Add(6*time.Hour))
	require.NoError(t, err)
	require.NoError(t, s.Put(Head{AsAt: noon.Add(time.Hour)}, []api.BundlePage{pageOf("plan-two", "Zephyrine", 12*time.Hour)}))
	_, err = s.Page("plan-two", noon.Add(time.Hour))
	require.NoError(t, err)
}

// What is put takes the place of all that was there; one page may come and go, and doubt goes with the next one.
func TestPagesComeAndGo(t *testing.T) {
	s, path, key := filled(t)
	now := noon.Add(time.Hour)
	require.NoError(t, s.Doubt("plan-two", now))
	page, err := s.Page("plan-two", now)
	require.NoError(t, err)
	require.Equal(t, now, page.Changed)
	one := pageOf("plan-two", "Zephyrine", 12*time.Hour)
	require.NoError(t, s.PutOne("plan-two", &one))
	page, err = s.Page("plan-two", now)
	require.NoError(t, err)
	require.Zero(t, page.Changed)
	require.NoError(t, s.PutOne("plan-one", nil))
	_, err = s.Page("plan-one", now)
	require.ErrorIs(t, err, ErrNone)
	require.NoError(t, s.Put(Head{AsAt: noon}, []api.BundlePage{pageOf("p9", "Ninefold", 12*time.Hour)}))
	require.NoError(t, s.Close())
	s, err = Open(path, key)
	require.NoError(t, err)
	defer s.Close()
	pages, err := s.Pages(now)
	require.NoError(t, err)
	require.Len(t, pages, 1)
	require.Equal(t, "p9", pages[0].PlanID)
}

// A file that is not whole is erased, and never read in part: a page that was taken away must not come back.
func TestADamagedShelfIsErased(t *testing.T) {
	s, path, key := filled(t)
	require.NoError(t, s.Close())
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 1; i < len(raw); i += 512 {
		raw[i] ^= 1
	}
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	s, err = Open(path, key)
	require.NoError(t, err)
	defer s.Close()
	_, err = s.Pages(noon.Add(time.Minute))
	require.ErrorIs(t, err, ErrNone)
	for _, file := range files(t, path) {
		require.NotContains(t, file, "damaged")
	}
}

// Erasing leaves no file, and what comes too late is not kept.
func TestErase(t *testing.T) {
	s, path, _ := filled(t)
	require.NoError(t, s.Erase())
	require.Empty(t, files(t, path))
	_, err := s.Pages(noon)
	require.Error(t, err)
	require.Error(t, s.PutOne("plan-one", nil))
	require.Empty(t, files(t, path))
}

// A disk that takes nothing more takes everything away: a withdrawn page must not stay because of it.
func TestAChangeThatCannotBeKeptErases(t *testing.T) {
	s, path, _ := filled(t)
	require.NoError(t, s.store.Close())
	require.Error(t, s.PutOne("plan-one", nil))
	_, err := s.Page("plan-two", noon)
	require.Error(t, err)
	require.Empty(t, files(t, path))
}

// What comes to a shelf after it was closed is refused, and takes nothing from the disk: a program that closes while a page is being
// fetched keeps what it had.
func TestAClosedShelfKeepsItsPages(t *testing.T) {
	s, path, key := filled(t)
	require.NoError(t, s.Close())
	require.ErrorIs(t, s.Put(Head{AsAt: noon}, nil), ErrEnded)
	require.ErrorIs(t, s.PutOne("plan-one", nil), ErrEnded)
	require.ErrorIs(t, s.Doubt("plan-one", noon), ErrEnded)
	require.ErrorIs(t, s.Tidy(noon.Add(3*time.Hour)), ErrEnded)
	s, err := Open(path, key)
	require.NoError(t, err)
	defer s.Close()
	pages, err := s.Pages(noon.Add(time.Hour))
	require.NoError(t, err)
	require.Len(t, pages, 2)
}
