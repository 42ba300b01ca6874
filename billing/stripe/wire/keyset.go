package wire

import (
	"bytes"
	"unicode"
)

// keySet remembers an object's keys to find repeated ones, in any case. Real
// objects have few keys, which need no map; hostile ones get one, so that the
// time stays linear.
type keySet struct {
	few  [24][]byte
	n    int
	many map[string]struct{}
}

// add reports whether key is new.
func (k *keySet) add(key []byte) bool {
	if k.many != nil {
		return k.addFolded(key)
	}
	for _, seen := range k.few[:k.n] {
		if bytes.EqualFold(seen, key) {
			return false
		}
	}
	if k.n < len(k.few) {
		k.few[k.n] = key
		k.n++
		return true
	}
	k.many = make(map[string]struct{})
	for _, seen := range k.few {
		k.addFolded(seen)
	}
	return k.addFolded(key)
}

func (k *keySet) addFolded(key []byte) bool {
	folded := string(bytes.Map(fold, key))
	if _, seen := k.many[folded]; seen {
		return false
	}
	k.many[folded] = struct{}{}
	return true
}

// fold returns the smallest of the letters that are equal but for case, as
// bytes.EqualFold has it.
func fold(r rune) rune {
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	return smallest
}
