"""What people fill in about themselves: signing in, passwords, codes. Checks form only, services decide."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ipfin.accounts.hashing import LONGEST_PASSWORD
from ipfin.kernel.errors import BadInput
from ipfin.web.forms import BaseForm

_PASSWORD_LENGTH = Length(max=LONGEST_PASSWORD * 4)  # the service says how long is too long, in words


class SignInForm(BaseForm):
    """Account name and password. Says the same whatever was wrong."""

    email = StringField(_l("邮箱"), [InputRequired(_l("请输入邮箱。")), Length(max=254)])
    password = PasswordField(_l("密码"), [InputRequired(_l("请输入密码。")), _PASSWORD_LENGTH])


class CodeForm(BaseForm):
    """A code of the authenticator, or a recovery code."""

    code = StringField(_l("动态口令或恢复码"), [InputRequired(_l("请输入口令。")), Length(max=64)])


class EnrolForm(BaseForm):
    """The first code of an authenticator that is being enrolled."""

    ticket = HiddenField(validators=[Length(max=600)])
    code = StringField(_l("6位动态口令"), [InputRequired(_l("请输入口令。")), Length(max=64)])


class RenewCodesForm(BaseForm):
    """A code of the authenticator, against new recovery codes."""

    code = StringField(_l("6位动态口令"), [InputRequired(_l("请输入口令。")), Length(max=64)])


class _NewPassword(BaseForm):
    """A new password, typed twice."""

    def both_are_same(self) -> bool:
        """Whether both were typed alike; refuses the second field when not."""
        if self["password"].data == self["repeated"].data:
            return True
        self.refuse(BadInput(str(_l("两次输入的密码不一致。")), field="repeated"))
        return False


class ChangePasswordForm(_NewPassword):
    """The present password and a new one."""

    current = PasswordField(_l("当前密码"), [InputRequired(_l("请输入当前密码。")), _PASSWORD_LENGTH])
    password = PasswordField(_l("新密码"), [InputRequired(_l("请输入新密码。")), _PASSWORD_LENGTH])
    repeated = PasswordField(
        _l("再次输入新密码"), [InputRequired(_l("请再输一次新密码。")), _PASSWORD_LENGTH]
    )


class AcceptInvitationForm(_NewPassword):
    """The first password of an account, or a new one after a reset."""

    password = PasswordField(_l("设置密码"), [InputRequired(_l("请输入密码。")), _PASSWORD_LENGTH])
    repeated = PasswordField(_l("再次输入密码"), [InputRequired(_l("请再次输入密码。")), _PASSWORD_LENGTH])
