// Package world keeps the simulated objects in one JSON file, so that they
// exist between runs and between the processes of one run: the engine starts
// a provider once for every version that a program asks for.
package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/fsutil"
)

// World is the file. Its methods may be called from many goroutines and many
// processes at once.
type World struct {
	path string
	lock *fsutil.FileMutex
	// seen and objects remember the last reading, so that a file that nobody
	// else has replaced is not parsed again.
	seen    os.FileInfo
	objects *Objects
}

// Open opens a world file and creates it when it is absent.
func Open(path string) (*World, error) {
	if path == "" {
		return nil, errors.New("the stand-ins need a world file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make room for the world file: %w", err)
	}
	w := &World{path: path, lock: fsutil.NewFileMutex(path + ".lock")}
	return w, w.Change(func(*Objects) error { return nil })
}

// Look reads the world. The callback keeps nothing and changes nothing.
func (w *World) Look(read func(*Objects) error) error {
	return w.locked(func() error {
		objects, err := w.load()
		if err != nil {
			return err
		}
		return read(objects)
	})
}

// Change lets the callback change the world and writes the result. Where it
// returns an error nothing has happened.
func (w *World) Change(change func(*Objects) error) error {
	return w.locked(func() error {
		objects, err := w.load()
		if err != nil {
			return err
		}
		if err := change(objects); err != nil {
			w.objects = nil // what the callback left half done is forgotten
			return err
		}
		return w.save(objects)
	})
}

func (w *World) locked(do func() error) error {
	if err := w.lock.Lock(); err != nil {
		return fmt.Errorf("lock the world file: %w", err)
	}
	err := do()
	return errors.Join(err, w.lock.Unlock())
}

func (w *World) load() (*Objects, error) {
	info, err := os.Stat(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return Nothing(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the world file: %w", err)
	}
	if w.objects != nil && os.SameFile(info, w.seen) && info.ModTime().Equal(w.seen.ModTime()) && info.Size() == w.seen.Size() {
		return w.objects, nil
	}
	text, err := os.ReadFile(w.path)
	if err != nil {
		return nil, fmt.Errorf("read the world file: %w", err)
	}
	objects := Nothing()
	if err := json.Unmarshal(text, objects); err != nil {
		return nil, fmt.Errorf("the world file %s is not what a stand-in wrote: %w", w.path, err)
	}
	w.objects, w.seen = objects, info
	return objects, nil
}

// save replaces the file in one step: a process killed half-way leaves the
// old world, never half a new one.
func (w *World) save(objects *Objects) error {
	text, err := json.MarshalIndent(objects, "", " ")
	if err != nil {
		return fmt.Errorf("write the world file: %w", err)
	}
	draft := w.path + ".new"
	if err := os.WriteFile(draft, text, 0o644); err != nil {
		return fmt.Errorf("write the world file: %w", err)
	}
	if err := os.Rename(draft, w.path); err != nil {
		return fmt.Errorf("write the world file: %w", err)
	}
	w.objects = objects
	if w.seen, err = os.Stat(w.path); err != nil {
		return fmt.Errorf("write the world file: %w", err)
	}
	return nil
}
