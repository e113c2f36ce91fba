package central

// What may change here: what a database full of invented plans holds, and how it is put together.

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/audit"
	"cmc/api/central/invented"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
)

// A Loading says how much is to be made.
type Loading struct {
	Plans    int    // 1 to 1,000,000
	Versions int    // approved versions of each plan that has any
	Audit    int    // lines of the audit of each plan, at least one for its start and one for each version
	Seed     uint64 // the same seed makes the same people; only who of them gets which NHS number differs
}

// The errors of Load, each a sentence.
var (
	ErrNotEmpty = errors.New("this database holds people already; invented plans are loaded into an empty one only")
	ErrLoading  = errors.New("the database was being filled with invented plans and that was broken off; delete it and load again")
	ErrTooMuch  = errors.New("give 1 to 1,000,000 plans, 1 to 20 versions, and a number of audit lines that is larger than that of the versions by at least one")
)

// Load fills an empty training database: first the people, plans and accounts of training, then as many invented plans as are
// asked for. Their words are those of the training plans; people, places, practices, homes, dates and who did what are made
// up. Each plan is written by the code that writes those of training, so that versions, summaries, hashes and rights are what
// approval makes of them, and the audit is one chain. tell is called with the number of plans that are there.
func Load(ctx context.Context, options Options, what Loading, tell func(done int)) (err error) {
	if what.Plans < 1 || what.Plans > 1_000_000 || what.Versions < 1 || what.Versions > 20 || what.Audit <= what.Versions {
		return ErrTooMuch
	}
	options.Training = true
	if options.Now == nil {
		options.Now = time.Now
	}
	opened, err := openStore(ctx, options.DataDir, options.Database, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	db, ok := opened.(store.Filler)
	if !ok {
		return errors.New("this database cannot be filled")
	}
	v, err := openVault(ctx, db, keyFile(options), options.Database == "")
	if err != nil {
		return err
	}
	s := &Service{options: options, store: v, now: func() time.Time { return options.Now().UTC() }}
	if err := s.claimMode(ctx); err != nil {
		return err
	}
	if err := db.Read(ctx, func(tx store.Tx) error {
		people, err := tx.CountPatients()
		if err == nil && people > 0 {
			err = ErrNotEmpty
		}
		return err
	}); err != nil {
		return err
	}
	if err := s.seed(ctx); err != nil {
		return err
	}
	l, err := newLoader(s, what)
	if err != nil {
		return err
	}
	l.vault = v
	if err := db.Fill(ctx, func(f *store.Filling) error { return l.fill(ctx, f, tell) }); err != nil {
		return err
	}
	return db.Write(ctx, func(tx store.Tx) error { return v.putHead(tx, nil) })
}

// A loader makes plans.
type loader struct {
	s       *Service
	vault   *vault
	what    Loading
	now     time.Time
	d       *forms.Definition
	hashed  string
	world   world
	forms   map[string][]*form // by status of the mix
	numbers atomic.Int64
	taken   map[string]bool // NHS numbers of training
}

// mix is how many of a thousand plans are in a state. "live" is approved, near its review or overdue, as the dates have it.
var mix = []struct {
	status string
	share  int
	forms  int // how many different ones are written
}{
	{"live", 745, 700}, {"draft", 100, 60}, {"in_review", 30, 60}, {"amending", 30, 60}, {"submitted", 10, 10}, {"patient_draft", 10, 10},
	{"suspended", 5, 20}, {"withdrawn", 20, 40}, {"deceased", 30, 40}, {"closed", 20, 40},
}

// plenty is from how many plans on there are not enough NHS numbers for all: of a million, one in eleven has a wrong check
// digit. Drafts then have none, as those of people whom the index does not know.
const plenty = 900_000

func newLoader(s *Service, what Loading) (*loader, error) {
	l := &loader{s: s, what: what, now: s.now(), d: plan.Definition(), forms: map[string][]*form{}, taken: map[string]bool{}}
	var err error
	if l.hashed, err = account.HashTraining(trainingPassword); err != nil {
		return nil, err
	}
	people, _, _, _, err := training.Load(l.now)
	if err != nil {
		return nil, err
	}
	for _, one := range people {
		l.taken[one.NHSNumber] = true
	}
	l.taken[stand.number] = true
	l.world = l.people(rand.New(rand.NewPCG(what.Seed, 1)))
	return l, l.write()
}

// number gives the next NHS number that nobody has; "" when there is none left.
func (l *loader) number() string {
	for {
		i := l.numbers.Add(1)
		if i > 1_000_000 {
			return ""
		}
		// A number that shares no factor with a million takes them all, and not one after the other.
		if number, ok := nhs.MakeTestNHSNumber(int(i * 618_033 % 1_000_000)); ok && !l.taken[number] {
			return number
		}
	}
}

// A world is the organisations of one kind each, with the people who work there.
type world map[string][]workplace

type workplace struct {
	org    store.Organisation
	bypass string
	staff  map[api.Role]*caller
}

// The kinds of workplaces, with how many plans there are for each and the least and most of them.
var workplaces = []struct {
	kind, code, name string
	plans, min, max  int
	staff            []training.Account // without a name
}{
	{"gp_practice", "Q%05d", "Surgery", 120, 12, 7000, []training.Account{{Role: "gp", RoleTitle: "GP partner", RegNumber: "%07d"}, {Role: "practice_admin", RoleTitle: "Practice administrator"}}},
	{"care_home", "VQ%05d", "care home", 250, 8, 17000, []training.Account{{Role: "care_home", RoleTitle: "Nurse in charge", RegNumber: "%02dD%04dE"}}},
	{"hospice", "XQ%04d", "Hospice", 5000, 3, 200, []training.Account{{Role: "hospice_nurse", RoleTitle: "Clinical nurse specialist", RegNumber: "%02dE%04dE"}}},
	{"community", "CQ%04d", "Community Nursing", 8000, 3, 150, []training.Account{{Role: "community_nurse", RoleTitle: "Community nurse", RegNumber: "%02dF%04dE"}}},
}

// people makes up where people work, and who works there.
func (l *loader) people(rng *rand.Rand) world {
	w := world{}
	n := 0
	for _, kind := range workplaces {
		for i := range min(max(l.what.Plans/kind.plans, kind.min), kind.max) {
			one := workplace{org: store.Organisation{ODS: fmt.Sprintf(kind.code, i+1), Name: invented.Named(i, kind.name), Kind: kind.kind, Phone: invented.Phone(rng)},
				bypass: invented.Phone(rng), staff: map[api.Role]*caller{}}
			for _, as := range kind.staff {
				n++
				name := invented.GivenName(rng, strconv.Itoa(1+rng.IntN(2))) + " " + invented.Family(rng)
				reg := as.RegNumber
				switch {
				case as.Role == "gp":
					name, reg = "Dr "+name, fmt.Sprintf(reg, 1_000_000+n)
				case reg != "":
					reg = fmt.Sprintf(reg, n/10_000, n%10_000)
				}
				user := store.User{ID: uuid.NewSHA1(trainingSpace, fmt.Appendf(nil, "load/%s/%s", one.org.ODS, as.Role)).String(),
					Username: strings.ToLower(as.Role + "." + one.org.ODS), Name: name, Role: as.Role, RoleTitle: as.RoleTitle, RegNumber: reg,
					ODS: one.org.ODS, PasswordHash: l.hashed, CreatedAt: l.now}
				one.staff[api.Role(as.Role)] = l.s.caller(&account.Holder{User: user, Org: one.org})
			}
			w[kind.kind] = append(w[kind.kind], one)
		}
	}
	return w
}

// staff are the rows of the organisations and accounts.
func (l *loader) staff(ctx context.Context) ([]store.Row, error) {
	return store.Collect(ctx, func(tx store.Tx) error {
		for _, kind := range workplaces {
			for _, one := range l.world[kind.kind] {
				if err := tx.PutOrganisation(&one.org); err != nil {
					return err
				}
				for _, as := range kind.staff {
					if err := tx.AddUser(&one.staff[api.Role(as.Role)].User); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// batchPlans is how many plans go in together. Their lines of the audit are mixed as the clock would have mixed them.
const batchPlans = 500

type batch struct {
	plans int
	rows  []store.Row
	lines []audit.Event
}

// fill makes plans with every processor and puts them in.
func (l *loader) fill(ctx context.Context, f *store.Filling, tell func(int)) error {
	rows, err := l.staff(ctx)
	if err != nil {
		return err
	}
	if err := f.Put(rows); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	made := make(chan batch, 2)
	var next atomic.Int64
	var makers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		makers.Go(func() {
			for {
				from := int(next.Add(batchPlans)) - batchPlans
				if from >= l.what.Plans {
					return
				}
				b, err := l.batch(from, min(from+batchPlans, l.what.Plans))
				if err != nil {
					stop(err)
					return
				}
				select {
				case made <- b:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() {
		makers.Wait()
		close(made)
	}()
	done := 0
	for b := range made {
		lines, err := f.Audit(b.lines)
		if err != nil {
			return err
		}
		if err := f.Put(append(b.rows, lines...)); err != nil {
			return err
		}
		done += b.plans
		tell(done)
	}
	return context.Cause(ctx)
}

// batch makes the plans from one number to another.
func (l *loader) batch(from, to int) (batch, error) {
	b := batch{plans: to - from}
	for i := from; i < to; i++ {
		rng := rand.New(rand.NewPCG(l.what.Seed, uint64(i)+2))
		at := rng.IntN(1000)
		status := ""
		for _, one := range mix {
			if status = one.status; at < one.share {
				break
			}
			at -= one.share
		}
		number := ""
		if status != "draft" || (l.what.Plans < plenty && rng.IntN(2) == 0) {
			if number = l.number(); number == "" {
				status = "draft"
			}
		}
		choice := l.forms[status]
		f := choice[rng.IntN(len(choice))]
		if err := l.copy(rng, f, number, &b); err != nil {
			return b, err
		}
	}
	slices.SortStableFunc(b.lines, func(x, y audit.Event) int { return x.At.Compare(y.At) })
	return b, nil
}

// stand are the words that stand in a form for what differs from person to person. None of them is found anywhere else.
var stand = struct {
	family, given, number, street, postcode, phone string
}{"Zqfamily", "Zqgiven", "9994444573", "Zqstreet", "ZZ99 9ZQ", "020 7946 0999"}

// A form is the rows of one plan with places for what differs: what a copy says of its person and of those who work for them.
type form struct {
	places  []blank
	rows    []formRow
	lines   []formLine
	orgs    []store.Organisation // those of training, in the order of their places
	day     time.Time            // on which its person has their age
	age     int
	fixed   bool // the date of birth stays
	sex     string
	created time.Time
	live    bool // urgent care reads it
	until   time.Time
}

// A blank stands for a value. org and role name whose it is, for those of organisations.
type blank struct {
	was  string
	what string
	org  int
	role api.Role
	n    int
}

type piece struct {
	text  string
	place int // -1: only text
}

type formRow struct {
	into   *store.Into
	values []any // a []piece where something differs
}

type formLine struct {
	event  audit.Event
	fields [9][]piece
}

// fieldsOf are the fields of a line that can differ.
func fieldsOf(e *audit.Event) [9]*string {
	return [9]*string{&e.UserID, &e.Who, &e.Role, &e.ODS, &e.Org, &e.PatientID, &e.PlanID, &e.What, &e.Reason}
}

// write writes the forms of every state.
func (l *loader) write() error {
	type order struct {
		status string
		n      int
	}
	var orders []order
	for _, one := range mix {
		for n := range max(2, min(one.forms, one.forms*l.what.Plans/10_000+2)) {
			orders = append(orders, order{one.status, n})
		}
	}
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	days := &sync.Map{}
	next := make(chan order)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for o := range next {
				rng := rand.New(rand.NewPCG(l.what.Seed+1, uint64(len(o.status))<<32|uint64(o.n)))
				f, err := l.form(rng, o.status, days)
				mu.Lock()
				if err != nil {
					failed = errors.Join(failed, fmt.Errorf("%s: %w", o.status, err))
				} else if f != nil {
					l.forms[o.status] = append(l.forms[o.status], f)
				}
				mu.Unlock()
			}
		})
	}
	for _, o := range orders {
		next <- o
	}
	close(next)
	all.Wait()
	for _, one := range mix {
		if len(l.forms[one.status]) == 0 {
			failed = errors.Join(failed, fmt.Errorf("no training plan could stand for %q", one.status))
		}
	}
	return failed
}

// lesson is what training is on one day.
type lesson struct {
	people   []training.Person
	plans    []training.Plan
	orgs     []training.Organisation
	accounts []training.Account
}

func lessonOn(days *sync.Map, day time.Time) (*lesson, error) {
	if known, there := days.Load(day.Unix()); there {
		return known.(*lesson), nil
	}
	out := new(lesson)
	var err error
	if out.people, out.plans, out.orgs, out.accounts, err = training.Load(day); err != nil {
		return nil, err
	}
	days.Store(day.Unix(), out)
	return out, nil
}

// form writes one plan of training, as it would have been some days ago, for somebody of another age.
func (l *loader) form(rng *rand.Rand, status string, days *sync.Map) (*form, error) {
	for range 200 {
		back := 7 * rng.IntN(50) // weeks, so that few days have to be made up
		switch status {
		case "draft", "in_review", "amending", "submitted", "patient_draft":
			back = rng.IntN(14)
		}
		day := l.now.AddDate(0, 0, -back)
		on, err := lessonOn(days, day)
		if err != nil {
			return nil, err
		}
		p := on.plans[rng.IntN(len(on.plans))] // a copy
		if !l.suits(rng, &p, status) {
			continue
		}
		person := *findPerson(on.people, p.Person)
		f := &form{day: day, sex: person.Sex, created: p.CreatedAt, live: p.Live != nil, until: l.now}
		switch status {
		case "suspended", "withdrawn", "deceased", "closed":
			if f.until = p.Since; status == "deceased" || status == "closed" {
				person.DeathDate = p.Since.AddDate(0, 0, -1).Format(time.DateOnly)
				if status == "closed" {
					person.DeathDate = p.Since.AddDate(0, 0, -lifecycle.LapseDays-1).Format(time.DateOnly)
				}
			}
		}
		ok, err := l.rewrite(rng, f, on, &p, person, status)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.ID, err)
		}
		if ok {
			return f, nil
		}
	}
	return nil, nil
}

func findPerson(people []training.Person, id string) *training.Person {
	return &people[slices.IndexFunc(people, func(p training.Person) bool { return p.ID == id })]
}

// suits says whether a training plan can stand for a state, and brings it there.
func (l *loader) suits(rng *rand.Rand, p *training.Plan, status string) bool {
	switch status {
	case "draft", "in_review", "amending", "submitted", "patient_draft":
		if p.Status != status {
			return false
		}
		if p.Live != nil {
			live := *p.Live
			live.Version = l.what.Versions
			p.Live = &live
		}
		p.CreatedAt = l.begun(p)
		return true
	}
	if p.Live == nil || p.Draft != nil || p.Status != "approved" && p.Status != "review_due" && p.Status != "overdue" {
		return false
	}
	live := *p.Live
	live.Version = l.what.Versions
	p.Live, p.Reason, p.By = &live, "", live.ApprovedBy
	p.CreatedAt = l.begun(p)
	due, err := time.Parse(time.DateOnly, live.ReviewDue)
	if err != nil {
		return false
	}
	left := due.Sub(l.now)
	switch status {
	case "live":
		// Nearly all are reviewed in time: of those that would be near or overdue now, most were approved again.
		r := lifecycle.Review{Due: live.ReviewDue, RemindOn: lifecycle.RemindOn(live.ApprovedAt, live.ReviewDue)}
		state := lifecycle.Effective(lifecycle.Approved, r, live.ApprovedAt, l.now)
		p.Status, p.Since = string(state), live.ApprovedAt
		switch state {
		case lifecycle.Overdue:
			p.Since, p.By = due.AddDate(0, 0, 1), ""
			return left > -60*24*time.Hour && rng.IntN(8) == 0
		case lifecycle.ReviewDue:
			if near, err := time.Parse(time.DateOnly, r.RemindOn); err == nil {
				p.Since, p.By = near, ""
			}
			return rng.IntN(4) == 0
		}
		return true
	case "closed":
		p.Since, p.By = live.ApprovedAt.AddDate(0, 0, lifecycle.LapseDays+5+rng.IntN(60)), ""
	case "deceased":
		p.Since = live.ApprovedAt.AddDate(0, 0, 1+rng.IntN(lifecycle.LapseDays))
	case "suspended":
		p.Since, p.Reason = live.ApprovedAt.AddDate(0, 0, 1+rng.IntN(30)), "The content is looked into"
	case "withdrawn":
		p.Since, p.Reason = live.ApprovedAt.AddDate(0, 0, 1+rng.IntN(200)), "The person asked for it"
	}
	p.Status, p.Feedback = status, nil
	return p.Since.Before(l.now) && (status != "deceased" || l.now.Sub(p.Since) < (lifecycle.LapseDays-1)*24*time.Hour)
}

// begun is when a plan was started, before its first version.
func (l *loader) begun(p *training.Plan) time.Time {
	if p.Live == nil {
		return p.CreatedAt
	}
	first := p.Live.ApprovedAt.AddDate(0, 0, -90*(l.what.Versions-1)-3)
	if p.CreatedAt.Before(first) {
		return p.CreatedAt
	}
	return first
}

// rewrite writes a plan for the person who stands for all, and finds the places of what differs. ok is false when the plan
// would not be right for somebody of the age that was chosen.
func (l *loader) rewrite(rng *rand.Rand, f *form, on *lesson, p *training.Plan, person training.Person, status string) (ok bool, err error) {
	born, err := time.Parse(time.DateOnly, person.BirthDate)
	if err != nil {
		return false, err
	}
	f.age = f.day.Year() - born.Year()
	if f.day.Before(born.AddDate(f.age, 0, 0)) {
		f.age--
	}
	switch {
	case f.age >= 65:
		f.age = 65 + rng.IntN(20) + rng.IntN(18)
	case f.age >= 19:
		f.age = 19 + rng.IntN(45)
	default:
		f.fixed = true // much of a child's plan hangs on the age
	}
	if !f.fixed {
		person.BirthDate = f.day.AddDate(-f.age, 0, -170).Format(time.DateOnly)
	}
	person.FamilyName, person.GivenName, person.MiddleNames, person.Preferred = stand.family, stand.given, "", ""
	person.NHSNumber, person.Phone, person.Address, person.Postcode = stand.number, stand.phone, []string{stand.street, "London"}, stand.postcode
	if person.Mobile != "" {
		person.Mobile = "07700 900999"
	}
	for _, raw := range []*[]byte{&p.Draft, liveAnswers(p)} {
		if raw == nil || *raw == nil {
			continue
		}
		if ok, err = l.standIn(raw, person, f.day); !ok || err != nil {
			return false, err
		}
	}
	at := p.Since
	if p.Live != nil {
		at = p.Live.ApprovedAt
	}
	then := &Service{options: l.s.options, now: func() time.Time { return at.UTC() }}
	sow := &sower{s: then, d: l.d, hashed: l.hashed, accounts: map[string]*caller{}, orgs: map[string]store.Organisation{},
		people: map[string]training.Person{person.ID: person}}
	writer := &formWriter{versions: map[int]*store.Version{}}
	if err := sow.know(on.orgs, on.accounts, nil); err != nil {
		return false, err
	}
	for _, o := range on.orgs {
		writer.known = append(writer.known, sow.orgs[o.ODS])
	}
	rows, err := store.Collect(context.Background(), func(tx store.Tx) error {
		writer.Tx = tx
		if err := errors.Join(sow.person(writer, person), sow.plan(writer, p)); err != nil || writer.facts == nil {
			return err
		}
		return tx.PutFacts(writer.facts)
	})
	if err != nil {
		return false, err
	}
	l.findPlaces(f, on, p, person, writer, status)
	f.cut(rows, writer.lines)
	return true, nil
}

func liveAnswers(p *training.Plan) *[]byte {
	if p.Live == nil {
		return nil
	}
	return &p.Live.Answers
}

// standIn writes the person who stands for all into answers.
func (l *loader) standIn(raw *[]byte, person training.Person, day time.Time) (bool, error) {
	content, problems, err := forms.Decode(l.d, *raw)
	if err != nil {
		return false, err
	}
	if len(stops(problems)) > 0 {
		return false, nil
	}
	before := len(stops(forms.Validate(l.d, content, day, forms.ForApproval)))
	content.SetText(plan.FamilyName, person.FamilyName)
	content.SetText(plan.GivenName, person.GivenName)
	delete(content, plan.MiddleNames)
	delete(content, plan.PreferredName)
	content.SetText(plan.NHSNumber, person.NHSNumber)
	content.SetText(plan.BirthDate, person.BirthDate)
	if _, there := content[plan.AddressUsual]; there {
		content.SetAddress(plan.AddressUsual, forms.PostalAddress{Lines: person.Address, Postcode: person.Postcode})
	}
	content.SetText(plan.PhoneHome, person.Phone)
	if person.Mobile != "" {
		content.SetText(plan.PhoneMobile, person.Mobile)
	}
	if after := len(stops(forms.Validate(l.d, content, day, forms.ForApproval))); after > before {
		return false, nil
	}
	*raw, err = json.Marshal(content)
	return err == nil, err
}

// A formWriter takes what a plan of training writes, knows the organisations, and gives back the versions that it was given.
type formWriter struct {
	store.Tx
	known    []store.Organisation
	versions map[int]*store.Version
	facts    *store.Facts // of the newest version
	lines    []audit.Event
}

func (w *formWriter) OrganisationsNamed(name string) (ods []string, err error) {
	for _, one := range w.known {
		if key := store.Key(name); key != "" && store.Key(one.Name) == key {
			ods = append(ods, one.ODS)
		}
	}
	return ods, nil
}

func (w *formWriter) AddVersion(v *store.Version) error {
	kept := *v
	w.versions[v.Number] = &kept
	return w.Tx.AddVersion(v)
}

func (w *formWriter) Version(_ string, number int) (*store.Version, error) {
	if v, there := w.versions[number]; there {
		return v, nil
	}
	return nil, store.ErrNotFound
}

func (w *formWriter) Versions(string) (out []store.Version, err error) {
	for _, v := range w.versions {
		out = append(out, *v)
	}
	return out, nil
}

func (w *formWriter) PutFacts(f *store.Facts) error {
	w.facts = f
	return nil
}

func (w *formWriter) Audit(events ...*audit.Event) error {
	for _, e := range events {
		w.lines = append(w.lines, *e)
	}
	return nil
}

// findPlaces lists what differs from copy to copy.
func (l *loader) findPlaces(f *form, on *lesson, p *training.Plan, person training.Person, w *formWriter, status string) {
	add := func(was string, one blank) {
		if was != "" && !slices.ContainsFunc(f.places, func(p blank) bool { return p.was == was }) {
			one.was = was
			f.places = append(f.places, one)
		}
	}
	add(trainingID("plan", p.ID), blank{what: "plan"})
	add(trainingID("person", p.Person), blank{what: "patient"})
	add(stand.family, blank{what: "family"})
	add(strings.ToUpper(stand.family), blank{what: "FAMILY"})
	add(store.Key(stand.family), blank{what: "familyKey"})
	add(stand.given, blank{what: "given"})
	add(strings.ToUpper(stand.given), blank{what: "GIVEN"})
	add(store.Key(stand.given), blank{what: "givenKey"})
	add(stand.number, blank{what: "number"})
	add(nhs.FormatNHSNumber(stand.number), blank{what: "numberShown"})
	add(stand.street, blank{what: "street"})
	add(stand.postcode, blank{what: "postcode"})
	add(stand.phone, blank{what: "phone"})
	if !f.fixed {
		add(person.BirthDate, blank{what: "born"})
		add(nhs.FormatDate(person.BirthDate), blank{what: "bornShown"})
	}
	for i := range p.Comments {
		add(trainingID("comment", fmt.Sprint(p.ID, i)), blank{what: "id"})
	}
	for i := range p.Feedback {
		add(trainingID("feedback", fmt.Sprint(p.ID, i)), blank{what: "id"})
	}
	for number, v := range w.versions {
		add(v.Hash, blank{what: "short", n: number})
		add(contentHash(v), blank{what: "whole", n: number})
	}
	for _, o := range on.orgs {
		if l.world[o.Kind] == nil {
			continue // of everybody: the ambulance service, the central team
		}
		at := len(f.orgs)
		f.orgs = append(f.orgs, store.Organisation{ODS: o.ODS, Kind: o.Kind})
		add(o.ODS, blank{what: "ods", org: at})
		add(o.Name, blank{what: "org", org: at})
		add(o.Phone, blank{what: "orgPhone", org: at})
		add(o.Bypass, blank{what: "bypass", org: at})
		for _, a := range on.accounts {
			if a.ODS == o.ODS && l.world[o.Kind][0].staff[api.Role(a.Role)] != nil {
				add(trainingID("account", a.Username), blank{what: "user", org: at, role: api.Role(a.Role)})
				add(a.Name, blank{what: "who", org: at, role: api.Role(a.Role)})
				add(a.RegNumber, blank{what: "reg", org: at, role: api.Role(a.Role)})
			}
		}
	}
}

// cut cuts rows and lines into text and places.
func (f *form) cut(rows []store.Row, lines []audit.Event) {
	order := make([]int, len(f.places))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(len(f.places[b].was), len(f.places[a].was)) })
	var pairs []string
	for _, i := range order {
		pairs = append(pairs, f.places[i].was, "\x00"+strconv.Itoa(i)+"\x00")
	}
	mark := strings.NewReplacer(pairs...)
	pieces := func(text string) []piece {
		parts := strings.Split(mark.Replace(text), "\x00")
		if len(parts) == 1 {
			return nil
		}
		var out []piece
		for i, part := range parts {
			if i%2 == 0 {
				if part != "" {
					out = append(out, piece{part, -1})
				}
				continue
			}
			at, _ := strconv.Atoi(part)
			out = append(out, piece{"", at})
		}
		return out
	}
	for _, row := range rows {
		cut := formRow{into: row.Into, values: make([]any, len(row.Values))}
		for i, value := range row.Values {
			cut.values[i] = value
			if text, ok := value.(string); ok {
				if parts := pieces(text); parts != nil {
					cut.values[i] = parts
				}
			}
		}
		f.rows = append(f.rows, cut)
	}
	for _, line := range lines {
		cut := formLine{event: line}
		for i, field := range fieldsOf(&line) {
			cut.fields[i] = pieces(*field)
		}
		f.lines = append(f.lines, cut)
	}
}

// A copying is one copy under way.
type copying struct {
	values []string
	room   bytes.Buffer
}

func (c *copying) fill(parts []piece) string {
	c.room.Reset()
	for _, one := range parts {
		if one.place < 0 {
			c.room.WriteString(one.text)
		} else {
			c.room.WriteString(c.values[one.place])
		}
	}
	return c.room.String()
}

func newUUID(rng *rand.Rand) string {
	var id uuid.UUID
	for i := 0; i < 16; i += 8 {
		n := rng.Uint64()
		for j := range 8 {
			id[i+j] = byte(n >> (8 * j))
		}
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

// copy makes one plan of a form. Without a number the person is one whom the index does not know.
func (l *loader) copy(rng *rand.Rand, f *form, number string, b *batch) error {
	family, given := invented.Family(rng), invented.GivenName(rng, f.sex)
	born := f.day.AddDate(-f.age, 0, -1-rng.IntN(360)).Format(time.DateOnly)
	places := make([]workplace, len(f.orgs))
	first := rng.IntN(len(l.world["gp_practice"]))
	for i, o := range f.orgs {
		choice := l.world[o.Kind]
		at := rng.IntN(len(choice))
		switch {
		case o.Kind == "gp_practice":
			at = (first + i) % len(choice) // three practices of training are three different ones
		case o.Kind != "care_home":
			at = first % len(choice) // one hospice and one team of nurses look after a whole practice
		}
		places[i] = choice[at]
	}
	c := &copying{values: make([]string, len(f.places))}
	for i, one := range f.places {
		value := ""
		switch one.what {
		case "plan", "patient", "id":
			value = newUUID(rng)
		case "family":
			value = family
		case "FAMILY":
			value = strings.ToUpper(family)
		case "familyKey":
			value = store.Key(family)
		case "given":
			value = given
		case "GIVEN":
			value = strings.ToUpper(given)
		case "givenKey":
			value = store.Key(given)
		case "number":
			value = number
		case "numberShown":
			value = nhs.FormatNHSNumber(number)
		case "born":
			value = born
		case "bornShown":
			value = nhs.FormatDate(born)
		case "street":
			value = invented.Street(rng)
		case "postcode":
			value = invented.Postcode(rng)
		case "phone":
			value = invented.Phone(rng)
		case "ods":
			value = places[one.org].org.ODS
		case "org":
			value = places[one.org].org.Name
		case "orgPhone":
			value = places[one.org].org.Phone
		case "bypass":
			value = places[one.org].bypass
		case "user":
			value = places[one.org].staff[one.role].User.ID
		case "who":
			value = places[one.org].staff[one.role].User.Name
		case "reg":
			value = places[one.org].staff[one.role].User.RegNumber
		}
		c.values[i] = value
	}
	for _, row := range f.rows {
		values := slices.Clone(row.values)
		if row.into.Table == "versions" {
			l.hash(f, c, &row)
		}
		for i, value := range values {
			if parts, ok := value.([]piece); ok {
				values[i] = c.fill(parts)
			}
		}
		if number == "" {
			unknown(row.into, values)
		}
		if row.into.Table == "facts" && !f.fixed {
			ageOf(born, row.into, values)
		}
		if err := l.seal(row.into, values); err != nil {
			return err
		}
		b.rows = append(b.rows, store.Row{Into: row.into, Values: values})
	}
	var lines []audit.Event
	for i := range f.lines {
		event := f.lines[i].event
		for j, field := range fieldsOf(&event) {
			if f.lines[i].fields[j] != nil {
				*field = c.fill(f.lines[i].fields[j])
			}
		}
		lines = append(lines, event)
	}
	b.lines = append(b.lines, l.looked(rng, f, lines, places)...)
	return nil
}

// hash works out what was approved, now that it is known for whom.
func (l *loader) hash(f *form, c *copying, row *formRow) {
	text := func(column string) string {
		switch value := row.values[row.into.At(column)].(type) {
		case []piece:
			return c.fill(value)
		case string:
			return value
		}
		return ""
	}
	number, _ := row.values[row.into.At("number")].(int)
	at, _ := time.Parse(audit.TimeFormat, text("approved_at"))
	whole := contentHash(&store.Version{PlanID: text("plan_id"), Number: number, Definition: text("definition"), Answers: []byte(text("answers")),
		ApprovedAt: at, ApproverID: text("approver_id"), ReviewDue: text("review_due"), Salt: text("salt")})
	for i, one := range f.places {
		switch {
		case one.n != number:
		case one.what == "short":
			c.values[i] = shortHash(whole)
		case one.what == "whole":
			c.values[i] = whole
		}
	}
}

// seal seals in a finished row what the vault seals in rows of its own.
func (l *loader) seal(into *store.Into, values []any) error {
	value := func(column string) string { text, _ := values[into.At(column)].(string); return text }
	v, planID := l.vault, ""
	if into.Table == "drafts" || into.Table == "versions" || into.Table == "discarded" {
		planID = value("plan_id")
		sealed, err := v.ring.Answers(planID, []byte(value("answers")), sealedItem)
		if err != nil {
			return err
		}
		values[into.At("answers")] = string(sealed)
	}
	switch into.Table {
	case "versions":
		number, ok := values[into.At("number")].(int)
		if !ok {
			return errors.New("a version of a form has no number")
		}
		page, err := v.sealWhole(summaryPlace(planID, number), []byte(value("summary")))
		if err != nil {
			return err
		}
		salt, err := v.sealText(saltPlace(planID, number), []byte(value("salt")))
		if err != nil {
			return err
		}
		values[into.At("summary")], values[into.At("salt")] = string(page), string(salt)
	case "patients":
		sealed, err := v.sealPatient(&store.Patient{ID: value("id"), Place: value("place"), Details: []byte(value("details"))})
		if err != nil {
			return err
		}
		values[into.At("place")], values[into.At("details")] = sealed.Place, string(sealed.Details)
	}
	return nil
}

// ageOf works out the age at the approval.
func ageOf(born string, into *store.Into, values []any) {
	on, _ := values[into.At("approved_on")].(string)
	b, err := time.Parse(time.DateOnly, born)
	a, bad := time.Parse(time.DateOnly, on)
	if err != nil || bad != nil {
		return
	}
	age := a.Year() - b.Year()
	if a.Before(b.AddDate(age, 0, 0)) {
		age--
	}
	values[into.At("age")] = age
}

// unknown makes a person one whom the index made of the plan itself, without a number.
func unknown(into *store.Into, values []any) {
	switch into.Table {
	case "patients":
		values[into.At("traced")] = 0
	case "drafts":
		at := into.At("answers")
		text, _ := values[at].(string)
		content := map[string]json.RawMessage{}
		if json.Unmarshal([]byte(text), &content) != nil {
			return
		}
		delete(content, plan.NHSNumber)
		content[plan.NHSNumberStatus] = json.RawMessage(`{"value":"07"}`)
		if raw, err := json.Marshal(content); err == nil {
			values[at] = string(raw)
		}
	}
}

// reasons are why crews open a record.
var reasons = []string{"Called to the home", "Fall at home", "Breathless", "Call by the family", "Call by the care home", "Pain that is not controlled"}

// looked adds to the lines of a plan those of people who wrote and read it, until there are as many as are asked for.
func (l *loader) looked(rng *rand.Rand, f *form, lines []audit.Event, places []workplace) []audit.Event {
	about := lines[0]
	last := lines[len(lines)-1].Version
	span := max(time.Hour, f.until.Sub(f.created))
	var gp *caller
	var others []*caller
	for i, o := range f.orgs {
		for role, who := range places[i].staff {
			if o.Kind == "gp_practice" && gp == nil && role == api.RoleGP {
				gp = who
			} else if o.Kind != "gp_practice" {
				others = append(others, who)
			}
		}
	}
	if others == nil {
		others = []*caller{gp}
	}
	for len(lines) < l.what.Audit {
		at := f.created.Add(time.Duration(rng.Int64N(int64(span))))
		who, action, reason := gp, audit.View, ""
		switch rng.IntN(8) {
		case 0, 1:
			who = others[rng.IntN(len(others))]
		case 2, 3:
			action = audit.Save
			at = f.created.Add(time.Duration(rng.Int64N(int64(72 * time.Hour))))
		case 4:
			who, action = others[rng.IntN(len(others))], audit.Print
		case 5:
			action = audit.ReadLog
		case 6, 7:
			if f.live {
				who, action, reason = others[rng.IntN(len(others))], audit.Summary, ""
				if rng.IntN(3) == 0 {
					action, reason = audit.Opened, reasons[rng.IntN(len(reasons))]
				}
			}
		}
		event := *who.Line(at, action)
		event.PatientID, event.PlanID, event.Version, event.Reason = about.PatientID, about.PlanID, last, reason
		lines = append(lines, event)
	}
	return lines
}
