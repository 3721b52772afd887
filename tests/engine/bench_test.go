package engine_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BenchmarkPreview measures a preview, and within it the program: from its start
// until it has handed everything to the engine.
func BenchmarkPreview(b *testing.B) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		b.Fatal(err)
	}
	dir, err := chart.CacheDir()
	if err != nil {
		b.Fatal(err)
	}
	charts := stacks.Charts{Source: chart.NewCache(dir, nil, nil), ShowMissing: true}
	for _, stack := range []string{"dev", "stg", "prd"} {
		b.Run(stack, func(b *testing.B) {
			var program time.Duration
			timed := func(ctx *pulumi.Context) error {
				start := time.Now()
				defer func() { program += time.Since(start) }()
				return stacks.DeployWith(time.Time{}, charts)(ctx)
			}
			e, err := engine.Open(context.Background(), engine.Options{Root: absolute, Stack: stack, Program: timed, StateDir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = e.Close() }()
			for b.Loop() {
				if _, err := e.Preview(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(program.Seconds()*1000/float64(b.N), "program-ms/op")
		})
	}
}
