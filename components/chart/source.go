package chart

import (
	"errors"

	"github.com/megazonecloud/eks-platform/components/catalog"
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
	// Open reads the files of a chart. An error that is ErrMissing says that there is
	// no such chart; it may be called from several goroutines at once.
	Open(chart catalog.Chart) (Files, error)
}
