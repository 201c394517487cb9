// What others have told of near by, to join instead of telling it again; and the category that the words suggest.
import { word } from "../../core/words.js";

const REST = 700; // ms without a key before anything is asked.

const formOf = (values) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  return body;
};

async function ask(url, values) {
  const answer = await self.lianqinQueue.ask(url, formOf(values));
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), await answer.json().catch(() => ({})));
  return answer.json();
}

export function bindNear(form, where, joined, refused) {
  const box = form.querySelector("[data-near-box]");
  const list = form.querySelector("[data-near-list]");
  const kind = form.querySelector("[data-kind]");
  const chips = [...form.querySelectorAll(".chip")];
  const told = form.querySelector("[data-kind-guess]");
  const { category, guessed, words, lon, lat } = form.elements;
  let chosen = Boolean(category.value);
  let rest = 0;
  form.querySelector("[data-chips]").hidden = false;

  // What the system has read from the words is not what somebody chose, and is shown as what it is.
  const isGuess = () => Boolean(category.value) && category.value === guessed.value;
  const show = () => {
    kind.querySelector("[data-kind-name]").textContent = category.selectedOptions[0].textContent;
    told.hidden = !isGuess();
    for (const chip of chips) {
      const is = chip.dataset.code === category.value;
      chip.setAttribute("aria-pressed", String(is && !isGuess()));
      chip.classList.toggle("chip-guess", is && isGuess());
    }
  };
  const restore = () => {
    chosen = Boolean(category.value) && !isGuess();
    show();
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      const { code } = chip.dataset;
      category.value = code === category.value && !isGuess() ? "" : code;
      category.dispatchEvent(new Event("change", { bubbles: true }));
      kind.open = false;
    });
  }
  category.addEventListener("change", () => {
    chosen = true;
    guessed.value = "";
    show();
    look();
  });

  const row = ({ offer, category: name, told, picture }) => {
    const item = document.createElement("li");
    item.className = "near";
    if (picture) item.append(Object.assign(document.createElement("img"), { className: "near-picture", src: picture, alt: "", loading: "lazy" }));
    else item.append(document.querySelector("template[data-words=report]").content.querySelector("[data-icon-map]").cloneNode(true));
    const text = document.createElement("p");
    const title = document.createElement("b");
    title.textContent = name;
    const more = document.createElement("span");
    more.className = "soft";
    more.textContent = told;
    text.append(title, more);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = word("join");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        joined(await ask(form.dataset.join, { offer, client_key: form.elements.client_key.value, writer: form.elements.writer.value }), name);
      } catch (refusal) {
        button.disabled = false;
        if (refusal.blocked) refused(refusal);
      }
    });
    item.append(text, button);
    return item;
  };

  async function suggest() {
    if (chosen) return;
    const text = words.value;
    if (text.trim().length < 4) {
      take("");
      return;
    }
    try {
      const answer = await fetch(form.dataset.suggest, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json" },
        body: JSON.stringify({ text }),
        credentials: "same-origin",
      });
      const code = answer.ok ? (await answer.json()).category?.code ?? "" : "";
      // Of words that were changed meanwhile the next answer tells.
      if (!chosen && text === words.value) take([...category.options].some((option) => option.value === code) ? code : "");
    } catch {
      // Nobody is told: staff chooses.
    }
  }

  function take(code) {
    category.value = guessed.value = code;
    show();
  }

  async function look() {
    if (!lon.value) return;
    try {
      const { place, near } = await ask(form.dataset.near, { lon: lon.value, lat: lat.value, category: category.value, words: words.value });
      where.say(place || word("place_outside"));
      list.replaceChildren(...near.map(row));
      box.hidden = !near.length;
    } catch {
      box.hidden = true;
    }
  }

  words.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(() => suggest().then(look), REST);
  });
  show();
  return { look, restore };
}
