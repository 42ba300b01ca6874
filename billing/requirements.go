package billing

import (
	"strings"
	"time"
)

// Requirements is what the provider still wants to know of an account, as the
// names of Stripe's API: "individual.verification.document".
type Requirements struct {
	CurrentlyDue        []string           `json:"currently_due,omitempty"`
	EventuallyDue       []string           `json:"eventually_due,omitempty"`
	PastDue             []string           `json:"past_due,omitempty"`
	PendingVerification []string           `json:"pending_verification,omitempty"`
	DisabledReason      string             `json:"disabled_reason,omitempty"`
	Deadline            time.Time          `json:"deadline,omitzero"` // when what is currently due disables the account
	Errors              []RequirementError `json:"errors,omitempty"`
}

// RequirementError is why something that was submitted did not satisfy.
type RequirementError struct {
	Requirement string `json:"requirement"`
	Code        string `json:"code"`
	Reason      string `json:"reason"` // for the expert to read
}

// RequirementText says in English what a requirement asks for. One that is not
// known is spelt out from its name, so that a new one of the provider's is
// readable too.
func RequirementText(name string) string {
	if text, known := requirementTexts[name]; known {
		return text
	}
	who, what, found := strings.Cut(name, ".")
	if found && strings.HasPrefix(who, "person_") {
		if text, known := requirementTexts["person."+what]; known {
			return text
		}
		who = "person"
	}
	if !found {
		return sentence(who)
	}
	return sentence(who) + ": " + strings.ToLower(sentence(what))
}

func sentence(name string) string {
	words := strings.NewReplacer("_", " ", ".", ", ").Replace(name)
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// requirementTexts are those that onboarding asks for most.
// https://docs.stripe.com/connect/required-verification-information
var requirementTexts = map[string]string{
	"external_account":                            "A bank account or debit card for payouts",
	"business_type":                               "Whether you act as an individual or a company",
	"business_profile.mcc":                        "Your line of business",
	"business_profile.url":                        "Your website",
	"business_profile.product_description":        "A description of what you sell",
	"business_profile.support_phone":              "A phone number for your customers",
	"business_profile.support_email":              "An email address for your customers",
	"tos_acceptance.date":                         "Acceptance of the provider's terms of service",
	"tos_acceptance.ip":                           "Acceptance of the provider's terms of service",
	"individual.first_name":                       "Your first name",
	"individual.last_name":                        "Your last name",
	"individual.dob.day":                          "Your date of birth",
	"individual.dob.month":                        "Your date of birth",
	"individual.dob.year":                         "Your date of birth",
	"individual.email":                            "Your email address",
	"individual.phone":                            "Your phone number",
	"individual.address.line1":                    "Your home address",
	"individual.address.city":                     "Your home address",
	"individual.address.state":                    "Your home address",
	"individual.address.postal_code":              "Your home address",
	"individual.id_number":                        "Your national identification or tax number",
	"individual.ssn_last_4":                       "The last four digits of your Social Security number",
	"individual.verification.document":            "A photo of your identity document",
	"individual.verification.additional_document": "A document that shows your home address",
	"company.name":                                "Your company's name",
	"company.tax_id":                              "Your company's tax number",
	"company.phone":                               "Your company's phone number",
	"company.address.line1":                       "Your company's address",
	"company.address.city":                        "Your company's address",
	"company.address.state":                       "Your company's address",
	"company.address.postal_code":                 "Your company's address",
	"company.verification.document":               "A document that shows your company's registration",
	"company.owners_provided":                     "Confirmation that all owners are listed",
	"company.directors_provided":                  "Confirmation that all directors are listed",
	"person.first_name":                           "A person's first name",
	"person.last_name":                            "A person's last name",
	"person.verification.document":                "A photo of a person's identity document",
	"owners.first_name":                           "An owner's first name",
	"owners.last_name":                            "An owner's last name",
	"representative.first_name":                   "The representative's first name",
	"representative.last_name":                    "The representative's last name",
}
