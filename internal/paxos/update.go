package paxos

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"identitydesk/internal/identity"
)

// Update sends what is to be changed of an identity, and nothing else. It can start a new verification. Called twice with the same
// changes, the second call changes nothing more at Paxos, but can start that verification anew, and Paxos tells of a KYC refresh of the
// same day again. After a Lost answer look at the record before calling again. Its faults are those of CreateIdentity: Invalid with Paxos'
// words and Fields, values cut out; Conflict with *[identity.Exists] where the ref_id or government id is another identity's.
func (c *Client) Update(ctx context.Context, paxosID string, what identity.Correction) (identity.News, error) {
	if err := checkID(paxosID); err != nil {
		return identity.News{}, err
	}
	body, err := what.Body()
	if err != nil {
		return identity.News{}, unwritten()
	}
	a, err := c.submit(ctx, request{
		method: http.MethodPut, route: "/identity/identities/{id}", path: "/identity/identities/" + url.PathEscape(paxosID),
		body: body, limit: bodyLimit, scope: writeScope,
	}, submission{sent: what, refID: what.Texts["ref_id"], form: formOf[identity.Draft]()})
	if err != nil {
		return identity.News{}, err
	}
	return a.news()
}

// CreateInstitution submits an institution. Its members must exist at Paxos. Called twice with the same ref_id, the second call gives
// a Conflict; its faults are those of CreateIdentity.
func (c *Client) CreateInstitution(ctx context.Context, d identity.InstitutionDraft) (identity.News, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return identity.News{}, unwritten()
	}
	news, err := c.create(ctx, body, submission{sent: d, refID: d.RefID, form: formOf[identity.InstitutionDraft]()})
	if err != nil {
		return identity.News{}, err
	}
	news.By = identity.BySubmit
	return news, nil
}

// SetSandboxStatus sets the statuses of an identity by hand; the sandbox and the emulator alone know the call. It is idempotent.
func (c *Client) SetSandboxStatus(ctx context.Context, paxosID string, s identity.SandboxStatus) error {
	if err := checkID(paxosID); err != nil {
		return err
	}
	body, err := json.Marshal(sandboxBody{
		IDVerification: s.IDVerification, Document: s.Document, Sanctions: s.Sanctions, Screening: s.Screening,
		UserDisabled: disable(s.UserDisabled), AdminDisabled: disable(s.AdminDisabled),
	})
	if err != nil {
		return unwritten()
	}
	_, err = c.ask(ctx, request{
		method: http.MethodPut, route: "/identity/identities/{id}/sandbox-status",
		path: "/identity/identities/" + url.PathEscape(paxosID) + "/sandbox-status", body: body, limit: bodyLimit, scope: writeScope,
	})
	return err
}

type sandboxBody struct {
	IDVerification identity.Status `json:"id_verification_status,omitempty"`
	Document       identity.Status `json:"document_verification_status,omitempty"`
	Sanctions      identity.Status `json:"sanctions_verification_status,omitempty"`
	Screening      identity.Status `json:"additional_screening_status,omitempty"`
	UserDisabled   *disabled       `json:"user_disabled,omitempty"`
	AdminDisabled  *disabled       `json:"admin_disabled,omitempty"`
}

type disabled struct {
	Disabled bool `json:"disabled"`
}

func disable(to *bool) *disabled {
	if to == nil {
		return nil
	}
	return &disabled{Disabled: *to}
}
