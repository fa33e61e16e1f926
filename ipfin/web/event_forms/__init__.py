"""Forms about events, for the office and for those who take part."""

from ipfin.web.event_forms.attendance import ArriveForm, CompanionForm, DoorForm, LateForm, UndoForm
from ipfin.web.event_forms.demands import MinimumForm, OrderForm
from ipfin.web.event_forms.materials import AudienceForm, MaterialForm
from ipfin.web.event_forms.preferences import PreferenceForm, WeightsForm
from ipfin.web.event_forms.preparing import InviteForm, ReminderForm
from ipfin.web.event_forms.programme import CopyForm, ItemForm
from ipfin.web.event_forms.proposals import FixedForm, ProposalForm
from ipfin.web.event_forms.questions import QuestionForm, asking, question_fields
from ipfin.web.event_forms.registration import (
    EnterpriseRegistrationForm,
    InstitutionRegistrationForm,
    OfficeRegistrationForm,
    RegistrationForm,
    SubstituteForm,
    filled,
)
from ipfin.web.event_forms.results import FeedbackForm, FollowUpForm, MinutesForm, ResultForm
from ipfin.web.event_forms.settings import EventForm
from ipfin.web.event_forms.standing import AnswerForForm, DecisionForm, ExtendForm, RestoreForm
from ipfin.web.event_forms.steps import PlanForm, PressForm, PurposeForm, ReasonForm
from ipfin.web.event_forms.training import CompanionsForm, RemakeForm, RevokeForm, TrainingForm
from ipfin.web.event_forms.wishes import AbsencesForm

__all__ = [
    "AbsencesForm",
    "AnswerForForm",
    "ArriveForm",
    "AudienceForm",
    "CompanionForm",
    "CompanionsForm",
    "CopyForm",
    "DecisionForm",
    "DoorForm",
    "EnterpriseRegistrationForm",
    "EventForm",
    "ExtendForm",
    "FeedbackForm",
    "FixedForm",
    "FollowUpForm",
    "InstitutionRegistrationForm",
    "InviteForm",
    "ItemForm",
    "LateForm",
    "MaterialForm",
    "MinimumForm",
    "MinutesForm",
    "OfficeRegistrationForm",
    "OrderForm",
    "PlanForm",
    "PreferenceForm",
    "PressForm",
    "ProposalForm",
    "PurposeForm",
    "QuestionForm",
    "ReasonForm",
    "RegistrationForm",
    "RemakeForm",
    "ReminderForm",
    "RestoreForm",
    "ResultForm",
    "RevokeForm",
    "SubstituteForm",
    "TrainingForm",
    "UndoForm",
    "WeightsForm",
    "asking",
    "filled",
    "question_fields",
]
