package views

import "identitydesk/internal/fault"

func errorTitle(k fault.Kind) string {
	switch k {
	case fault.Malformed:
		return "That request cannot be read"
	case fault.Invalid:
		return "Something in the request is wrong"
	case fault.Unauthenticated:
		return "You are not signed in"
	case fault.Forbidden:
		return "You may not do this"
	case fault.NotFound:
		return "There is nothing here"
	case fault.Conflict:
		return "This cannot be done as it stands"
	case fault.TooLarge:
		return "That is too large"
	case fault.Throttled:
		return "Too soon"
	case fault.Unavailable, fault.Lost:
		return "Not available just now"
	default:
		return "Something went wrong on our side"
	}
}

// errorAdvice says what to do.
func errorAdvice(k fault.Kind) string {
	switch k {
	case fault.Malformed, fault.Invalid, fault.TooLarge:
		return "Go back, mend it and send it again. Nothing was changed."
	case fault.Unauthenticated:
		return "Sign in, then open the page again."
	case fault.Forbidden:
		return "Nothing was changed. Ask a colleague who may."
	case fault.NotFound:
		return "Check the address, or look the id up in the box at the top."
	case fault.Conflict:
		return "Open the case again to see where it stands. Nothing was changed."
	case fault.Throttled:
		return "Nothing was changed."
	case fault.Unavailable, fault.Lost:
		return "Load the page again in a moment."
	default:
		return "It has been logged. Tell whoever runs the desk, with the request’s id."
	}
}

func errorIcon(k fault.Kind) string {
	switch k {
	case fault.Forbidden, fault.Unauthenticated:
		return "lock"
	case fault.NotFound:
		return "search"
	case fault.Throttled:
		return "hourglass"
	default:
		return "alert-triangle"
	}
}
