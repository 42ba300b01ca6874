package storage

import (
	"mime"
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
	Sniffed    []string // other media types that its content is taken for
}

// opaque is what those declare or sniff who do not know better.
const opaque = "application/octet-stream"

// DefaultTypes are documents, tables, slides, text, images, sound, films and archives. They
// are what Options.Sniff knows by default or cannot tell, and no programs.
func DefaultTypes() []Type {
	zipped, text, ole := []string{"application/zip"}, []string{"text/plain"}, []string{opaque, "application/x-ole-storage"}
	const office, open = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	return []Type{
		{Media: "application/pdf", Extensions: []string{".pdf"}},
		{Media: "application/msword", Extensions: []string{".doc"}, Sniffed: ole},
		{Media: "application/vnd.ms-excel", Extensions: []string{".xls"}, Sniffed: ole},
		{Media: "application/vnd.ms-powerpoint", Extensions: []string{".ppt"}, Sniffed: ole},
		{Media: office + "wordprocessingml.document", Extensions: []string{".docx"}, Sniffed: zipped},
		{Media: office + "spreadsheetml.sheet", Extensions: []string{".xlsx"}, Sniffed: zipped},
		{Media: office + "presentationml.presentation", Extensions: []string{".pptx"}, Sniffed: zipped},
		{Media: open + "text", Extensions: []string{".odt"}, Sniffed: zipped},
		{Media: open + "spreadsheet", Extensions: []string{".ods"}, Sniffed: zipped},
		{Media: open + "presentation", Extensions: []string{".odp"}, Sniffed: zipped},
		{Media: "text/plain", Extensions: []string{".txt", ".log"}},
		{Media: "text/csv", Extensions: []string{".csv"}, Aliases: []string{"application/vnd.ms-excel", "text/plain"}, Sniffed: text},
		{Media: "text/markdown", Extensions: []string{".md"}, Aliases: text, Sniffed: []string{"text/plain", "text/html"}},
		{Media: "text/html", Extensions: []string{".html", ".htm"}, Sniffed: text},
		{Media: "application/json", Extensions: []string{".json"}, Aliases: text, Sniffed: text},
		{Media: "application/xml", Extensions: []string{".xml"}, Aliases: []string{"text/xml"}, Sniffed: []string{"text/xml", "text/plain"}},
		{Media: "application/rtf", Extensions: []string{".rtf"}, Aliases: []string{"text/rtf"}, Sniffed: []string{"text/rtf", "text/plain"}},
		{Media: "image/jpeg", Extensions: []string{".jpg", ".jpeg"}},
		{Media: "image/png", Extensions: []string{".png"}},
		{Media: "image/gif", Extensions: []string{".gif"}},
		{Media: "image/webp", Extensions: []string{".webp"}},
		{Media: "image/svg+xml", Extensions: []string{".svg"}, Sniffed: []string{"text/xml", "text/plain"}},
		{Media: "image/heic", Extensions: []string{".heic"}, Sniffed: []string{opaque, "video/mp4"}},
		{Media: "image/tiff", Extensions: []string{".tif", ".tiff"}, Sniffed: []string{opaque}},
		{Media: "audio/mpeg", Extensions: []string{".mp3"}, Aliases: []string{"audio/mp3"}, Sniffed: []string{opaque}},
		{Media: "audio/wav", Extensions: []string{".wav"}, Aliases: []string{"audio/wave", "audio/x-wav"}, Sniffed: []string{"audio/wave"}},
		{Media: "video/mp4", Extensions: []string{".mp4"}, Sniffed: []string{opaque}},
		{Media: "video/quicktime", Extensions: []string{".mov"}, Sniffed: []string{opaque, "video/mp4"}},
		{Media: "video/webm", Extensions: []string{".webm"}},
		{Media: "application/zip", Extensions: []string{".zip"}, Aliases: []string{"application/x-zip-compressed"}},
	}
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
	sniffed, parameters, err := mime.ParseMediaType(o.Sniff(head))
	if err != nil {
		return "", frontdesk.Errorf(frontdesk.Internal, "the sniffer names no media type: %w", err)
	}
	if sniffed != t.Media && !slices.Contains(t.Sniffed, sniffed) {
		return "", frontdesk.InvalidField("content", "is not what the name says: it looks like %s", sniffed)
	}
	if charset := parameters["charset"]; charset != "" && strings.HasPrefix(t.Media, "text/") {
		return mime.FormatMediaType(t.Media, map[string]string{"charset": charset}), nil
	}
	return t.Media, nil
}
