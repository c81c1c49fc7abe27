package paxos

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const documentsRoute = "/identity/identities/{id}/documents"

func documentsPath(paxosID string) string {
	return "/identity/identities/" + url.PathEscape(paxosID) + "/documents"
}

// Documents asks which files Paxos holds of an identity, and which types of documents it still waits for. It changes nothing.
func (c *Client) Documents(ctx context.Context, paxosID string) (uploaded []identity.Document, pending []string, err error) {
	if err := checkID(paxosID); err != nil {
		return nil, nil, err
	}
	a, err := c.ask(ctx, request{
		method: http.MethodGet, route: documentsRoute, path: documentsPath(paxosID), query: url.Values{"include_pending_docs": {"true"}},
		limit: listLimit, scope: readScope,
	})
	if err != nil {
		return nil, nil, err
	}
	var list struct {
		Documents []wireDocument `json:"documents"`
		Pending   []string       `json:"pending_documents"`
	}
	if json.Unmarshal(a.body, &list) != nil {
		return nil, nil, unreadable(errForm)
	}
	for _, d := range list.Documents {
		if d.FileID != "" && d.ArchivedAt.IsZero() {
			uploaded = append(uploaded, identity.Document{FileID: d.FileID, Name: d.Name, Types: d.Types, CreatedAt: d.CreatedAt.Time})
		}
	}
	return uploaded, list.Pending, nil
}

// wireDocument is what is read of a document; an archived one does not count any more.
type wireDocument struct {
	FileID     string   `json:"file_id"`
	Name       string   `json:"name"`
	Types      []string `json:"document_types"`
	CreatedAt  moment   `json:"created_at"`
	ArchivedAt moment   `json:"archived_at"`
}

// StartUpload asks for an address for one file, the first step of an upload; [Client.PutFile] is the second. It is not idempotent:
// called again with the same name, for an answer that was lost too, it can give a Conflict of code [identity.FileNameTaken], and
// then another name is needed. What is wrong with the name is told in the fault's Fields.
func (c *Client) StartUpload(ctx context.Context, paxosID, name string, types []string) (identity.Upload, error) {
	if err := checkID(paxosID); err != nil {
		return identity.Upload{}, err
	}
	ask := uploadBody{Name: name, Types: types}
	body, err := json.Marshal(ask)
	if err != nil {
		return identity.Upload{}, unwritten()
	}
	a, err := c.move(ctx, request{
		method: http.MethodPut, route: documentsRoute, path: documentsPath(paxosID), body: body, limit: bodyLimit, scope: writeScope,
	}, submission{sent: ask, form: formOf[uploadBody]()})
	if a.status == http.StatusConflict {
		return identity.Upload{}, taken(identity.FileNameTaken, "Paxos holds a file of this name already: choose another name.", err)
	}
	if err != nil {
		return identity.Upload{}, err
	}
	var given struct {
		FileID string `json:"file_id"`
		URL    string `json:"upload_url"`
	}
	if json.Unmarshal(a.body, &given) != nil {
		return identity.Upload{}, unreadable(errForm)
	}
	if given.FileID == "" || given.URL == "" {
		return identity.Upload{}, unreadable(errNoID)
	}
	return identity.Upload{FileID: given.FileID, URL: identity.UploadURL(given.URL)}, nil
}

type uploadBody struct {
	Name  string   `json:"name"`
	Types []string `json:"document_types,omitempty"`
}

func unwritten() *fault.Error {
	return fault.Wrap(fault.Internal, "The request cannot be written as JSON.", errForm)
}
