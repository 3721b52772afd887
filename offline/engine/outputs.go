package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Outputs reads what a stack's last deployment to the simulated account exported; nil
// where it was never deployed there. The folder is that of Options.StateDir.
func Outputs(stateDir, project, stack string) (map[string]any, error) {
	text, err := os.ReadFile(filepath.Join(stateDir, "state", ".pulumi", "stacks", project, stack+".json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					Type    string         `json:"type"`
					Outputs map[string]any `json:"outputs"`
				} `json:"resources"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what stack %s has deployed: %w", stack, err)
	}
	for _, res := range state.Checkpoint.Latest.Resources {
		if res.Type == "pulumi:pulumi:Stack" {
			return res.Outputs, nil
		}
	}
	return nil, nil
}
