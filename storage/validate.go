package storage

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// Limits of what is stored. All stores keep at least this.
const (
	MaxName         = 255 // bytes of a name
	MaxContentType  = 255 // bytes of a media type
	MaxMetadata     = 20  // pairs
	MaxMetadataPair = 100 // bytes of a key and its value together
	MaxFolderKey    = 100 // bytes
)

// Validate refuses what no store would keep, or would keep otherwise than it is given.
// Every refusal is Invalid and names its field in snake case: "content_type",
// `metadata["key"]`. All of them are joined. What an id must look like, each store
// decides.
func (o *PutOptions) Validate() error {
	return errors.Join(validName(o.Name), validContentType(o.ContentType), validSHA256(o.SHA256), validMetadata(o.Metadata))
}

// ValidateFolder checks the arguments of EnsureFolder: the fields are "key" and "name".
func ValidateFolder(key, name string) error {
	return errors.Join(validFolderKey(key), validName(name))
}

func validName(name string) error {
	switch {
	case name == "":
		return frontdesk.InvalidField("name", "is required")
	case len(name) > MaxName:
		return frontdesk.InvalidField("name", "is longer than %d bytes", MaxName)
	}
	return validText("name", name)
}

// validText passes UTF-8 in one line.
func validText(field, text string) error {
	switch {
	case !utf8.ValidString(text):
		return frontdesk.InvalidField(field, "is not UTF-8 text")
	case strings.ContainsFunc(text, unicode.IsControl):
		return frontdesk.InvalidField(field, "has a control character")
	}
	return nil
}

func validContentType(contentType string) error {
	const field = "content_type"
	switch {
	case contentType == "":
		return frontdesk.InvalidField(field, "is required")
	case len(contentType) > MaxContentType:
		return frontdesk.InvalidField(field, "is longer than %d bytes", MaxContentType)
	}
	media, _, err := mime.ParseMediaType(contentType)
	major, minor, _ := strings.Cut(media, "/")
	if err != nil || major == "" || minor == "" {
		return frontdesk.InvalidField(field, "is not a media type")
	}
	return validText(field, contentType)
}

func validSHA256(sum []byte) error {
	if len(sum) != 0 && len(sum) != sha256.Size {
		return frontdesk.InvalidField("sha256", "is not %d bytes long", sha256.Size)
	}
	return nil
}

func validMetadata(metadata map[string]string) error {
	var errs []error
	if len(metadata) > MaxMetadata {
		errs = append(errs, frontdesk.InvalidField("metadata", "has more than %d pairs", MaxMetadata))
	}
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		errs = append(errs, validPair(fmt.Sprintf("metadata[%q]", key), key, metadata[key]))
	}
	return errors.Join(errs...)
}

func validPair(field, key, value string) error {
	switch {
	case key == "":
		return frontdesk.InvalidField(field, "has no key")
	case len(key)+len(value) > MaxMetadataPair:
		return frontdesk.InvalidField(field, "is longer than %d bytes with its key", MaxMetadataPair)
	}
	return errors.Join(validText(field, key), validText(field, value))
}

func validFolderKey(key string) error {
	switch {
	case key == "":
		return frontdesk.InvalidField("key", "is required")
	case len(key) > MaxFolderKey:
		return frontdesk.InvalidField("key", "is longer than %d bytes", MaxFolderKey)
	case strings.ContainsFunc(key, notInKey):
		return frontdesk.InvalidField("key", "has a character that is not a letter, a digit, '-', '_', '.' or ':'")
	}
	return nil
}

// notInKey reports what the keys of folders are not made of.
func notInKey(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("-_.:", r)
}
