// Finding a fact in the criteria editor: typing narrows every list of facts; without scripts the lists are grouped as they are.
(() => {
  "use strict";
  const narrow = (words) => {
    const wanted = words.trim().toLowerCase();
    document.querySelectorAll("select.criteria-fact").forEach((select) => {
      select.querySelectorAll("optgroup").forEach((group) => {
        let shown = 0;
        group.querySelectorAll("option").forEach((option) => {
          const fits = !wanted || option.selected || `${option.textContent} ${option.value} ${group.label}`.toLowerCase().includes(wanted);
          option.hidden = option.disabled = !fits;
          if (fits) shown += 1;
        });
        group.hidden = shown === 0;
      });
    });
  };
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".criteria-find input")) return;
    event.stopPropagation();
    narrow(event.target.value);
  }, true);
  document.addEventListener("htmx:afterSettle", () => {
    const field = document.querySelector(".criteria-find input");
    if (field && field.value) narrow(field.value);
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".criteria-find[hidden]").forEach((each) => { each.hidden = false; }));
})();
