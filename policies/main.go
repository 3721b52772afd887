// Command policies is the platform's CrossGuard policy pack:
//
//	pulumi preview --policy-pack policies
package main

import (
	"fmt"
	"os"

	"github.com/megazonecloud/eks-platform/policies/pack"
)

func main() {
	if err := pack.Serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
