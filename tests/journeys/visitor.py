"""A person with a browser, and what the browser noticed on the way."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

from ipfin.demo.people import PASSWORD
from tests.demonstration import City, token_for

COOKIE = "ipfin_session"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
# A refused form answers 422 and 409; the browser writes every such answer into its console.
_REFUSAL = re.compile(r"status of (409|422)")
SECONDS_FOR_A_JOB = 60


class Visitor:
    """One person in a browser context of his own."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        pictures: Path | None,
        *,
        script: bool = True,
        width: dict[str, int] = WIDE,
    ) -> None:
        self.address, self.pictures = address, pictures
        self.faults: list[str] = []
        self._taken: set[str] = set()
        self.context: BrowserContext = browser.new_context(
            base_url=address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=width,  # type: ignore[arg-type]
            java_script_enabled=script,
        )
        self.context.set_default_timeout(15_000)
        self.context.on("request", self._asked)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("pageerror", lambda error: self._note(f"program error: {error}"))
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.key = ""

    def _note(self, fault: str) -> None:
        self.faults.append(f"{urlsplit(self.page.url).path}: {fault}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self._note(f"asks a foreign host: {request.url}")

    def _heard(self, kind: str, text: str) -> None:
        # A breach of the content security policy is an error in the console, too.
        if kind in ("error", "warning") and not _REFUSAL.search(text):
            self._note(f"console: {text}")

    # --- Signing in -----------------------------------------------------------------------------------

    def sign_in(self, email: str) -> Visitor:
        """Sign in by the form; where the product asks for an authenticator, enrol one as a person does."""
        self.go("/login")
        self.page.get_by_label("邮箱").fill(email)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.press("登录")
        if urlsplit(self.page.url).path == "/account/factor":
            self.page.get_by_text("不能扫描？手工输入密钥").click()
            self.key = self.page.locator("details .code").inner_text().replace(" ", "")
            self.page.get_by_label("6位动态口令").fill(pyotp.TOTP(self.key).now())
            self.press("绑定")
            self.page.get_by_role("link", name="我已保存，继续").click()
        return self

    def let_in(self, city: City, email: str) -> Visitor:
        """Put a session into the browser without the forms: for tests that are about something else."""
        self.context.add_cookies([{"name": COOKIE, "value": token_for(city, email), "url": self.address}])
        return self

    # --- Acting ---------------------------------------------------------------------------------------

    def go(self, path: str) -> Visitor:
        """Open an address of the product."""
        reply = self.page.goto(path)
        assert reply is not None, f"{path} did not answer"
        assert reply.ok, f"{path} answered {reply.status}"
        return self

    def press(self, name: str, *, within: Locator | None = None) -> Visitor:
        """Press a button; what it opens is loaded afterwards."""
        (within or self.page.locator("main")).get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()
        return self

    def follow(self, name: str, *, within: str = "main") -> Visitor:
        """Follow a link with these words."""
        self.page.locator(within).get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        return self

    def turn_to(self, name: str) -> Visitor:
        """Follow an entry of the main navigation, which is closed on a phone."""
        menu = self.page.locator("nav.side .side-menu")
        if not menu.evaluate("one => one.open"):
            menu.locator("summary").click()
        return self.follow(name, within="nav.side")

    def await_job(self) -> Visitor:
        """Wait on the page of a background job until it leads to its result, or offers it."""
        onward = self.page.get_by_role("link", name="查看结果")
        self.page.wait_for_function(
            """() => !location.pathname.startsWith("/office/jobs/")
                || !document.querySelector("[data-progress]")""",
            timeout=SECONDS_FOR_A_JOB * 1000,
        )
        self.page.wait_for_load_state()
        if urlsplit(self.page.url).path.startswith("/office/jobs/"):
            assert "已完成" in self.text, self.text
            onward.click()
            self.page.wait_for_load_state()
        return self

    def download(self, press: Locator, folder: Path) -> Path:
        """Press what starts a download; return the file."""
        long = SECONDS_FOR_A_JOB * 1000  # a file that is made first keeps the click waiting, too
        with self.page.expect_download(timeout=long) as waiting:
            press.click(timeout=long)
        target = folder / waiting.value.suggested_filename
        waiting.value.save_as(target)
        return target

    # --- Seeing ---------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What the main part says."""
        return self.page.locator("main").inner_text()

    def sees(self, words: str) -> Visitor:
        """Insist that the page says these words."""
        assert words in self.text, f"{self.page.url} does not say “{words}”:\n{self.text[:2000]}"
        return self

    def figure(self, label: str) -> int:
        """Return one of the page's large figures."""
        value = self.page.locator(f"dl.figures div:has(dt:text-is('{label}')) dd").first.inner_text()
        return int(value.replace(",", "").replace(" ", ""))

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page, the first that this visitor takes under the name, if wanted."""
        if self.pictures is not None and name not in self._taken:
            self._taken.add(name)
            self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def leave(self) -> None:
        """Close the browser and insist that it noticed nothing wrong."""
        self.context.close()
        assert not self.faults, "\n".join(self.faults)
