package chart

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/ignore"
)

// ErrMissing says that a chart is not in the cache and can't be downloaded.
var ErrMissing = errors.New("not in the chart cache, and there is nowhere to get it from")

// File is one file of a chart.
type File struct {
	// Name is its path in the chart, with slashes.
	Name string
	// Data is what is in it.
	Data []byte
}

// Files are the files of a chart.
type Files []File

// Source gives charts.
type Source interface {
	// Open reads the files of a chart, which nobody may change. An error that is
	// ErrMissing says that there is no such chart. Several goroutines may call it at once.
	Open(chart catalog.Chart) (Files, error)
}

// Downloader gets a chart's archive from where its row of the catalogue says.
type Downloader interface {
	// Download returns the archive, a .tgz. Several goroutines may call it at once.
	Download(ctx context.Context, chart catalog.Chart) ([]byte, error)
}

// Hash is that of the files' names and contents: the same for a folder and for an
// archive of it.
func (f Files) Hash() string {
	lines := make([]string, 0, len(f))
	for _, file := range f {
		sum := sha256.Sum256(file.Data)
		lines = append(lines, hex.EncodeToString(sum[:])+"  "+file.Name+"\n")
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// readArchive reads a .tgz, as Helm packs it: below one folder.
func readArchive(data []byte) (Files, error) {
	packed, err := archive.LoadArchiveFiles(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	files := make(Files, 0, len(packed))
	for _, file := range packed {
		files = append(files, File{Name: file.Name, Data: file.Data})
	}
	return files, nil
}

// byteOrderMark stands before some files; Helm reads archives without it.
var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// readFolder reads what Helm would pack of a folder.
func readFolder(path string) (Files, error) {
	rules := ignore.Empty()
	if listed, err := ignore.ParseFile(filepath.Join(path, ignore.HelmIgnore)); err == nil {
		rules = listed
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the folder: %s: %w", ignore.HelmIgnore, err)
	}
	rules.AddDefaults()
	var files Files
	folder := os.DirFS(path)
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		info, err := entry.Info()
		switch {
		case err != nil:
			return err
		case rules.Ignore(name, info) && entry.IsDir():
			return fs.SkipDir
		case rules.Ignore(name, info), entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is no regular file", name)
		}
		data, err := fs.ReadFile(folder, name)
		files = append(files, File{Name: name, Data: bytes.TrimPrefix(data, byteOrderMark)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the folder: %w", err)
	}
	return files, nil
}
