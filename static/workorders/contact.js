// Contact data that was asked for with a reason: shown once, and gone from the page with its dialog.
import { open } from "../core/dialog.js";

const parts = (dialog) => Object.fromEntries([...dialog.querySelectorAll("[data-contact]")].map((each) => [each.dataset.contact, each]));

document.addEventListener("lianqin:done", (event) => {
  const form = event.target.closest?.("form[data-reveal]");
  if (!form) return;
  // Nothing has changed: the order need not be read again.
  event.stopPropagation();
  const dialog = document.querySelector("[data-contact-shown]");
  const { name, phone } = parts(dialog);
  name.textContent = event.detail.name || "—";
  phone.textContent = event.detail.phone || "—";
  if (event.detail.phone) phone.href = `tel:${event.detail.phone}`;
  open(dialog.id);
  dialog.addEventListener("close", () => {
    name.textContent = phone.textContent = "";
    phone.removeAttribute("href");
  }, { once: true });
}, { capture: true });
