package bridge

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"testing"
)

var writeOpenAPI = flag.Bool("write-openapi", false, "write the API's description for the web application")

// openAPIFile is what the types of the web application are made of.
const openAPIFile = "../../../web/openapi/openapi.json"

func TestTheWebApplicationKnowsTheAPIAsItIs(t *testing.T) {
	t.Parallel()
	handler, err := newBridge(t).routes()
	if err != nil {
		t.Fatal(err)
	}
	status, body := ask(handler, "/api/openapi.json")
	if status != http.StatusOK {
		t.Fatalf("openapi.json: %d %s", status, body)
	}
	var now bytes.Buffer
	if err := json.Indent(&now, []byte(body), "", " "); err != nil {
		t.Fatal(err)
	}
	now.WriteByte('\n')
	if *writeOpenAPI {
		if err := os.WriteFile(openAPIFile, now.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(openAPIFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, now.Bytes()) {
		t.Errorf("the API has changed since %s was written: run `make types`", openAPIFile)
	}
}
