package awsfake

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// FuzzCheck: whatever a program sends, Check, Diff and a previewed Create
// answer and do not panic.
func FuzzCheck(f *testing.F) {
	for i, s := range account1 {
		text, err := json.Marshal(s.in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint(i), text, uint8(i))
	}
	f.Add(uint(0), []byte(`{"tags":[1,{"a":null}],"cidrBlock":{"x":[]},"name":""}`), uint8(1))
	f.Add(uint(20), []byte(`{"vpcConfig":"x","scalingConfig":[[]],"encryptionConfig":{"provider":7}}`), uint8(2))
	tokenList := props.SortedKeys(table)
	f.Fuzz(func(t *testing.T, which uint, text []byte, wrap uint8) {
		var in m
		if json.Unmarshal(text, &in) != nil {
			return
		}
		token := tokenList[which%uint(len(tokenList))]
		inputs := toMap(in)
		for i, key := range props.SortedKeys(inputs) {
			switch (i + int(wrap)) % 4 {
			case 1:
				inputs[key] = resource.MakeSecret(inputs[key])
			case 2:
				inputs[key] = resource.MakeComputed(inputs[key])
			}
		}
		p := New(nil)
		urn := urnOf(token, "r")
		checked, err := p.Check(t.Context(), plugin.CheckRequest{URN: urn, Type: tokens.Type(token), News: inputs, Olds: inputs})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Diff(t.Context(), plugin.DiffRequest{URN: urn, Type: tokens.Type(token), OldInputs: inputs, NewInputs: checked.Properties}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Create(t.Context(), plugin.CreateRequest{URN: urn, Type: tokens.Type(token), Properties: inputs, Preview: true}); err != nil {
			t.Fatal(err)
		}
	})
}
