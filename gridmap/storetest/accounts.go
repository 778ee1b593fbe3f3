package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
)

// RunAccounts is the contract of gridmap.Accounts. open gives two stores on one
// new map, as two processes would have it.
func RunAccounts(t *testing.T, open func(*testing.T) (a, b gridmap.Store)) {
	for name, test := range map[string]func(t *testing.T, a, b gridmap.Accounts){
		"AccountsComeBackAsTheyWerePut":           accountsComeBack,
		"ANameIsNeverGivenToAnother":              accountNames,
		"ASubjectIsOneAccounts":                   accountSubjects,
		"OnlyOneOfManyChangesOfOneVersionIsKept":  accountCAS,
		"CountingByCompareAndSetLosesNothing":     accountCounting,
		"AnyChangesLeaveWhatANaiveModelSays":      accountModel,
		"ARevokedKeyStaysRevoked":                 keysContract,
		"ASessionThatHasEndedNeverComesBack":      sessionsContract,
		"SessionsEndByAccountAndByTime":           sessionsEnd,
		"AccountsThatCouldNeverBeRightAreRefused": accountsRefused,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t)
			t.Cleanup(func() { _, _ = a.Close(), b.Close() })
			ka, ok := a.(gridmap.Accounts)
			kb, ok2 := b.(gridmap.Accounts)
			if !ok || !ok2 {
				t.Fatalf("%T keeps no accounts", a)
			}
			test(t, ka, kb)
		})
	}
}

var moment = time.Date(2026, 3, 1, 8, 30, 0, 123456000, time.UTC)

func put(t testing.TB, s gridmap.Accounts, a gridmap.Account) gridmap.Account {
	t.Helper()
	kept, err := s.PutAccount(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func accountsComeBack(t *testing.T, a, b gridmap.Accounts) {
	ctx := t.Context()
	want := gridmap.Account{
		Name: "zhang", Title: "张三（规划科）", Person: 41, Password: "$argon2id$…", Subject: "https://idp#7",
		Grants:   []gridmap.Grant{{Role: "planner", Network: net, Grid: east}, {Role: "field"}},
		Disabled: true, Failures: 3, LockedTill: moment.Add(time.Minute), CreatedAt: moment, ChangedAt: moment.Add(time.Second),
	}
	kept := put(t, a, want)
	want.ID, want.Version = kept.ID, kept.Version
	if kept.ID == 0 || kept.Version == 0 {
		t.Fatalf("%+v", kept)
	}
	same(t, "kept", kept, want)
	byID, err := b.Account(ctx, kept.ID)
	byName, err2 := b.AccountNamed(ctx, "zhang")
	bySubject, err3 := b.AccountOf(ctx, "https://idp#7")
	if err != nil || err2 != nil || err3 != nil {
		t.Fatal(err, err2, err3)
	}
	same(t, "by id", byID, want)
	same(t, "by name", byName, want)
	same(t, "by subject", bySubject, want)
	want.Grants, want.Disabled, want.Subject, want.LockedTill = nil, false, "", time.Time{}
	kept = put(t, b, want)
	want.Version = kept.Version
	same(t, "changed", kept, want)
	second := put(t, a, gridmap.Account{Name: "an"}) // the zero value of everything else
	list, err := b.ListAccounts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "list, by name", list, []gridmap.Account{second, want})
	_, err = a.Account(ctx, 1<<40)
	wantCode(t, "no such id", err, gridmap.NotFound)
	_, err = a.AccountNamed(ctx, "nobody")
	wantCode(t, "no such name", err, gridmap.NotFound)
	_, err = a.AccountOf(ctx, "")
	wantCode(t, "no subject is nobody's", err, gridmap.NotFound)
	_, err = a.PutAccount(ctx, gridmap.Account{ID: 1 << 40, Name: "ghost", Version: 1})
	wantCode(t, "changing nothing", err, gridmap.NotFound)
}

func accountNames(t *testing.T, a, b gridmap.Accounts) {
	zhang := put(t, a, gridmap.Account{Name: "zhang"})
	_, err := b.PutAccount(t.Context(), gridmap.Account{Name: "zhang"})
	wantCode(t, "a second of one name", err, gridmap.Conflict)
	zhang.Name = "zhangsan"
	zhang = put(t, a, zhang)
	_, err = b.PutAccount(t.Context(), gridmap.Account{Name: "zhang"})
	wantCode(t, "a name that was another's", err, gridmap.Conflict)
	li := put(t, b, gridmap.Account{Name: "li"})
	li.Name = "zhangsan"
	_, err = b.PutAccount(t.Context(), li)
	wantCode(t, "taking over a name", err, gridmap.Conflict)
	zhang.Name = "zhang"
	put(t, a, zhang) // one's own old name
}

func accountSubjects(t *testing.T, a, b gridmap.Accounts) {
	put(t, a, gridmap.Account{Name: "a", Subject: "x"})
	put(t, a, gridmap.Account{Name: "b"})
	put(t, b, gridmap.Account{Name: "c"}) // two without one
	_, err := b.PutAccount(t.Context(), gridmap.Account{Name: "d", Subject: "x"})
	wantCode(t, "another's subject", err, gridmap.Conflict)
}

func accountCAS(t *testing.T, a, b gridmap.Accounts) {
	kept := put(t, a, gridmap.Account{Name: "zhang"})
	const writers = 8
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range writers {
		s := []gridmap.Accounts{a, b}[i%2]
		wg.Go(func() {
			mine := kept
			mine.Title = fmt.Sprint(i)
			_, errs[i] = s.PutAccount(t.Context(), mine)
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch gridmap.CodeOf(err) {
		case "":
			if winner >= 0 {
				t.Errorf("%d and %d both won", winner, i)
			}
			winner = i
		case gridmap.Conflict:
		default:
			t.Error(err)
		}
	}
	got, err := b.Account(t.Context(), kept.ID)
	if err != nil || got.Title != fmt.Sprint(winner) {
		t.Errorf("%d won, kept is %q (%v)", winner, got.Title, err)
	}
}

func accountCounting(t *testing.T, a, b gridmap.Accounts) {
	kept := put(t, a, gridmap.Account{Name: "zhang"})
	const writers, each = 4, 5
	var wg sync.WaitGroup
	for i := range writers {
		s := []gridmap.Accounts{a, b}[i%2]
		wg.Go(func() {
			for done := 0; done < each; {
				v, err := s.Account(t.Context(), kept.ID)
				if err != nil {
					t.Error(err)
					return
				}
				v.Failures++
				switch _, err := s.PutAccount(t.Context(), v); gridmap.CodeOf(err) {
				case "":
					done++
				case gridmap.Conflict:
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got, err := a.Account(t.Context(), kept.ID); err != nil || got.Failures != writers*each {
		t.Errorf("counted %d of %d (%v)", got.Failures, writers*each, err)
	}
}

// accountModel does random changes and compares with maps.
func accountModel(t *testing.T, a, b gridmap.Accounts) {
	owner := map[string]gridmap.AccountID{} // of every name ever
	accounts := map[gridmap.AccountID]gridmap.Account{}
	var ids []gridmap.AccountID
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom([]gridmap.Accounts{a, b}).Draw(rt, "process")
		v := gridmap.Account{}
		if len(ids) > 0 && rapid.Bool().Draw(rt, "change") {
			v = accounts[rapid.SampledFrom(ids).Draw(rt, "which")]
		}
		v.Name = rapid.StringMatching(`[a-e][a-e]?`).Draw(rt, "name")
		v.Title = rapid.StringN(0, 5, 20).Draw(rt, "title")
		stale := v.ID != 0 && rapid.IntRange(0, 4).Draw(rt, "stale") == 0
		if stale {
			v.Version--
		}
		kept, err := s.PutAccount(t.Context(), v)
		want := gridmap.Code("")
		switch who, had := owner[v.Name]; {
		case v.Check() != nil:
			want = gridmap.Invalid
		case had && who != v.ID, stale:
			want = gridmap.Conflict
		}
		if gridmap.CodeOf(err) != want {
			rt.Fatalf("put %+v: %v, want %q", v, err, want)
		}
		if err != nil {
			return
		}
		if v.ID == 0 {
			ids = append(ids, kept.ID)
		}
		owner[v.Name], accounts[kept.ID] = kept.ID, kept
		if got, err := b.AccountNamed(t.Context(), v.Name); err != nil || got.ID != kept.ID || got.Title != v.Title || got.Version != kept.Version {
			rt.Fatalf("kept %+v, got %+v (%v)", kept, got, err)
		}
	})
}

func keysContract(t *testing.T, a, b gridmap.Accounts) {
	ctx := t.Context()
	k := gridmap.Key{
		ID: "k1", Hash: []byte{1, 0, 255}, Label: "随手拍", Grants: []gridmap.Grant{{Role: "app"}}, PerMinute: 60,
		CreatedBy: "admin", CreatedAt: moment, ExpiresAt: moment.AddDate(1, 0, 0),
	}
	if err := a.PutKey(ctx, k); err != nil {
		t.Fatal(err)
	}
	got, err := b.Key(ctx, "k1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "key", got, k)
	if err := b.UseKey(ctx, "k1", moment.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	revoked := k
	revoked.RevokedAt = moment.Add(time.Hour)
	if err := a.PutKey(ctx, revoked); err != nil {
		t.Fatal(err)
	}
	k.Label = "改名" // by somebody who has not seen that it was revoked
	if err := b.PutKey(ctx, k); err != nil {
		t.Fatal(err)
	}
	got, err = a.Key(ctx, "k1")
	if err != nil || !got.RevokedAt.Equal(revoked.RevokedAt) || got.Label != "改名" || !got.UsedAt.Equal(moment.Add(time.Minute)) {
		t.Errorf("%+v, %v", got, err)
	}
	newer := gridmap.Key{ID: "k0", Hash: []byte{2}, CreatedAt: moment.Add(time.Second)}
	if err := a.PutKey(ctx, newer); err != nil {
		t.Fatal(err)
	}
	if list, err := b.ListKeys(ctx); err != nil || len(list) != 2 || list[0].ID != "k0" {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = a.Key(ctx, "none")
	wantCode(t, "none", err, gridmap.NotFound)
	wantCode(t, "using none", a.UseKey(ctx, "none", moment), gridmap.NotFound)
}

func sessionsContract(t *testing.T, a, b gridmap.Accounts) {
	ctx := t.Context()
	owner := put(t, a, gridmap.Account{Name: "zhang"})
	s := gridmap.Session{Hash: []byte{7, 0, 9}, Account: owner.ID, CSRF: "c", CreatedAt: moment, SeenAt: moment, ExpiresAt: moment.Add(time.Hour)}
	if err := a.PutSession(ctx, s); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a second of one hash", b.PutSession(ctx, s), gridmap.Conflict)
	s.SeenAt, s.ExpiresAt = moment.Add(time.Minute), moment.Add(2*time.Hour)
	if err := b.SeeSession(ctx, s.Hash, s.SeenAt, s.ExpiresAt); err != nil {
		t.Fatal(err)
	}
	got, err := b.Session(ctx, s.Hash)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "session", got, s)
	if err := a.EndSession(ctx, s.Hash); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "seen after its end", b.SeeSession(ctx, s.Hash, moment, moment.Add(time.Hour)), gridmap.NotFound)
	_, err = b.Session(ctx, s.Hash)
	wantCode(t, "after its end", err, gridmap.NotFound)
	if err := a.EndSession(ctx, s.Hash); err != nil {
		t.Errorf("ended twice: %v", err)
	}
}

func sessionsEnd(t *testing.T, a, b gridmap.Accounts) {
	ctx := t.Context()
	zhang, li := put(t, a, gridmap.Account{Name: "zhang"}), put(t, a, gridmap.Account{Name: "li"})
	start := func(hash byte, of gridmap.AccountID, till time.Duration) {
		if err := a.PutSession(ctx, gridmap.Session{Hash: []byte{hash}, Account: of, ExpiresAt: moment.Add(till)}); err != nil {
			t.Fatal(err)
		}
	}
	start(1, zhang.ID, time.Hour)
	start(2, zhang.ID, time.Hour)
	start(3, li.ID, time.Minute)
	start(4, li.ID, time.Hour)
	if err := b.EndSessions(ctx, zhang.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.DropSessions(ctx, moment.Add(30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	for hash, want := range map[byte]gridmap.Code{1: gridmap.NotFound, 2: gridmap.NotFound, 3: gridmap.NotFound, 4: ""} {
		_, err := a.Session(ctx, []byte{hash})
		wantCode(t, fmt.Sprint("session ", hash), err, want)
	}
}

func accountsRefused(t *testing.T, s, _ gridmap.Accounts) {
	long := make([]byte, gridmap.MaxAccountRunes+1)
	for i := range long {
		long[i] = 'a'
	}
	for _, name := range []string{"", " a", "a ", "a\nb", string(long)} {
		_, err := s.PutAccount(t.Context(), gridmap.Account{Name: name})
		wantCode(t, fmt.Sprintf("name %q", name), err, gridmap.Invalid)
	}
}
