package world_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

func object(id, owner string) world.Object {
	return world.Object{Scope: "s", Type: "t", ID: id, Owner: owner, Inputs: map[string]any{"a": []any{"b"}}}
}

func TestObjectsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "world.json")
	first, err := world.Open(path)
	require.NoError(t, err)
	require.FileExists(t, path)
	require.NoError(t, first.Change(func(o *world.Objects) error {
		o.Put(object("1", ""))
		assert.Equal(t, 1, o.Generation("urn"))
		return nil
	}))
	second, err := world.Open(path)
	require.NoError(t, err)
	require.NoError(t, second.Change(func(o *world.Objects) error {
		found, ok := o.Find("s", "t", "1")
		assert.True(t, ok)
		assert.Equal(t, object("1", ""), found)
		assert.Equal(t, 2, o.Generation("urn"))
		o.Remove(found.Key())
		return nil
	}))
	require.NoError(t, first.Look(func(o *world.Objects) error {
		assert.Empty(t, o.All(), "the first world sees what the second did")
		return nil
	}))
}

func TestAFailedChangeNeverHappened(t *testing.T) {
	t.Parallel()
	w, err := world.Open(filepath.Join(t.TempDir(), "world.json"))
	require.NoError(t, err)
	boom := errors.New("boom")
	require.ErrorIs(t, w.Change(func(o *world.Objects) error { o.Put(object("1", "")); return boom }), boom)
	require.NoError(t, w.Look(func(o *world.Objects) error { assert.Empty(t, o.All()); return nil }))
}

func TestRemoveTakesTheOwnedAlong(t *testing.T) {
	t.Parallel()
	o := world.Nothing()
	parent := object("1", "")
	child := object("2", parent.Key())
	o.Put(parent)
	o.Put(child)
	o.Put(object("3", child.Key()))
	o.Put(object("4", ""))
	o.Remove(parent.Key())
	assert.Equal(t, []world.Object{object("4", "")}, o.All())
}

func TestConcurrentChangesAllCount(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "world.json")
	var group sync.WaitGroup
	for i := range 2 {
		w, err := world.Open(path)
		require.NoError(t, err)
		for j := range 10 {
			group.Go(func() {
				assert.NoError(t, w.Change(func(o *world.Objects) error { o.Put(object(fmt.Sprint(i, j), "")); return nil }))
			})
		}
	}
	group.Wait()
	w, err := world.Open(path)
	require.NoError(t, err)
	require.NoError(t, w.Look(func(o *world.Objects) error { assert.Len(t, o.All(), 20); return nil }))
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := world.Open("")
	require.ErrorContains(t, err, "need a world file")
	path := filepath.Join(t.TempDir(), "world.json")
	require.NoError(t, os.WriteFile(path, []byte("not json"), 0o600))
	_, err = world.Open(path)
	require.ErrorContains(t, err, "is not what a stand-in wrote")
}
