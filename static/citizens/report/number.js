// A number to be called back at: asked for a code, proved by it, without leaving the page.
import { word } from "../../core/words.js";

const PAUSE = 60; // Seconds between two codes.

export function bindNumber(form, wrong, changed) {
  const box = form.querySelector("[data-number]");
  if (!box) return { show() {} };
  const { phone, phone_key: key, code, proof, agree } = form.elements;
  const asked = box.querySelector("[data-number-asked]");
  const told = box.querySelector("[data-number-told]");
  const drop = box.querySelector("[data-number-drop]");
  const get = box.querySelector("[data-get-code]");
  const name = box.querySelector("[data-number-name]");
  let shown = told.hidden ? "" : name.textContent;
  let tick = 0;

  const show = () => {
    const proved = Boolean(proof.value);
    asked.hidden = proved;
    told.hidden = drop.hidden = !proved;
    told.textContent = proved ? word("number_proved", { phone: shown }) : "";
    name.textContent = proved ? shown : word("number_none");
    code.closest(".field").hidden = !key.value;
  };

  async function ask(values) {
    const body = new FormData();
    for (const [field, value] of Object.entries(values)) body.append(field, value);
    const answer = await self.lianqinQueue.ask(form.dataset.numberUrl, body);
    const said = await answer.json();
    for (const field of ["phone", "code", "agree"]) wrong(field, (said.errors?.[field] ?? []).join("；"));
    if (said.over) key.value = "";
    return answer.ok ? said : null;
  }

  function pause() {
    let rest = PAUSE;
    clearInterval(tick);
    get.disabled = true;
    const say = () => {
      get.disabled = rest > 0;
      get.textContent = rest > 0 ? word("number_wait", { n: rest }) : word("number_again");
      if (rest-- <= 0) clearInterval(tick);
    };
    say();
    tick = setInterval(say, 1000);
  }

  async function trying(doing, field) {
    try {
      await doing();
    } catch {
      wrong(field, word("number_offline"));
    }
    show();
  }

  get.addEventListener("click", (event) => {
    event.preventDefault();
    trying(async () => {
      get.disabled = true;
      const said = await ask({ phone: phone.value, agree: agree?.checked ? agree.value : "" }).finally(() => (get.disabled = false));
      if (!said) return;
      key.value = said.phone_key;
      pause();
      show();
      code.focus();
    }, "phone");
  });

  let checking = false;
  code.addEventListener("input", () => {
    if (checking || code.value.replace(/\D/g, "").length !== 6) return;
    checking = true;
    trying(async () => {
      const said = await ask({ phone_key: key.value, code: code.value });
      if (!said) return;
      [proof.value, shown] = [said.proof, said.shown];
      phone.value = key.value = code.value = "";
      changed();
    }, "code").finally(() => (checking = false));
  });

  drop.addEventListener("click", () => {
    phone.value = key.value = code.value = proof.value = "";
    box.open = false;
    show();
    changed();
  });

  show();
  return { show };
}
