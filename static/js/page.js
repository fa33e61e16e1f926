// Enhances only: every page works without it.
(() => {
  "use strict";
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      if (!window.confirm(form.dataset.confirm)) event.preventDefault();
    });
  }
  // The menu stands open on a wide screen and closed on a phone.
  const menu = document.querySelector(".side-menu");
  if (menu && window.matchMedia("(max-width: 61.99rem)").matches) menu.removeAttribute("open");
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      const search = document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });
})();
