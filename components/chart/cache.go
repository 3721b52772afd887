package chart

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/megazonecloud/eks-platform/components/catalog"
)

// CacheVariable is the environment variable that names another folder for charts.
const CacheVariable = "EKSPLATFORM_CHARTS"

// CacheDir is where charts are kept: what CacheVariable says, else eksplatform/charts
// in the user's cache.
func CacheDir() (string, error) {
	if dir := os.Getenv(CacheVariable); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("chart cache: %w; set %s to a folder", err, CacheVariable)
	}
	return filepath.Join(dir, "eksplatform", "charts"), nil
}

// Cache is a source that keeps charts in a folder: <name>-<version>, unpacked or as
// .tgz. A chart is read once in its life.
type Cache struct {
	dir      string
	lock     *Lock
	download Downloader

	mu     sync.Mutex
	opened map[catalog.Chart]func() (Files, error)
}

// NewCache makes a cache of a folder. The lock says what each chart must hold; nil
// checks nothing. The downloader gets what is not there; nil never downloads.
func NewCache(dir string, lock *Lock, download Downloader) *Cache {
	return &Cache{dir: dir, lock: lock, download: download, opened: map[catalog.Chart]func() (Files, error){}}
}

// Open reads a chart from the cache, downloads it where it is not there, and holds it
// against the lock.
func (c *Cache) Open(chart catalog.Chart) (Files, error) {
	c.mu.Lock()
	open, known := c.opened[chart]
	if !known {
		open = sync.OnceValues(func() (Files, error) { return c.open(chart) })
		c.opened[chart] = open
	}
	c.mu.Unlock()
	return open()
}

func (c *Cache) open(chart catalog.Chart) (Files, error) {
	key := chart.Name + "-" + chart.Version
	if !filepath.IsLocal(key) || filepath.Base(key) != key {
		return nil, fmt.Errorf("%q can't name a chart in the cache", key)
	}
	path := filepath.Join(c.dir, key)
	files, err := read(path)
	var fetched []byte
	if errors.Is(err, fs.ErrNotExist) {
		if c.download == nil {
			return nil, ErrMissing
		}
		if fetched, err = c.download.Download(context.Background(), chart); err != nil {
			return nil, fmt.Errorf("downloading %s: %w", key, err)
		}
		files, err = readArchive(fetched)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if c.lock != nil {
		if err := c.lock.check(key, files.Hash()); err != nil {
			return nil, err
		}
	}
	if fetched == nil {
		return files, nil
	}
	return files, writeFile(path+".tgz", fetched)
}

// read reads the folder or the archive of a chart.
func read(path string) (Files, error) {
	if _, err := os.Stat(filepath.Join(path, "Chart.yaml")); err == nil {
		return readFolder(path)
	}
	data, err := os.ReadFile(path + ".tgz")
	if err != nil {
		return nil, err
	}
	return readArchive(data)
}

// writeFile writes a file whole or not at all, beside others who do.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(data)
	if err = errors.Join(err, draft.Chmod(0o644), draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
