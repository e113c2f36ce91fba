package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAttachmentIsFrozenAndItsPlansAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		require.NoError(t, addPlan(t, s, "p", "q", "draft"))
		require.NoError(t, addPlan(t, s, "p2", "q2", "draft"))
		a := &Attachment{PlanID: "p", SHA256: "ab", MediaType: "image/png", Size: 3, Content: []byte{0, 0xFF, 1}, AddedAt: at, AddedBy: "u"}
		require.NoError(t, s.Write(ctx, func(tx Tx) error { return tx.AddAttachment(a) }))
		require.ErrorIs(t, s.Write(ctx, func(tx Tx) error { return tx.AddAttachment(a) }), ErrDuplicate)
		for _, statement := range []string{`UPDATE attachments SET media_type = 'x'`, `UPDATE attachments SET plan_id = 'p2'`, `DELETE FROM attachments`} {
			require.ErrorContains(t, s.exec(statement), "frozen", statement)
		}
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			found, err := tx.Attachment("p", "ab")
			assert.Equal(t, a, found)
			_, none := tx.Attachment("p2", "ab")
			assert.ErrorIs(t, none, ErrNotFound)
			list, _ := tx.AttachmentsOf("p")
			assert.Len(t, list, 1)
			assert.Nil(t, list[0].Content)
			return err
		}))
	})
}
