/* Visits recorded without network wait on the phone and are sent when it is back; each has a number of its own. */
(() => {
  const page = document.getElementById("round");
  if (!page || !window.localStorage || !window.crypto) return;
  const KEY = "huoshui-visits";
  const waiting = () => JSON.parse(localStorage.getItem(KEY) || "[]");
  const keep = (list) => { localStorage.setItem(KEY, JSON.stringify(list)); told(); };
  const number = () => crypto.randomUUID ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const show = (name, words) => { const line = page.querySelector(`[data-${name}]`); line.hidden = !words; line.textContent = words; };
  const told = () => {
    const list = waiting();
    show("queue", list.length ? `${list.length} ${page.dataset.waiting}` : "");
    show("network", navigator.onLine ? "" : page.dataset.offline);
    list.forEach((one) => mark(one.target, page.dataset.kept));
    const left = page.querySelector("[data-left]"), open = page.querySelectorAll("[data-call]:not(.call-done)").length;
    if (left) left.textContent = open;
  };
  const mark = (target, words) => {
    const card = page.querySelector(`[data-call="${target}"]`);
    if (!card) return;
    card.classList.add("call-done");
    card.querySelector("[data-state]").textContent = words;
    card.querySelector("details").open = false;
    const dot = page.querySelector(`[data-dot="${target}"]`);
    if (dot) dot.classList.add("dot-done");
  };
  const refused = (one, problems) => {
    const card = page.querySelector(`[data-call="${one.target}"]`);
    if (!card) return;
    card.classList.remove("call-done");
    card.querySelector("[data-state]").textContent = "";
    const line = card.querySelector("[data-problem]");
    if (!line) return;
    line.hidden = false;
    line.textContent = `${page.dataset.refused}：${problems.join(" ")}`;
    const form = card.querySelector("form");
    Object.entries(one).forEach(([name, value]) => {
      const field = form.elements[name];
      if (field && name !== "client_id") field.value = value;
    });
    card.querySelector("details").open = true;
  };
  let busy = false;
  const send = async () => {
    const list = waiting();
    if (busy || !list.length || !navigator.onLine) return told();
    busy = true;
    try {
      const first = await fetch(page.dataset.sync, { credentials: "same-origin", redirect: "manual" });
      if (!first.ok) return show("network", page.dataset.signin);
      const { token } = await first.json();
      const batch = list.slice(0, 100);
      const answer = await fetch(page.dataset.sync, {
        method: "POST", credentials: "same-origin", body: JSON.stringify(batch),
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      });
      if (!answer.ok) return show("network", page.dataset.signin);
      const { answers } = await answer.json();
      const answered = new Set(answers.map((one) => one.client_id));
      keep(waiting().filter((one) => !answered.has(one.client_id)));
      answers.forEach((said, at) => said.state === "refused" ? refused(batch[at], said.problems) : mark(batch[at].target, page.dataset.sent));
    } catch (_) {
      told();
    } finally {
      busy = false;
    }
  };
  page.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-visit]");
    if (!form) return;
    event.preventDefault();
    const one = Object.fromEntries(new FormData(form).entries());
    delete one.csrfmiddlewaretoken;
    if (one.outcome !== "need") { delete one.amount; delete one.term_months; delete one.purpose; }
    one.target = form.dataset.visit;
    one.client_id = number();
    keep([...waiting().filter((each) => each.target !== one.target), one]);
    mark(one.target, page.dataset.kept);
    send();
  });
  addEventListener("online", send);
  addEventListener("offline", told);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(page.dataset.worker, { scope: location.pathname }).catch(() => {});
  send();
})();
