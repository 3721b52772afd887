// Package standin serves honest stand-ins for the aws and kubernetes resource
// providers, so that the real Pulumi engine previews, deploys and destroys the
// platform with no AWS account.
//
// A stand-in rejects what the real provider, or the service behind it, would
// reject as far as it can know without an account; it gives outputs of the
// right shape; and it fails loudly where it does not know: a resource type or
// an invoke that has no row in a table is an error, never a shrug.
//
//	props     reading property values: secrets, unknowns, paths
//	shape     properties held against the SDK's own Go types
//	delta     two sets of inputs compared, and what forces a replacement
//	world     the file in which simulated objects exist between runs
//	awsfake   the aws provider: one table row a resource type
//	kubefake  the kubernetes provider: any kind, generic rules
package standin
