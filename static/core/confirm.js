// A button with data-confirm asks before its form is sent; without script the form is sent at once.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
