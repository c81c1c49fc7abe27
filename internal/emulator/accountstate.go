package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
)

// savedAccount is an account with its details sealed.
type savedAccount struct {
	*account
	Sealed []byte `json:"sealed,omitempty"`
}

// encodeAccounts writes every account for the state file. The caller holds the lock.
func (e *Emulator) encodeAccounts() ([]json.RawMessage, error) {
	out := make([]json.RawMessage, 0, len(e.data.accounts))
	for _, a := range e.data.accounts {
		saved := savedAccount{account: a}
		if e.sealer.persistent() {
			plain, err := json.Marshal(a.details)
			if err != nil {
				return nil, fmt.Errorf("encode the details of account %s: %w", a.ID, err)
			}
			if saved.Sealed, err = e.sealer.seal(plain, a.ID); err != nil {
				return nil, err
			}
		}
		raw, err := json.Marshal(saved)
		if err != nil {
			return nil, fmt.Errorf("encode account %s: %w", a.ID, err)
		}
		out = append(out, raw)
	}
	return out, nil
}

func (e *Emulator) restoreAccount(raw json.RawMessage) error {
	s := savedAccount{account: &account{}}
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("read an account of the emulator's state: %w", err)
	}
	e.data.accounts = append(e.data.accounts, s.account)
	if len(s.Sealed) == 0 {
		return nil
	}
	if !e.sealer.persistent() {
		return errors.New("the emulator's state file holds sealed accounts; give the state key it was written with")
	}
	plain, err := e.sealer.open(s.Sealed, s.ID)
	if err != nil {
		return fmt.Errorf("open the details of account %s: %w", s.ID, err)
	}
	if err := json.Unmarshal(plain, &s.details); err != nil {
		return fmt.Errorf("read the details of account %s: %w", s.ID, err)
	}
	return nil
}
