// Keys for officers' lists: j/k or arrows move, Enter opens, x ticks, / goes to the filter, g h goes home.
// Nothing here is needed to work: every act has its link or button.
(() => {
  "use strict";
  const typing = (node) => node.closest("input, select, textarea, button, a, summary, [contenteditable]");
  const rows = () => Array.from(document.querySelectorAll("main table tbody tr")).filter((row) => row.querySelector("a[href]"));
  const current = () => document.querySelector("tr.key-row");

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle("key-row", row === next));
    next.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    const link = current()?.querySelector("a[href]");
    if (link) link.click();
  };
  const tick = () => {
    const box = current()?.querySelector("input[type=checkbox]");
    if (box) box.click();
  };
  const filter = () => {
    const field = document.querySelector("main input[type=search], main form[method=get] input:not([type=hidden])");
    if (field) field.focus();
    return Boolean(field);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const acts = {
      j: () => move(1), k: () => move(-1), ArrowDown: current() ? () => move(1) : null, ArrowUp: current() ? () => move(-1) : null,
      Enter: open, x: tick, "/": filter,
    };
    const act = acts[event.key];
    if (!act) return;
    if (event.key !== "Enter" || current()) {
      event.preventDefault();
      act();
    }
  });

  // Reasons for a refusal: choosing one shows its words, as long as the officer has not written their own.
  const prefill = (select) => {
    const target = document.getElementById(select.dataset.words);
    const words = JSON.parse(document.getElementById(select.dataset.source).textContent);
    if (!target || (target.value && !Object.values(words).includes(target.value))) return;
    target.value = words[select.value] || "";
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-words]")) prefill(event.target);
  });
})();
