package world

import (
	"encoding/json"
	"maps"
	"slices"
)

// Object is one thing that exists in the simulated account or cluster.
type Object struct {
	// Scope is where the id is unique: a region, a Kubernetes API server.
	Scope string `json:"scope"`
	Type  string `json:"type"`
	ID    string `json:"id"`
	// URN is the Pulumi resource that made the object; "" for what AWS makes
	// by itself, such as a VPC's main route table.
	URN        string `json:"urn,omitempty"`
	Generation int    `json:"generation,omitempty"`
	// Owner is the key of the object that this one came with and goes with.
	Owner string `json:"owner,omitempty"`
	// Inputs are the inputs it was last given, without any secret.
	Inputs map[string]any `json:"inputs,omitempty"`
}

// Key names an object in the whole world.
func (o Object) Key() string { return Key(o.Scope, o.Type, o.ID) }

// Key names the object with an id within a scope.
func Key(scope, typ, id string) string { return scope + " " + typ + " " + id }

// Objects is all that exists, and how often each URN was created: what is
// created anew under an old URN gets another id than before.
type Objects struct {
	generations map[string]int
	byKey       map[string]Object
}

// Nothing is a world in which nothing exists.
func Nothing() *Objects {
	return &Objects{generations: map[string]int{}, byKey: map[string]Object{}}
}

// file is the JSON form: objects in the order of their keys.
type file struct {
	Generations map[string]int `json:"generations"`
	Objects     []Object       `json:"objects"`
}

// MarshalJSON writes the objects in a stable order.
func (o *Objects) MarshalJSON() ([]byte, error) {
	return json.Marshal(file{o.generations, o.All()})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *Objects) UnmarshalJSON(text []byte) error {
	read := file{Generations: map[string]int{}}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	o.generations = read.Generations
	for _, object := range read.Objects {
		o.Put(object)
	}
	return nil
}

// All lists the objects in the order of their keys.
func (o *Objects) All() []Object {
	all := make([]Object, 0, len(o.byKey))
	for _, key := range slices.Sorted(maps.Keys(o.byKey)) {
		all = append(all, o.byKey[key])
	}
	return all
}

// Find gives the object with an id.
func (o *Objects) Find(scope, typ, id string) (Object, bool) {
	object, found := o.byKey[Key(scope, typ, id)]
	return object, found
}

// FindID gives the object of any type with an id within a scope: for ids that
// AWS keeps unique over all types, such as subnet-….
func (o *Objects) FindID(scope, id string) (Object, bool) {
	for _, object := range o.byKey {
		if object.ID == id && object.Scope == scope {
			return object, true
		}
	}
	return Object{}, false
}

// Generation counts one more creation under a URN.
func (o *Objects) Generation(urn string) int {
	o.generations[urn]++
	return o.generations[urn]
}

// Put adds an object or replaces the one with its key.
func (o *Objects) Put(object Object) { o.byKey[object.Key()] = object }

// Remove takes an object away, and all that goes with it.
func (o *Objects) Remove(key string) {
	delete(o.byKey, key)
	for other, object := range o.byKey {
		if object.Owner == key {
			o.Remove(other)
		}
	}
}

// Get gives the object with a key.
func (o *Objects) Get(key string) (Object, bool) {
	object, found := o.byKey[key]
	return object, found
}
