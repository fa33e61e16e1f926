// Follows a background job without loading the page anew; without it the page refreshes by itself.
(() => {
  "use strict";
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const put = (name, text) => { const at = box.querySelector(`[data-${name}]`); if (at && at.textContent !== text) at.textContent = text; };
  let pause = 1000;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      if (job.is_done && box.dataset.onward) { window.location.replace(box.dataset.onward); return; }
      if (job.is_over) { window.location.reload(); return; }
      if (job.percent === null) bar.removeAttribute("value"); else bar.value = job.percent;
      put("state", job.state);
      put("percent", job.percent === null ? "" : `${job.percent}%`);
      put("message", job.message);
      pause = 1000;
    } catch {
      pause = Math.min(pause * 2, 30000); // the server is being started anew: ask again, ever more rarely
    }
    window.setTimeout(ask, pause);
  };
  window.setTimeout(ask, pause);
})();
