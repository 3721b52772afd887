package chart

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// LockFile is the name of the lock in a project.
const LockFile = "charts.lock"

const lockHead = "# What each chart holds, as first seen: the program stops when one has changed.\n"

// Lock is the file that says what each chart holds.
type Lock struct {
	path   string
	frozen bool

	mu     sync.Mutex
	hashes map[string]string
}

// OpenLock reads a lock; a file that isn't there is an empty one. Charts that it
// doesn't know yet are written into it, or are an error when it is frozen.
func OpenLock(path string, frozen bool) (*Lock, error) {
	lock := &Lock{path: path, frozen: frozen, hashes: map[string]string{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return lock, nil
	}
	if err != nil {
		return nil, fmt.Errorf("chart lock: %w", err)
	}
	for number, line := range slices.All(strings.Split(string(text), "\n")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "sha256:") {
			return nil, fmt.Errorf("chart lock: %s:%d: %q is not a chart and its hash; take the line from version control, or remove it", path, number+1, line)
		}
		if other, twice := lock.hashes[fields[0]]; twice && other != fields[1] {
			return nil, fmt.Errorf("chart lock: %s:%d: %s is there twice, with two hashes; keep the right line", path, number+1, fields[0])
		}
		lock.hashes[fields[0]] = fields[1]
	}
	return lock, nil
}

// check holds a chart against the lock, and writes down one that is new.
func (l *Lock) check(chart, hash string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, has := l.hashes[chart]
	switch {
	case has && known == hash:
		return nil
	case has:
		return fmt.Errorf("chart %s is not what %s says: it holds %s, and should hold %s; "+
			"find out who changed it, and remove it from the cache, or its line from the lock if the change is meant", chart, l.path, hash, known)
	case l.frozen:
		return fmt.Errorf("chart %s is not in %s; run 'make charts' and commit the file", chart, l.path)
	}
	l.hashes[chart] = hash
	text := lockHead
	for _, name := range slices.Sorted(maps.Keys(l.hashes)) {
		text += name + " " + l.hashes[name] + "\n"
	}
	return writeFile(l.path, []byte(text))
}
