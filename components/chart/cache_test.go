package chart_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pack makes an archive below a folder, as Helm does.
func pack(t *testing.T, files memory) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	writer := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		require.NoError(t, writer.WriteHeader(&tar.Header{Name: "demo/" + name, Mode: 0o644, Size: int64(len(files[name])), ModTime: time.Now()}))
		_, err := writer.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, errors.Join(writer.Close(), zipped.Close()))
	return packed.Bytes()
}

func unpack(t *testing.T, files memory, folder string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

// server is a downloader of one archive.
type server struct {
	archive []byte
	err     error
	calls   atomic.Int32
}

func (s *server) Download(context.Context, catalog.Chart) ([]byte, error) {
	s.calls.Add(1)
	return s.archive, s.err
}

func openLock(t *testing.T, path string, frozen bool) *chart.Lock {
	t.Helper()
	lock, err := chart.OpenLock(path, frozen)
	require.NoError(t, err)
	return lock
}

func TestFolderAndArchiveHaveOneHash(t *testing.T) {
	t.Parallel()
	folder, archived := t.TempDir(), t.TempDir()
	files := demo(t)
	files["README.md"] = "\xEF\xBB\xBFwith a mark"
	files[".helmignore"] = "ci/\n"
	unpack(t, files, filepath.Join(folder, "demo-1.2.3"))
	unpack(t, memory{"ci/values.yaml": "x", "templates/.swp": "x"}, filepath.Join(folder, "demo-1.2.3"))
	require.NoError(t, os.WriteFile(filepath.Join(archived, "demo-1.2.3.tgz"), pack(t, files), 0o644))

	lock := openLock(t, filepath.Join(t.TempDir(), "charts.lock"), false)
	row := demoSpec().Chart
	one, err := chart.NewCache(folder, lock, nil).Open(row)
	require.NoError(t, err)
	two, err := chart.NewCache(archived, lock, nil).Open(row)
	require.NoError(t, err)
	assert.Equal(t, one.Hash(), two.Hash())
	assert.Regexp(t, `^sha256:[0-9a-f]{64}$`, one.Hash())

	renamed := slices.Clone(two)
	renamed[0].Name += "x"
	assert.NotEqual(t, one.Hash(), renamed.Hash(), "names count")
	r, err := chart.Render(demoSpec(), chart.NewCache(archived, lock, nil))
	require.NoError(t, err)
	assert.NotEmpty(t, r.Objects)
}

func TestFirstDownloadIsKeptAndLocked(t *testing.T) {
	t.Parallel()
	dir, lockPath := filepath.Join(t.TempDir(), "charts"), filepath.Join(t.TempDir(), "charts.lock")
	from := &server{archive: pack(t, demo(t))}
	cache := chart.NewCache(dir, openLock(t, lockPath, false), from)
	for range 2 {
		files, err := cache.Open(demoSpec().Chart)
		require.NoError(t, err)
		text, err := os.ReadFile(lockPath)
		require.NoError(t, err)
		assert.Equal(t, "# What each chart holds, as first seen: the program stops when one has changed.\ndemo-1.2.3 "+files.Hash()+"\n", string(text))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no drafts are left")
	_, err = chart.NewCache(dir, openLock(t, lockPath, true), from).Open(demoSpec().Chart)
	require.NoError(t, err)
	assert.EqualValues(t, 1, from.calls.Load(), "then it comes from the cache")
}

func TestChangedChartStopsTheProgram(t *testing.T) {
	t.Parallel()
	lockPath := filepath.Join(t.TempDir(), "charts.lock")
	files := demo(t)
	_, err := chart.NewCache(t.TempDir(), openLock(t, lockPath, false), &server{archive: pack(t, files)}).Open(demoSpec().Chart)
	require.NoError(t, err)

	files["templates/deployment.yaml"] += " "
	dir := t.TempDir()
	_, err = chart.Render(demoSpec(), chart.NewCache(dir, openLock(t, lockPath, false), &server{archive: pack(t, files)}))
	assert.ErrorContains(t, err, "chart demo: chart demo-1.2.3 is not what "+lockPath+" says: it holds sha256:")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries, "a wrong chart is not kept")
}

func TestBadCaches(t *testing.T) {
	t.Parallel()
	row := demoSpec().Chart
	lockPath := filepath.Join(t.TempDir(), "charts.lock")
	_, err := chart.NewCache(t.TempDir(), nil, nil).Open(row)
	assert.ErrorIs(t, err, chart.ErrMissing)
	_, err = chart.NewCache(t.TempDir(), nil, &server{err: errors.New("no route")}).Open(row)
	assert.EqualError(t, err, "downloading demo-1.2.3: no route")
	_, err = chart.NewCache(t.TempDir(), nil, &server{archive: []byte("<html>")}).Open(row)
	assert.ErrorContains(t, err, "demo-1.2.3: reading the archive: ")
	_, err = chart.NewCache(t.TempDir(), openLock(t, lockPath, true), &server{archive: pack(t, demo(t))}).Open(row)
	assert.EqualError(t, err, "chart demo-1.2.3 is not in "+lockPath+"; run 'make charts' and commit the file")
	_, err = chart.NewCache(t.TempDir(), nil, nil).Open(catalog.Chart{Name: "../x", Version: "1.0.0"})
	assert.EqualError(t, err, `"../x-1.0.0" can't name a chart in the cache`)

	linked := t.TempDir()
	unpack(t, demo(t), filepath.Join(linked, "demo-1.2.3"))
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(linked, "demo-1.2.3", "link")))
	_, err = chart.NewCache(linked, nil, nil).Open(row)
	assert.ErrorContains(t, err, "link is no regular file")
}

func TestBadLocks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"conflict": {"<<<<<<< ours\n", `charts.lock:1: "<<<<<<< ours" is not a chart and its hash`},
		"twice":    {"# x\n\na-1 sha256:1\na-1 sha256:2\n", "charts.lock:4: a-1 is there twice, with two hashes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "charts.lock")
			require.NoError(t, os.WriteFile(path, []byte(test.text), 0o644))
			_, err := chart.OpenLock(path, false)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestCacheDir(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/caches")
	t.Setenv("HOME", "/home/x")
	t.Setenv(chart.CacheVariable, "")
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	assert.Equal(t, filepath.Join("eksplatform", "charts"), filepath.Join(filepath.Base(filepath.Dir(dir)), filepath.Base(dir)))
	t.Setenv(chart.CacheVariable, "/elsewhere")
	dir, err = chart.CacheDir()
	require.NoError(t, err)
	assert.Equal(t, "/elsewhere", dir)
}
