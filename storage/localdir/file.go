package localdir

import (
	"errors"
	"os"
	"runtime"
)

// sync brings a directory's entries to the disk. Windows has no such call: there the file
// system does it by itself.
func (s *Store) sync(dir string) error {
	if s.options.NoSync || runtime.GOOS == "windows" {
		return nil
	}
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// flush brings a file's content to the disk.
func (s *Store) flush(f *os.File) error {
	if s.options.NoSync {
		return nil
	}
	return f.Sync()
}

// write makes a new file of the text.
func (s *Store) write(name string, text []byte) error {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, s.flush(f), f.Close())
}
