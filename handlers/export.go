package handlers

import "github.com/labstack/echo/v4"

// pages is a list that is written as a file, page after page.
type pages[T any] struct {
	what   string // the file is named after it
	every  string // what the log says of a file with the whole list
	header []string
	cells  func(T) []string
	next   func() (items []T, more bool, err error) // the first page, then at each call the one behind
}

// exportPages writes the first page of a list, or all of it. A list that cannot be read is an error and no export.
func exportPages[T any](s *server, c echo.Context, all bool, p pages[T]) error {
	items, more, err := p.next()
	if err != nil {
		return err
	}
	detail := "one page"
	if all {
		detail = p.every
	}
	if err := s.Desk.Exporting(c.Request().Context(), actor(c), p.what, detail); err != nil {
		return err
	}
	sheet, err := s.newSheet(c, p.what, p.header)
	if err != nil {
		return err
	}
	for {
		for _, i := range items {
			if err := sheet.write(p.cells(i)); err != nil {
				return err
			}
		}
		if !all || !more {
			return sheet.end()
		}
		if items, more, err = p.next(); err != nil {
			return err
		}
	}
}
