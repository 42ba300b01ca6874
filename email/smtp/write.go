package smtp

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"
)

// content is a part of a mail, or all of it.
type content struct {
	header textproto.MIMEHeader // what the content is
	write  func(io.Writer) error
}

// writeTo writes the mail. go-mail makes all of it but the files, each of which it would
// hold in memory: they are written around what it has made.
func (l *letter) writeTo(w io.Writer) error {
	var text bytes.Buffer
	if _, err := l.content.WriteTo(&text); err != nil {
		return err
	}
	head, body, _ := bytes.Cut(text.Bytes(), []byte("\r\n\r\n"))
	others, about, err := splitHead(head)
	if err != nil {
		return err
	}
	all := content{about, func(w io.Writer) error { _, err := w.Write(body); return err }}
	inline, attached := l.split()
	all = all.with("multipart/related", inline).with("multipart/mixed", attached)
	for _, name := range slices.Sorted(maps.Keys(all.header)) {
		others = append(others, name+": "+all.header.Get(name))
	}
	if _, err := io.WriteString(w, strings.Join(others, "\r\n")+"\r\n\r\n"); err != nil {
		return err
	}
	return all.write(w)
}

// split tells the files that the HTML shows from the others.
func (l *letter) split() (inline, attached []*fileReader) {
	for _, f := range l.files {
		if f.file.ContentID != "" {
			inline = append(inline, f)
		} else {
			attached = append(attached, f)
		}
	}
	return inline, attached
}

// with is the content with files after it.
func (c content) with(mediaType string, files []*fileReader) content {
	if len(files) == 0 {
		return c
	}
	boundary := multipart.NewWriter(nil).Boundary()
	h := textproto.MIMEHeader{}
	h.Set("Content-Type", mediaType+"; boundary="+boundary)
	return content{h, func(w io.Writer) error {
		parts := multipart.NewWriter(w)
		if err := parts.SetBoundary(boundary); err != nil {
			return err
		}
		if err := c.writePart(parts); err != nil {
			return err
		}
		for _, f := range files {
			if err := (content{f.header(), f.writeTo}).writePart(parts); err != nil {
				return err
			}
		}
		return parts.Close()
	}}
}

func (c content) writePart(parts *multipart.Writer) error {
	w, err := parts.CreatePart(c.header)
	if err != nil {
		return err
	}
	return c.write(w)
}

// splitHead splits the lines of a head that say what the content is from the others.
func splitHead(head []byte) (others []string, about textproto.MIMEHeader, err error) {
	var content []string
	last := &others
	for line := range strings.SplitSeq(string(head), "\r\n") {
		switch {
		case strings.HasPrefix(line, " "), strings.HasPrefix(line, "\t"): // it goes on
		case strings.HasPrefix(line, "Content-"):
			last = &content
		default:
			last = &others
		}
		*last = append(*last, line)
	}
	r := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.Join(content, "\r\n") + "\r\n\r\n")))
	about, err = r.ReadMIMEHeader()
	return others, about, err
}
