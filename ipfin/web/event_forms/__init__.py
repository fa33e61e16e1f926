"""Forms about events, for the office and for those who take part."""

from ipfin.web.event_forms.proposals import FixedForm, ProposalForm
from ipfin.web.event_forms.registration import (
    EnterpriseRegistrationForm,
    InstitutionRegistrationForm,
    OfficeRegistrationForm,
    RegistrationForm,
    filled,
)
from ipfin.web.event_forms.settings import EventForm
from ipfin.web.event_forms.steps import PlanForm, PressForm, PurposeForm, ReasonForm
from ipfin.web.event_forms.wishes import AbsencesForm

__all__ = [
    "AbsencesForm",
    "EnterpriseRegistrationForm",
    "EventForm",
    "FixedForm",
    "InstitutionRegistrationForm",
    "OfficeRegistrationForm",
    "PlanForm",
    "PressForm",
    "ProposalForm",
    "PurposeForm",
    "ReasonForm",
    "RegistrationForm",
    "filled",
]
