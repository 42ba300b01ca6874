package storage

import (
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// Type is a type of files that is taken.
type Type struct {
	Media      string   // the media type under which it is kept
	Extensions []string // of names, with the dot, in lower case
	Aliases    []string // other media types that people declare it as
	Sniffed    []string // other media types that Options.Sniff takes its content for
}

// opaque is what those declare or sniff who do not know better.
const opaque = "application/octet-stream"

// What content is taken for that does not show more in its head.
const (
	zipped = "application/zip"
	ole    = "application/x-ole-storage"                     // an old Office document, or any with a password
	office = "application/vnd.openxmlformats-officedocument" // a text, a table or slides
	plain  = "text/plain"
)

// DefaultTypes are documents, tables, slides, text, images, sound, films and archives, and no
// programs. They go with package sniff. Where there is no Options.Sniff, what its default
// cannot tell is taken as well.
func DefaultTypes() []Type {
	return slices.Concat(documentTypes(), textTypes(), imageTypes(), filmTypes())
}

func documentTypes() []Type {
	const open = "application/vnd.oasis.opendocument."
	texts, tables, slides := office+".wordprocessingml.document", office+".spreadsheetml.sheet", office+".presentationml.presentation"
	return []Type{
		{Media: "application/pdf", Extensions: []string{".pdf"}, Aliases: []string{"application/x-pdf"}},
		{Media: "application/msword", Extensions: []string{".doc"}, Sniffed: []string{ole}},
		{Media: "application/vnd.ms-excel", Extensions: []string{".xls"}, Sniffed: []string{ole}},
		{Media: "application/vnd.ms-powerpoint", Extensions: []string{".ppt"}, Sniffed: []string{ole}},
		{Media: texts, Extensions: []string{".docx"}, Sniffed: []string{office, ole}},
		{Media: tables, Extensions: []string{".xlsx"}, Sniffed: []string{office, ole}},
		{Media: slides, Extensions: []string{".pptx"}, Sniffed: []string{office, ole}},
		{Media: open + "text", Extensions: []string{".odt"}},
		{Media: open + "spreadsheet", Extensions: []string{".ods"}},
		{Media: open + "presentation", Extensions: []string{".odp"}},
		{Media: "application/rtf", Extensions: []string{".rtf"}, Aliases: []string{"text/rtf", "application/msword"}, Sniffed: []string{"text/rtf"}},
		{
			Media: zipped, Extensions: []string{".zip"}, Aliases: []string{"application/x-zip-compressed"},
			Sniffed: []string{office, texts, tables, slides, open + "text", open + "spreadsheet", open + "presentation"},
		},
	}
}

func textTypes() []Type {
	data := []string{plain, "text/csv", "application/json"} // prose and data look alike
	return []Type{
		{Media: plain, Extensions: []string{".txt", ".log"}, Sniffed: data},
		{Media: "text/csv", Extensions: []string{".csv"}, Aliases: []string{"application/vnd.ms-excel", plain}, Sniffed: data},
		{Media: "text/markdown", Extensions: []string{".md"}, Aliases: []string{plain, "text/x-markdown"}, Sniffed: append(data, "text/html")},
		{Media: "text/html", Extensions: []string{".html", ".htm"}, Sniffed: []string{plain, "application/xhtml+xml"}},
		{Media: "application/json", Extensions: []string{".json"}, Aliases: []string{plain}, Sniffed: []string{plain}},
		{Media: "application/xml", Extensions: []string{".xml"}, Aliases: []string{"text/xml"}, Sniffed: []string{plain, "text/xml"}},
	}
}

func imageTypes() []Type {
	return []Type{
		{Media: "image/jpeg", Extensions: []string{".jpg", ".jpeg"}, Aliases: []string{"image/jpg", "image/pjpeg"}},
		{Media: "image/png", Extensions: []string{".png"}, Aliases: []string{"image/apng"}, Sniffed: []string{"image/apng"}},
		{Media: "image/gif", Extensions: []string{".gif"}},
		{Media: "image/webp", Extensions: []string{".webp"}},
		{Media: "image/svg+xml", Extensions: []string{".svg"}, Sniffed: []string{"text/xml"}},
		{
			Media: "image/heic", Extensions: []string{".heic"}, Aliases: []string{"image/heif"},
			Sniffed: []string{"image/heif", "image/heic-sequence", "image/heif-sequence"},
		},
		{Media: "image/tiff", Extensions: []string{".tif", ".tiff"}},
	}
}

func filmTypes() []Type {
	return []Type{
		{Media: "audio/mpeg", Extensions: []string{".mp3"}, Aliases: []string{"audio/mp3"}},
		{Media: "audio/wav", Extensions: []string{".wav"}, Aliases: []string{"audio/wave", "audio/x-wav", "audio/vnd.wave"}},
		{Media: "video/mp4", Extensions: []string{".mp4"}, Sniffed: []string{"video/x-m4v", "video/3gpp", "video/3gpp2", "audio/mp4"}},
		{Media: "video/quicktime", Extensions: []string{".mov"}, Sniffed: []string{"video/mp4"}},
		{Media: "video/webm", Extensions: []string{".webm"}},
	}
}

// unsniffed is what http.DetectContentType takes each extension's content for, besides
// what is in its Type.
var unsniffed = map[string][]string{
	".doc": {opaque}, ".xls": {opaque}, ".ppt": {opaque},
	".docx": {zipped, opaque}, ".xlsx": {zipped, opaque}, ".pptx": {zipped, opaque},
	".odt": {zipped}, ".ods": {zipped}, ".odp": {zipped},
	".rtf": {plain}, ".svg": {plain},
	".htm": {"text/xml"}, ".html": {"text/xml"},
	".heic": {opaque, "video/mp4"}, ".tif": {opaque}, ".tiff": {opaque},
	".mp3": {opaque}, ".wav": {"audio/wave"}, ".mp4": {opaque}, ".mov": {opaque},
}

// typeOf finds the type of a name, and refuses content that was declared as another.
func (o *Options) typeOf(name, declared string) (Type, error) {
	extension := strings.ToLower(path.Ext(name))
	i := slices.IndexFunc(o.Types, func(t Type) bool { return slices.Contains(t.Extensions, extension) })
	if i < 0 {
		return Type{}, frontdesk.InvalidField("name", "has an extension that is not taken")
	}
	t := o.Types[i]
	if declared == "" {
		return t, nil
	}
	media, _, err := mime.ParseMediaType(declared)
	if err != nil {
		return Type{}, frontdesk.InvalidField("content_type", "is not a media type")
	}
	if media != opaque && media != t.Media && !slices.Contains(t.Aliases, media) {
		return Type{}, frontdesk.InvalidField("content_type", "is %s, and the name says %s", media, t.Media)
	}
	return t, nil
}

// agree refuses content that is another type, and returns the content type under which it is
// kept.
func (o *Options) agree(t Type, head []byte) (string, error) {
	if len(head) == 0 {
		return t.Media, nil
	}
	sniff, also := o.Sniff, t.Sniffed
	if sniff == nil {
		sniff = http.DetectContentType
		for _, extension := range t.Extensions {
			also = append(slices.Clip(also), unsniffed[extension]...)
		}
	}
	sniffed, parameters, err := mime.ParseMediaType(sniff(head))
	if err != nil {
		return "", frontdesk.Errorf(frontdesk.Internal, "the sniffer names no media type: %w", err)
	}
	if sniffed != t.Media && !slices.Contains(also, sniffed) {
		return "", frontdesk.InvalidField("content", "is not what the name says: it looks like %s", sniffed)
	}
	if charset := parameters["charset"]; charset != "" && strings.HasPrefix(t.Media, "text/") {
		return mime.FormatMediaType(t.Media, map[string]string{"charset": charset}), nil
	}
	return t.Media, nil
}
