package identity

// LimitKinds are what a limit of its own can be set for: everything that is known to block, in the order in which pages show it.
func LimitKinds() []string {
	return []string{
		blockSubmission, blockDocuments, IDVerification, DocumentVerification, EnhancedDueDiligence, TaxDetailsVerification,
		RiskAwarenessAssessment, ScreeningCheck, blockSanctions, ComplianceCheck, Members, blockStatus,
	}
}
