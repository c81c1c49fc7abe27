package identity

// The codes of what Paxos refuses of our moves.
const (
	FileNameTaken     = "file_name_taken"      // 409: a file of this identity has the name
	FileRefused       = "file_refused"         // the upload address does not take the file
	UploadExpired     = "upload_expired"       // the upload address is not good any more: ask for another
	FileGone          = "file_gone"            // the content is not here any more, or cannot be read
	AccountRefIDTaken = "account_ref_id_taken" // 409: another account holds the ref_id
	NotOverridable    = "not_overridable"      // the control is Paxos' own
	WrongStatus       = "wrong_status"         // the identity's status does not allow it
)

// SandboxStatus is what a rehearsing team sets by hand, in the sandbox and the emulator alone; what is empty or nil stays.
type SandboxStatus struct {
	IDVerification Status
	Document       Status // of institutions
	Sanctions      Status
	Screening      Status
	UserDisabled   *bool
	AdminDisabled  *bool
}

// SandboxStatuses are the words that can be set.
func SandboxStatuses() []Choice {
	return labelled(string(Pending), string(Approved), string(Denied), string(Disabled), string(StatusError))
}
