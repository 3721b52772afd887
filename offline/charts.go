package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/chart/fetch"
	"github.com/megazonecloud/eks-platform/stacks"
)

// charts downloads the charts of the catalogue, or those named, into the cache, and
// holds what is there against the lock.
func charts(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("charts", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	mirror := flags.String("mirror", "", "")
	frozen := flags.Bool("frozen", false, "")
	if err := flags.Parse(args); err != nil {
		return errors.New("unknown flag\n\n" + usage)
	}
	rows, err := rowsOf(flags.Args())
	if err != nil {
		return err
	}
	root, err := projectRoot()
	if err != nil {
		return err
	}
	dir, err := chart.CacheDir()
	if err != nil {
		return err
	}
	lock, err := chart.OpenLock(filepath.Join(root, chart.LockFile), *frozen)
	if err != nil {
		return err
	}
	client, err := fetch.New(*mirror)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Charts go to %s.\n", dir)
	return getCharts(ctx, rows, chart.NewCache(dir, lock, client), out)
}

// simulatedCharts are those that the user has, held against the project's lock where it
// has one. What is not there is shown: nothing real depends on it.
func simulatedCharts(root string) (stacks.Charts, error) {
	dir, err := chart.CacheDir()
	if err != nil {
		return stacks.Charts{}, err
	}
	var lock *chart.Lock
	path := filepath.Join(root, chart.LockFile)
	if _, missing := os.Stat(path); missing == nil {
		if lock, err = chart.OpenLock(path, false); err != nil {
			return stacks.Charts{}, err
		}
	}
	return stacks.Charts{Source: chart.NewCache(dir, lock, nil), ShowMissing: true}, nil
}

// rowsOf are the catalogue's rows of names; all without a name.
func rowsOf(names []string) ([]catalog.Chart, error) {
	if len(names) == 0 {
		return catalog.Charts(), nil
	}
	rows := make([]catalog.Chart, 0, len(names))
	for _, name := range names {
		row, known := catalog.ChartOf(name)
		if !known {
			return nil, fmt.Errorf("the catalogue has no chart %q", name)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// atOnce is how many charts are downloaded side by side: most wait for a server.
const atOnce = 6

// getCharts opens each chart, and says how far it is.
func getCharts(ctx context.Context, rows []catalog.Chart, source chart.Source, out io.Writer) error {
	var mu sync.Mutex
	var working sync.WaitGroup
	var failed []string
	done := 0
	slots := make(chan struct{}, atOnce)
	for _, row := range rows {
		working.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if ctx.Err() != nil {
				return
			}
			files, err := source.Open(row)
			mu.Lock()
			defer mu.Unlock()
			done++
			result := files.Hash()
			if err != nil {
				result = "FAILED"
				failed = append(failed, fmt.Sprintf("  - %s %s: %v", row.Name, row.Version, err))
			}
			fmt.Fprintf(out, "[%*d/%d] %s %s %s\n", len(fmt.Sprint(len(rows))), done, len(rows), row.Name, row.Version, result)
		})
	}
	working.Wait()
	if ctx.Err() != nil {
		return errors.New("interrupted; the next run begins where this one stopped")
	}
	if len(failed) == 0 {
		return nil
	}
	slices.Sort(failed)
	text := fmt.Sprintf("%d of %d charts could not be had:", len(failed), len(rows))
	for _, line := range failed {
		text += "\n" + line
	}
	return errors.New(text)
}
