package central

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store/storetest"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	_ = os.Remove(sharedKey)
	os.Exit(code)
}

const overPostgresTest = "TestOverPostgreSQL/"

// overPostgres says whether a ward is opened over PostgreSQL.
func overPostgres(t *testing.T) bool { return strings.HasPrefix(t.Name(), overPostgresTest) }

// What the service does over HTTP, it does over PostgreSQL too: these are the same tests, in wards whose database is one.
func TestOverPostgreSQL(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"main job":                   TestTheMainJob,
		"sent back":                  TestSentBackAndSentAgain,
		"approval refuses":           TestApprovalRefuses,
		"live while amended":         TestALivePlanStaysWhileItIsAmended,
		"suspend, resume, die":       TestSuspendResumeDieAndError,
		"openings lapse":             TestOpeningsLapse,
		"what time brings":           TestWhatTimeBrings,
		"approval all or nothing":    TestApprovalIsAllOrNothing,
		"consent taken back":         TestConsentThatIsTakenBack,
		"two plans":                  TestTwoPlansForOnePerson,
		"moves to their entry":       TestADraftOfSomebodyNewMovesToTheirEntry,
		"a wrong number":             TestAWrongNumberNeverBringsSomebodyElse,
		"saving a draft":             TestSavingADraft,
		"a key is answered once":     TestAKeyIsAnsweredOnce,
		"who writes what":            TestWhoWritesWhat,
		"creating refuses":           TestCreatingRefuses,
		"confirmations lapse":        TestConfirmationsLapseWithTheirAnswer,
		"every refusal is a problem": TestEveryRefusalIsAProblem,
		"events":                     TestEventsReachThoseWhoMayKnow,
		"hidden answers":             TestHiddenAnswers,
		"writing without seeing":     TestWritingWithoutSeeing,
		"whose bundle":               TestWhoseBundleHasWhichPlans,
		"a bundle is audited":        TestABundleIsAudited,
		"who is told to erase":       TestWhoIsToldToErase,
		"a marked record":            TestAMarkedRecordHidesWhereThePersonIs,
		"every training plan":        TestEveryTrainingPlanCanBeReadByItsPractice,
		"the door for some":          TestTheDoorForSome,
		"one line of the audit":      TestOneLineOfTheAuditIsFound,
		"the audit names computers":  TestTheAuditNamesTheComputer,
		"a view costs one write":     TestAViewCostsOneWrite,
		"copies in and out":          TestACopyGoesInAndComesOut,
		"copies frozen":              TestCopiesAreFrozenAndCounted,
		"who reads a copy":           TestWhoReadsACopy,
		"who has which report":       TestWhoHasWhichReport,
		"numbers of reports":         TestTheNumbersOfReports,
		"every report":               TestEveryReportHasSomethingToShow,
		"small numbers":              TestACommissionerSeesNoSmallNumber,
		"a report as a file":         TestAReportAsAFile,
		"facts":                      TestFactsAreKeptWithTheApproval,
		"a crew's reading":           TestACrewsReadingIsCounted,
		"loaded":                     TestLoadWritesWhatTheServiceCouldHaveWritten,
		"loaded and served":          TestALoadedDatabaseIsServed,
		"breaking the glass":         TestBreakingTheGlass,
		"a marked record, opened":    TestAMarkedRecordNeedsAnEmergency,
		"who looked":                 TestWhoLookedInThePersonsWords,
		"no hidden answer is lost":   TestNoHiddenAnswerIsLost,
		"several positions":          TestAPersonWithSeveralPositions,
		"leaving":                    TestLeavingEndsSessionsWithinASecond,
		"strangers":                  TestAStrangerCannotLockAnybodyOut,
		"many guesses":               TestManyGuessesAtOnceAreCounted,
		"single sign-on":             TestSingleSignOn,
		"the provider ends sessions": TestTheProviderEndsSessions,
	} {
		t.Run(name, test)
	}
}

// The database goes away and comes back: everybody is told in words that nothing was saved, the log names nobody, and the
// service goes on without a restart.
func TestTheDatabaseIsGoneForAWhile(t *testing.T) {
	cluster := storetest.NewCluster(t, nil)
	w := openWard(t, func(o *Options) { o.DataDir, o.Database = "", cluster.CreateDatabase(t) })
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))
	gp, urgent := w.as("gp"), w.as("urgent")
	for round, stop := range []func(){cluster.Stop, cluster.Crash} {
		stop()
		for range 30 { // more than there are connections
			_, err := gp.Plan(ctx, p.ID)
			refusal := refused(t, err, api.CodeUnavailable)
			assert.Equal(t, 503, refusal.Status)
		}
		for range 4 {
			_, err := gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Secret words"}}`), p.Etag, "")
			refusal := refused(t, err, api.CodeUnavailable)
			assert.Contains(t, refusal.Detail, "Nothing was saved")
		}
		_, err := urgent.SearchPatients(ctx, api.PatientSearch{FamilyName: p.Patient.FamilyName, BirthDate: p.Patient.BirthDate})
		refused(t, err, api.CodeUnavailable)
		status, _, _ := w.raw(get, "/healthz", nil, "")
		assert.Equal(t, 200, status, "the service itself lives")
		status, _, _ = w.raw(get, "/readyz", nil, "")
		assert.Equal(t, 503, status, "and says that it cannot serve")

		cluster.Start(t)
		status, _, body := w.raw(get, "/readyz", nil, "")
		require.Equal(t, 200, status, "%s", body)
		now, err := gp.Plan(ctx, p.ID)
		require.NoError(t, err)
		assert.Equal(t, p.Etag, now.Etag, "nothing was half saved")
		words := []string{"Likes the garden", "Likes the sea"}[round]
		p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"`+words+`"}}`), now.Etag, "")
		require.NoError(t, err)
		assert.Equal(t, words, p.Draft.Answers["urgent_banner"].Text)
	}
	log := w.logged()
	for _, secret := range []string{cluster.Password(), p.Patient.FamilyName, p.Patient.NHSNumber, "Secret words", "Likes the"} {
		assert.NotContains(t, log, secret)
	}
	assert.Contains(t, log, "the connection to the database was lost or could not be made")
	_, err := VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)
}

// What one copy of the service does, another knows at once: a plan that was withdrawn on one is gone from the other though it
// had kept the page, a session that ended there has ended here, and failures to sign in are counted together.
func TestTwoCopiesKnowTheSame(t *testing.T) {
	address := storetest.Database(t)
	over := func(o *Options) { o.DataDir, o.Database = "", address }
	a, b := openWard(t, over), openWard(t, over)
	ctx := context.Background()
	p := a.live()
	open := func(w *ward) error {
		_, err := w.as("gp").Summary(ctx, p.ID, "")
		return err
	}
	for range 3 { // B keeps the page
		require.NoError(t, open(b))
		require.NoError(t, open(a))
	}
	_, err := a.as("gp").Withdraw(ctx, p.ID, "Consent was withdrawn")
	require.NoError(t, err)
	refused(t, open(b), api.CodeState)
	refused(t, open(a), api.CodeState)

	// The same person, signed in on A, goes on over B, and is signed out of both at once.
	token := map[string]string{"Authorization": "Bearer " + a.as("nurse").Token()}
	status, _, _ := b.raw(get, "/v1/me", token, "")
	assert.Equal(t, 200, status)
	require.NoError(t, a.as("nurse").SignOut(ctx))
	status, _, _ = b.raw(get, "/v1/me", token, "")
	assert.Equal(t, 401, status)

	// Five wrong passwords lock the name, wherever each was typed.
	for n := range 5 {
		w := []*ward{a, b}[n%2]
		c, err := api.NewClient(w.web.URL, api.ClientOptions{})
		require.NoError(t, err)
		_, err = c.SignIn(ctx, api.Credentials{Username: "safety", Password: "not this one"})
		require.Error(t, err)
	}
	c, err := api.NewClient(b.web.URL, api.ClientOptions{})
	require.NoError(t, err)
	_, err = c.SignIn(ctx, api.Credentials{Username: "safety", Password: "training"})
	require.Error(t, err)
	assert.True(t, api.IsCode(err, api.CodeLocked), "%v", err)
}

// A change on one copy reaches who listens at another.
func TestEventsReachEveryCopy(t *testing.T) {
	address := storetest.Database(t)
	over := func(o *Options) { o.DataDir, o.Database = "", address }
	a, b := openWard(t, over), openWard(t, over)
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	heard := b.as("gp").Events(ctx)
	require.Equal(t, "worklists", (<-heard).Kind)
	p := a.live()
	for e := range heard { // ends with ctx
		if e.PlanID == p.ID && e.Status == "approved" {
			return
		}
	}
	t.Fatal("the other copy's listener heard nothing of the approval")
}
