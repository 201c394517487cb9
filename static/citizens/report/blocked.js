// Who is kept out for a while: until when, why, and where to appeal; what was written stays in the form.
export function tellBlocked(form, { until, reason, appeal }) {
  const box = form.querySelector("[data-blocked]");
  box.querySelector("[data-blocked-until]").textContent = until;
  box.querySelector("[data-blocked-reason]").textContent = reason;
  box.querySelector("[data-blocked-appeal]").href = appeal;
  box.hidden = false;
  box.focus();
  box.scrollIntoView({ block: "center" });
}
