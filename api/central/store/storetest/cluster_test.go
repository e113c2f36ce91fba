package storetest

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// A power cut is followed by a start at once, however many backends there were.
func TestACrashedServerStartsAgain(t *testing.T) {
	c := NewCluster(t, nil)
	ctx := context.Background()
	for range 3 {
		for range 50 {
			db, err := pgx.Connect(ctx, c.URL("postgres"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close(ctx)
			if _, err := db.Exec(ctx, "SELECT count(*) FROM pg_class, generate_series(1, 50)"); err != nil {
				t.Fatal(err)
			}
		}
		c.Crash()
		c.Start(t)
	}
}
