package storagehttp_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagehttp"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func ExampleNewHandler() {
	dir, err := os.MkdirTemp("", "spool")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	documents := storage.New(storagetest.NewStore(), storagetest.NewRows(), &storage.Options{Spool: storage.NewSpool(dir)})

	// The host knows who has signed in, and says so.
	signedIn := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := frontdesk.WithActor(r.Context(), frontdesk.Client("acme", frontdesk.FromRequest(r)))
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", signedIn(http.StripPrefix("/api", storagehttp.NewHandler(documents, nil))))
	server := httptest.NewServer(mux)
	defer server.Close()

	resp, err := http.Post(server.URL+"/api/documents?name=brief.txt", "text/plain", strings.NewReader("We need a logo."))
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(resp.Status)

	if resp, err = http.Get(server.URL + resp.Header.Get("Location") + "/content"); err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Header.Get("Content-Disposition"))
	fmt.Println(string(content))
	// Output:
	// 201 Created
	// attachment; filename="brief.txt"; filename*=UTF-8''brief.txt
	// We need a logo.
}
