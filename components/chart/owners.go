package chart

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// RenderAll renders charts side by side. It reports the problems of all of them at
// once, objects that two of them own included. A chart that the source doesn't have is
// in the result as missing, in the place of its spec.
func RenderAll(specs []Spec, source Source) ([]Rendered, error) {
	rendered := make([]Rendered, len(specs))
	failed := make([]error, len(specs))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var working sync.WaitGroup
	for i, spec := range specs {
		working.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			rendered[i], failed[i] = Render(spec, source)
			if errors.Is(failed[i], ErrMissing) {
				rendered[i], failed[i] = Rendered{Spec: spec.WithDefaults(), Missing: true}, nil
			}
		})
	}
	working.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	return rendered, CheckOwners(rendered)
}

// CheckOwners refuses objects that two charts own: each deployment would take them
// from one to the other, and removing one chart would take them from both.
func CheckOwners(rendered []Rendered) error {
	owners := map[string]string{}
	var list problem.List
	for _, r := range rendered {
		owner := fmt.Sprintf("%s (release %s in %s)", r.Spec.Chart.Name, r.Spec.Release, r.Spec.Namespace)
		for _, o := range r.Objects {
			if first, owned := owners[o.key()]; owned {
				list.Addf("", "turn it off in one of them", "%s belongs to %s and to %s", o, first, owner)
				continue
			}
			owners[o.key()] = owner
		}
	}
	return list.Err("charts")
}

// CheckMissing names all charts that could not be had, for a program that deploys: to
// be asked before anything is registered.
func CheckMissing(rendered []Rendered) error {
	var list problem.List
	for _, r := range rendered {
		if r.Missing {
			list.Add("", r.absence(), r.remedy())
		}
	}
	return list.Err("charts")
}

func (r Rendered) absence() string {
	return fmt.Sprintf("chart %s %s is %v", r.Spec.Chart.Name, r.Spec.Chart.Version, ErrMissing)
}

func (r Rendered) remedy() string {
	return fmt.Sprintf("run 'make charts' where %s can be reached", r.Spec.Chart.Repository)
}
