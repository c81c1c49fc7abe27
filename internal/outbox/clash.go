package outbox

import (
	"context"
	"errors"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// settling is how long after a lost answer, or after the desk has started, the desk waits for Paxos' reading side and for the
// list of identities to show what the lost call created, where a 409 names no record that can be read.
const settling = 30 * time.Minute

// clash decides what a 409 means. It is success only if the answer of an earlier attempt was lost and the existing record,
// freshly read, can be what that attempt created. Which field Paxos names does not matter then: what we created holds our
// ref_id and our cip_id both. Otherwise somebody else's record is in the way, and a person must look.
func (o *Outbox) clash(ctx context.Context, job queue.Job, i identity.Identity, f *fault.Error) error {
	exists := &identity.Exists{}
	errors.As(f, &exists)
	if exists.Record.PaxosID == "" {
		return o.unnamed(ctx, job, i, exists.Field)
	}
	n, err := o.at(job.Priority).Identity(ctx, exists.Record.PaxosID)
	if err != nil {
		return o.unread(ctx, job, i, exists.Field, fault.From(err))
	}
	if i.IsOurs(n.Record) {
		return o.accept(ctx, job, n)
	}
	return o.fail(ctx, job, identity.Failure{Code: clashCode(exists.Field, n.Record.RefID == i.RefID)}, &n.Record)
}

// unnamed is a 409 without the existing record's id. Where it may be ours, the desk looks among the records that it has heard of
// in other ways.
func (o *Outbox) unnamed(ctx context.Context, job queue.Job, i identity.Identity, field string) error {
	if i.LostSince == nil {
		return o.fail(ctx, job, identity.Failure{Code: clashCode(field, false)}, nil)
	}
	n, found, err := o.heardOf(ctx, o.at(job.Priority), i)
	switch {
	case err != nil:
		return o.miss(ctx, job, fault.From(err))
	case found:
		return o.accept(ctx, job, n)
	case o.settles(i):
		return o.miss(ctx, job, &fault.Error{Kind: fault.Conflict, Code: "unnamed"})
	default:
		return o.fail(ctx, job, identity.Failure{Code: clashCode(field, false)}, nil)
	}
}

// heardOf finds the record that a lost attempt created where an event or a list has brought it as a case of its own, and reads
// it afresh.
func (o *Outbox) heardOf(ctx context.Context, paxos client, i identity.Identity) (n identity.News, found bool, err error) {
	cases, err := o.o.Store.Lookup(ctx, i.RefID)
	if err != nil {
		return n, false, err
	}
	for _, c := range cases {
		if c.PaxosID == "" || c.RefID != i.RefID {
			continue
		}
		if n, err = paxos.Identity(ctx, c.PaxosID); err != nil || i.IsOurs(n.Record) {
			return n, err == nil, err
		}
	}
	return n, false, nil
}

// settles reports whether what a lost call created may yet show.
func (o *Outbox) settles(i identity.Identity) bool {
	since := o.began // what happened while the desk was down is only read now
	if i.LostSince.After(since) {
		since = *i.LostSince
	}
	return o.o.Now().Before(since.Add(settling))
}

// unread is a 409 whose existing record could not be read. The call that got the 409 changed nothing, so that it may be made
// again until the record can be read; what stands since an earlier lost answer stays as it is.
func (o *Outbox) unread(ctx context.Context, job queue.Job, i identity.Identity, field string, f *fault.Error) error {
	switch {
	case f.Kind == fault.NotFound && i.LostSince != nil && o.settles(i): // Paxos' reading side can be behind
		return o.miss(ctx, job, f)
	case f.Kind == fault.Forbidden && i.LostSince != nil: // whether it is ours cannot be told
		return o.fail(ctx, job, identity.Failure{Code: identity.ScopeMissing, Text: f.Text}, nil)
	case f.Kind == fault.Forbidden, f.Kind == fault.NotFound:
		return o.fail(ctx, job, identity.Failure{Code: clashCode(field, false)}, nil)
	default:
		return o.miss(ctx, job, f)
	}
}

// clashCode names the clash: by the field that Paxos names, else by whether the existing record holds our ref_id.
func clashCode(field string, sameRefID bool) string {
	switch {
	case field == "cip_id":
		return identity.CIPIDTaken
	case field == "ref_id", sameRefID:
		return identity.RefIDTaken
	default:
		return identity.AlreadyExists
	}
}
