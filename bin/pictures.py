"""Take the pictures of the README from a running demonstration: `make run`, then this with its address.

Decides what the pictures show. Everything on them is of the demonstration city, and every page says so;
it refuses to look at anything else. Needs chromium, and pdftoppm for the page of the directory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
DESK = {"width": 1280, "height": 760}
PAGE_DOTS = 80  # per inch of the directory's page
MARK = "演示数据"
# A list as a county hands it in: banner, header in two rows, names of columns that nobody else uses.
LIST = """文峰区授权专利情况统计表（合成样张）,,,,,,,
序号,专利信息,,,,权利人,,目前情况
,专利号,名称,种类,授权日期,权利人（第一）,所在区域,
1,２０２１１９９０７００１．１,一种样张夹具,发明专利,2022.6.7,安阳示例样张机械有限公司,文峰区,授权 | 质押
2,202129907002.1,一种样张阀体,实用新型,2022.6.7,安阳示例样张机械有限公司,文峰区,授权
"""


def enter(browser: Browser, address: str, email: str, password: str) -> Page:
    """Sign a demonstration account in and return its browser."""
    page = browser.new_context(base_url=address, locale="zh-CN", viewport=DESK).new_page()  # type: ignore[arg-type]
    page.goto("/login")
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").fill(password)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
    if MARK not in page.locator("body").inner_text():
        raise SystemExit("This is not the demonstration city: no pictures are taken of real data.")
    return page


def of_the_firms(bank: Page) -> None:
    """The firms that a bank sees."""
    bank.goto("/bank/firms/")
    bank.screenshot(path=PICTURES / "bank-firms.png")


def of_the_directory(bank: Page, folder: Path) -> None:
    """The first page of the newest issue."""
    bank.goto("/bank/releases/")
    bank.locator("table.list tbody th a").first.click()
    bank.wait_for_load_state()
    with bank.expect_download() as waiting:
        bank.get_by_role("link", name="名录（PDF）").click()
    listing = folder / "listing.pdf"
    waiting.value.save_as(listing)
    target = PICTURES / "directory"
    command = ["pdftoppm", "-png", "-r", str(PAGE_DOTS), "-f", "1", "-l", "1", "-singlefile"]
    subprocess.run([*command, str(listing), str(target)], check=True)


def of_the_import(office: Page, folder: Path) -> None:
    """The columns of a list as a county hands it in; the list is not written."""
    file = folder / "文峰区上报（最终版）.csv"
    file.write_text(LIST, encoding="gb18030")
    office.goto("/office/import/new")
    office.get_by_label("名单文件").set_input_files(file)
    office.get_by_role("button", name="上传并识别各列").click()
    office.wait_for_load_state()
    office.screenshot(path=PICTURES / "import-columns.png", full_page=True)


def main() -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--password", required=True, help="of the demonstration accounts: make demo lists it")
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        bank = enter(browser, options.address, "bank@demo.invalid", options.password)
        of_the_firms(bank)
        of_the_directory(bank, Path(folder))
        office = enter(browser, options.address, "office@demo.invalid", options.password)
        of_the_import(office, Path(folder))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
