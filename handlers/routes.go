package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
)

// route is one line of the table. GET routes answer HEAD too.
type route struct {
	method string
	path   string
	may    access.Permission // what the person's role must have; empty where the group asks for none
	handle echo.HandlerFunc
}

// anyone may enter these without a session.
func (s *server) anyone() []route {
	return []route{
		{http.MethodGet, "/", "", s.home},
		{http.MethodGet, "/login", "", s.showLogin},
		{http.MethodPost, "/login/dev", "", s.devLogin},
		{http.MethodGet, oidcPath, "", s.startOIDC},
		{http.MethodGet, callbackPath, "", s.finishOIDC},
		{http.MethodGet, "/static/*", "", echo.WrapHandler(s.Assets.Handler())},
		{http.MethodGet, "/favicon.ico", "", s.favicon},
		{http.MethodGet, "/healthz", "", s.health},
		{http.MethodGet, "/readyz", "", s.ready},
		{http.MethodGet, "/metrics", "", s.metrics},
	}
}

// machines enter with a key of their own; there is no session, hence nothing that another site could abuse.
func (s *server) machines() []route {
	return []route{
		{http.MethodPost, webhookPath, "", s.receiveWebhook},
		{http.MethodPost, tokenPath, "", s.issueWebhookToken},
		{http.MethodPost, departPath, "", s.departOIDC},
	}
}

// people enter with a session, and their scripts with a token, whose role has the permission. Where none is asked for, it is about what
// a person has, and scripts have nothing.
func (s *server) people() []route {
	return slices.Concat(s.lists(), s.casework(), s.moves(), s.imports(), s.oversight(), s.events(), s.desk())
}

// lists are where people find cases, and where new ones begin.
func (s *server) lists() []route {
	return []route{
		{http.MethodGet, "/queue", access.ReadCases, s.showQueue},
		{http.MethodGet, livePath, access.ReadCases, s.streamLive},
		{http.MethodGet, "/identities", access.ReadCases, s.listIdentities},
		{http.MethodGet, "/identities/new", access.Submit, s.newIdentity},
		{http.MethodPost, "/identities", access.Submit, s.submitIdentity},
		{http.MethodGet, institutionsPath, access.ReadCases, s.listInstitutions},
		{http.MethodGet, "/institutions/new", access.Submit, s.newInstitution},
		{http.MethodPost, institutionsPath, access.Submit, s.submitInstitution},
		{http.MethodGet, refreshesPath, access.ReadCases, s.listRefreshes},
		{http.MethodGet, "/lookup", access.ReadCases, s.lookUp},
		{http.MethodPost, "/lookup", access.ReadCases, s.lookUpMany},
		{http.MethodPost, "/lookup/sync", access.WorkCases, s.askRange},
	}
}

// casework is what people do to a case at the desk alone.
func (s *server) casework() []route {
	return []route{
		{http.MethodGet, "/identities/:id", access.ReadCases, s.showCase},
		{http.MethodPost, "/identities/:id/recheck", access.WorkCases, s.recheck},
		{http.MethodPost, "/identities/:id/claim", access.WorkCases, s.claim},
		{http.MethodPost, "/identities/:id/release", access.WorkCases, s.release},
		{http.MethodPost, "/identities/:id/assign", access.WorkCases, s.handOver},
		{http.MethodPost, "/identities/:id/snooze", access.WorkCases, s.snooze},
		{http.MethodPost, "/identities/:id/wake", access.WorkCases, s.wake},
		{http.MethodPost, "/identities/:id/notes", access.WorkCases, s.note},
		{http.MethodPost, "/identities/:id/tags", access.WorkCases, s.tag},
		{http.MethodPost, "/identities/:id/erase", access.Propose, s.proposeErase},
		{http.MethodPost, "/identities/:id/hold", access.HoldCases, s.hold},
		{http.MethodPost, "/identities/:id/unhold", access.HoldCases, s.unhold},
		{http.MethodPost, "/identities/:id/reveal", access.Reveal, s.reveal},
	}
}

// moves are what people ask of Paxos about a case.
func (s *server) moves() []route {
	return []route{
		{http.MethodGet, "/identities/:id/resubmit", access.Submit, s.askResubmit},
		{http.MethodPost, "/identities/:id/resubmit", access.Submit, s.resubmit},
		{http.MethodPost, "/identities/:id/draft", access.Reveal, s.openDraft},
		{http.MethodGet, "/identities/:id/compare", access.Submit, s.askCompare},
		{http.MethodPost, "/identities/:id/compare", access.Reveal, s.compare},
		{http.MethodPost, "/identities/:id/decline", access.Submit, s.declineDuplicate},
		{http.MethodPost, "/identities/:id/link", access.OpenAccounts, s.linkDuplicate},
		{http.MethodGet, "/identities/:id/accounts", access.ReadAccounts, s.showAccounts},
		{http.MethodPost, "/identities/:id/accounts", access.OpenAccounts, s.openAccount},
		{http.MethodPost, "/identities/:id/withdraw", access.Withdraw, s.withdraw},
		{http.MethodGet, "/identities/:id/correct", access.Correct, s.askCorrection},
		{http.MethodPost, "/identities/:id/correct", access.Correct, s.correct},
		{http.MethodGet, "/identities/:id/kyc-refresh", access.Refresh, s.askRefresh},
		{http.MethodPost, "/identities/:id/kyc-refresh", access.Refresh, s.refreshKYC},
		{http.MethodPost, "/identities/:id/moves/:move/again", access.WorkCases, s.tryMoveAgain},
		{http.MethodPost, "/identities/:id/moves/:move/withdraw", access.WorkCases, s.withdrawMove},
		{http.MethodPost, "/identities/:id/documents/:file/again", access.Upload, s.sendAgain},
		{http.MethodPost, "/identities/:id/documents/:file/remove", access.Upload, s.removeFile},
		{http.MethodPost, "/identities/:id/controls", access.Control, s.proposeControl},
		{http.MethodPost, "/identities/:id/controls/end", access.Control, s.proposeControlEnd},
	}
}

// oversight is what colleagues decide on, and how all of it is shown afterwards.
func (s *server) oversight() []route {
	return []route{
		{http.MethodGet, proposalsPath, access.ReadProposals, s.listProposals},
		{http.MethodGet, "/proposals/:id", access.ReadProposals, s.showProposal},
		{http.MethodPost, "/proposals/:id/approve", access.Approve, s.approve},
		{http.MethodPost, "/proposals/:id/decline", access.Approve, s.decline},
		{http.MethodPost, "/proposals/:id/withdraw", access.Propose, s.takeBack},
		{http.MethodGet, auditPath, access.ReadAudit, s.listAudit},
		{http.MethodPost, "/audit/verify", access.ReadAudit, s.verifyAudit},
		{http.MethodGet, evidencePath, access.TakeEvidence, s.askEvidence},
		{http.MethodPost, evidencePath, access.TakeEvidence, s.takeEvidence},
		{http.MethodGet, revealsPath, access.ReadReveals, s.listReveals},
	}
}

// events are what Paxos has told.
func (s *server) events() []route {
	return []route{
		{http.MethodGet, "/events", access.ReadEvents, s.listEvents},
		{http.MethodGet, "/events/missing", access.WorkEvents, s.askMissing},
		{http.MethodPost, "/events/missing", access.WorkEvents, s.checkMissing},
		{http.MethodGet, "/events/reprocess", access.WorkEvents, s.askReprocess},
		{http.MethodPost, "/events/reprocess", access.WorkEvents, s.reprocessMany},
		{http.MethodGet, "/events/:id", access.ReadEvents, s.showEvent},
		{http.MethodPost, "/events/:id/reprocess", access.WorkEvents, s.reprocess},
	}
}

// desk is about the people at the desk, their access and its rules.
func (s *server) desk() []route {
	return []route{
		{http.MethodPost, "/logout", "", s.logout},
		{http.MethodGet, teamPath, access.ReadCases, s.showTeam},
		{http.MethodPost, "/team/away", access.WorkCases, s.goAway},
		{http.MethodPost, "/team/rebalance", access.Assign, s.rebalance},
		{http.MethodGet, mentionsPath, access.ReadNames, s.listMentions},
		{http.MethodPost, "/mentions/seen", access.ReadNames, s.seeMentions},
		{http.MethodGet, preferencesPath, "", s.showPreferences},
		{http.MethodPost, preferencesPath, "", s.setPreferences},
		{http.MethodPost, "/preferences/sessions", "", s.endOwnSessions},
		{http.MethodGet, peoplePath, access.ReadPeople, s.listPeople},
		{http.MethodPost, "/people/disable", access.ManagePeople, s.disablePerson},
		{http.MethodPost, "/people/enable", access.ManagePeople, s.enablePerson},
		{http.MethodPost, "/people/sessions", access.ManagePeople, s.endSessions},
		{http.MethodGet, tokensPath, access.ReadPeople, s.listTokens},
		{http.MethodPost, tokensPath, access.ManagePeople, s.makeToken},
		{http.MethodPost, "/tokens/:id/revoke", access.ManagePeople, s.revokeToken},
		{http.MethodGet, "/settings", access.ReadSettings, s.showSettings},
		{http.MethodGet, limitsPath, access.ReadSettings, s.showLimits},
		{http.MethodPost, limitsPath, access.SetPolicy, s.setLimits},
		{http.MethodPost, "/settings/jobs/:id/start", access.WorkEvents, s.startJob},
	}
}

// files are brought with a session or a token, too. Their handlers read the body by themselves, as it comes: it may be large.
func (s *server) files() []route {
	return []route{
		{http.MethodPost, "/identities/:id/documents", access.Upload, s.upload},
	}
}

// imports are how people, never scripts, bring many persons in at once.
func (s *server) imports() []route {
	return []route{
		{http.MethodGet, importsPath, access.ReadImports, s.listImports},
		{http.MethodGet, "/imports/new", access.Import, s.newImport},
		{http.MethodGet, "/imports/template.csv", access.Import, s.importTemplateCSV},
		{http.MethodGet, "/imports/template.jsonl", access.Import, s.importTemplateJSONL},
		{http.MethodPost, importsPath, access.Import, s.uploadImport},
		{http.MethodGet, "/imports/:id", access.ReadImports, s.showImport},
		{http.MethodPost, "/imports/:id/start", access.Import, s.startImport},
		{http.MethodPost, "/imports/:id/pause", access.Import, s.pauseImport},
		{http.MethodPost, "/imports/:id/stop", access.Import, s.stopImport},
		{http.MethodGet, "/imports/:id/errors.csv", access.Import, s.mendImport},
	}
}

// rehearsals are for people, too, and are not there at all in production.
func (s *server) rehearsals() []route {
	if !s.Rehearsals {
		return nil
	}
	return []route{{http.MethodPost, "/identities/:id/sandbox-status", access.Rehearse, s.rehearse}}
}

// mount puts the table into the router, each group behind its door.
func (s *server) mount(e *echo.Echo) {
	for _, r := range s.machines() {
		add(e, r)
	}
	for _, r := range s.anyone() {
		add(e, r, s.sameOrigin, readable)
	}
	for _, r := range append(s.people(), s.rehearsals()...) {
		add(e, r, s.sameOrigin, s.signedIn, s.allowed(r.may), readable)
	}
	for _, r := range s.files() {
		add(e, r, heardOut, s.sameOrigin, s.signedIn, s.allowed(r.may), addressed)
	}
}

func add(e *echo.Echo, r route, doors ...echo.MiddlewareFunc) {
	e.Add(r.method, r.path, r.handle, doors...)
	if r.method == http.MethodGet {
		e.Add(http.MethodHead, r.path, r.handle, doors...)
	}
}

// allowed lets in whose role has the permission.
func (s *server) allowed(p access.Permission) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			switch a := actor(c); {
			case p == "" && a.Token != "", p != "" && a.Token != "" && access.May(a.Role, p) && !a.Can(p):
				return needsPerson()
			case p != "" && !a.Can(p):
				return forbidden(a.Role)
			}
			return next(c)
		}
	}
}

func (s *server) home(c echo.Context) error { return c.Redirect(http.StatusSeeOther, homePath) }
