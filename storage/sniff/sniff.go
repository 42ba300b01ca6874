// Package sniff tells the type of a document from how it begins, for
// [storage.Options].Sniff. It knows what http.DetectContentType, the default there, takes
// for bytes, archives or plain text: Office documents, old ones too, HEIC, TIFF, films,
// sound, and programs under any name.
//
//	storage.New(docs, st, &storage.Options{Sniff: sniff.Type})
//
// The work is done by github.com/gabriel-vasile/mimetype, which package storage itself does
// not link. What is added here are names that [storage.DefaultTypes] can be compared with,
// and a distrust of files that are two things at once: an archive is an Office document only
// when it begins like one, and a PDF or an image that begins like a page is neither.
package sniff

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

const (
	opaque  = "application/octet-stream"
	plain   = "text/plain"
	archive = "application/zip"
	// office is an Office document that does not say early enough whether it is a text, a
	// table or slides.
	office = "application/vnd.openxmlformats-officedocument"
	pdf    = "application/pdf"
	ole    = "application/x-ole-storage"
)

// installerClass marks programs to install among the files that have the form of old
// Office documents.
var installerClass = []byte("\x84\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46")

// Type names the media type of the content that begins with head. Content that is two
// things at once is application/octet-stream, as is what is not known.
func Type(head []byte) string {
	found := mimetype.Detect(head)
	media, parameters, err := mime.ParseMediaType(found.String())
	switch {
	case err != nil:
		return opaque
	case media == pdf:
		return portable(head)
	case strings.HasPrefix(media, "image/") && !isText(found) && hasPage(head):
		return opaque
	case media == archive && isOffice(head):
		return office
	case media == ole && bytes.Contains(head, installerClass):
		return "application/x-ms-installer"
	case isText(found):
		return text(found, media, parameters["charset"], head)
	}
	return media
}

// named are the kinds of text that are told apart: those that browsers run, and those that
// documents are. All others are plain.
var named = []string{
	"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "text/csv", "application/json", "text/rtf", plain,
}

func isText(t *mimetype.MIME) bool {
	for ; t != nil; t = t.Parent() {
		if t.Is(plain) {
			return true
		}
	}
	return false
}

// text is the first name that is told apart, from the special to the general.
func text(found *mimetype.MIME, media, charset string, head []byte) string {
	for t := found; !slices.Contains(named, media); {
		t = t.Parent()
		media, _, _ = mime.ParseMediaType(t.String()) // plain is the last, and named
	}
	if charset == "" && utf8.Valid(whole(head)) {
		charset = "utf-8"
	}
	if charset == "" || !strings.HasPrefix(media, "text/") {
		return media
	}
	return mime.FormatMediaType(media, map[string]string{"charset": charset})
}

// whole leaves out a character that the head has not all of.
func whole(head []byte) []byte {
	for i := len(head) - 1; i >= 0 && i > len(head)-utf8.UTFMax; i-- {
		if utf8.RuneStart(head[i]) {
			if !utf8.FullRune(head[i:]) {
				return head[:i]
			}
			break
		}
	}
	return head
}

// portable is what says within its first kilobyte that it is a PDF, which readers accept
// anywhere there, and attackers use.
func portable(head []byte) string {
	page := hasPage(head)
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf\r\n\t "), []byte("%PDF-")) && !page:
		return pdf
	case page:
		return opaque
	}
	if about := http.DetectContentType(head); strings.HasPrefix(about, plain) {
		return about
	}
	return opaque
}

// pages begin with one of these.
var pages = [][]byte{
	[]byte("<!doctype html"), []byte("<html"), []byte("<head"), []byte("<body"), []byte("<script"), []byte("<iframe"), []byte("<svg"),
}

func hasPage(head []byte) bool {
	lower := bytes.ToLower(head)
	return slices.ContainsFunc(pages, func(tag []byte) bool { return bytes.Contains(lower, tag) })
}

// isOffice reports whether an archive begins as those of Office do, though what follows has
// not said yet which document it is.
func isOffice(head []byte) bool {
	const header = 30 // of an entry, before its name
	if len(head) < header {
		return false
	}
	name := head[header:]
	return slices.ContainsFunc([]string{"[Content_Types].xml", "_rels/", "docProps/", "customXml/"}, func(first string) bool {
		return bytes.HasPrefix(name, []byte(first))
	})
}
