package handlers

// PeoplesRoutes are the method and path of each route that asks for a session, for the test that walks them all.
func PeoplesRoutes() []string {
	var names []string
	for _, r := range (&server{}).people() {
		names = append(names, r.method+" "+r.path)
	}
	return names
}
