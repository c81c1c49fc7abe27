package secret

import (
	"encoding/binary"
	"fmt"
)

const (
	// indexSize is short enough for a small database index; 128 bits of a PRF do
	// not collide by chance in any number of rows a desk can hold.
	indexSize  = 16
	deriveSize = 32

	indexPurpose  = "index"
	derivePurpose = "derive"
)

// Index returns the blind index of value: 16 bytes that are always the same for
// the same kind and value, and tell nothing without the key. The kind ("cip_id",
// "name") keeps equal values of different fields apart. Callers fold case and
// spaces before, as the index matches exact bytes only.
func (k *Keys) Index(kind, value string) []byte {
	return k.compute(indexSize, indexPurpose, kind, value)
}

// Derive returns a 32 byte key for one more use, named by kind, so that such
// keys need no variable of their own.
func (k *Keys) Derive(kind string) []byte {
	return k.compute(deriveSize, derivePurpose, kind)
}

// compute frames each part by its length: ("a", "bc") and ("ab", "c") differ.
func (k *Keys) compute(size uint32, parts ...string) []byte {
	var input []byte
	for _, part := range parts {
		input = binary.AppendUvarint(input, uint64(len(part)))
		input = append(input, part...)
	}
	out, err := k.prf.ComputePrimaryPRF(input, size)
	if err != nil {
		// Parse tried the longest size that we ask for: only a defect leads here.
		panic(fmt.Sprintf("secret: compute %d bytes: %v", size, err))
	}
	return out
}
