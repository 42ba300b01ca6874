package localdir

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// Where things are. Names are of lower-case hex and of these words, which all file systems
// can tell apart, and Windows can name.
const (
	objectsDir  = "objects"
	foldersDir  = "folders"
	tmpDir      = "tmp"
	contentFile = "content"
	objectFile  = "object.json"
	folderFile  = "folder.json"
	membersDir  = "in"

	dirMode  = 0o700
	fileMode = 0o600
	idBytes  = 16
	shardLen = 2 // characters of an id: no directory gets too many entries
)

func objectDir(id string) string       { return path.Join(objectsDir, id[:shardLen], id) }
func folderDir(id string) string       { return path.Join(foldersDir, id) }
func unfinishedDir(name string) string { return path.Join(tmpDir, name) }
func membersOf(folder string) string   { return path.Join(folderDir(folder), membersDir) }

// folderID is the id of the folder with the key, the same in all processes.
func folderID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:idBytes])
}

// isID reports whether the text is as newID and folderID make it. Only such are made part of a
// path.
func isID(id string) bool {
	return len(id) == 2*idBytes && strings.Trim(id, "0123456789abcdef") == ""
}

// validID refuses what is not an id.
func validID(field, id string) error {
	switch {
	case id == "":
		return frontdesk.InvalidField(field, "is required")
	case !isID(id):
		return frontdesk.InvalidField(field, "is not an id of this store")
	}
	return nil
}
