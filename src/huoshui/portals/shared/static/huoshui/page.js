// Small helps for every page; nothing here is needed to work.
(() => {
  "use strict";
  const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

  // HTMX sends the form token of the page.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });

  // A form is sent once: a second press while the first is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  addEventListener("pageshow", () => each(document, "form[data-sent]", (form) => delete form.dataset.sent));

  // Menus close on Escape and on a click elsewhere.
  document.addEventListener("click", (event) => each(document, "details.menu[open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    each(document, "details.menu[open]", (menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    }
    const closer = event.target.closest("[data-close]");
    if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
    const printer = event.target.closest("[data-print]");
    if (printer) print();
  });

  // Select all in a list, and how many are selected.
  const count = (form) => {
    const ticked = form.querySelectorAll("input[name=selected]:checked").length;
    each(form, "[data-selected-count]", (node) => { node.textContent = ticked; });
    each(form, "[data-needs-selection]", (node) => { node.disabled = ticked === 0; });
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.closest ? box.closest("form") : null;
    if (form && box.matches("[data-select-all]")) each(form, "input[name=selected]", (other) => { other.checked = box.checked; });
    if (form && box.matches("[data-select-all], input[name=selected]")) count(form);
    if (box.matches && box.matches("[data-submit-on-change]") && form) form.requestSubmit();
    if (box.matches && box.matches("[data-fills]")) {
      const target = document.getElementById(box.dataset.fills);
      if (target) { target.value = box.value; target.dispatchEvent(new Event("input", { bubbles: true })); }
    }
  });

  // The first thing that is wrong gets the focus, so that it is read out.
  const focus = (root) => { const summary = root.querySelector(".error-summary"); if (summary) summary.focus(); };
  focus(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) focus(event.target); });
})();
