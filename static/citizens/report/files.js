// Pictures, films and voice of a report: chosen, shown, counted before anything is sent.
import { word } from "../../core/words.js";

const MEGABYTE = 1024 * 1024;
const MOST = { image: 10 * MEGABYTE, video: 50 * MEGABYTE, audio: 10 * MEGABYTE };
const TOTAL = 60 * MEGABYTE;
const TAKEN = /^(image\/(jpeg|png|webp)|video\/(mp4|quicktime)|audio\/(mpeg|mp4|x-m4a|wav|x-wav|wave|ogg))$/;

const shownAt = new WeakMap();

function forget({ blob }) {
  URL.revokeObjectURL(shownAt.get(blob));
  shownAt.delete(blob);
}

export class Files {
  constructor(form, changed) {
    Object.assign(this, { form, changed, list: [], most: Number(form.dataset.most) });
    this.box = form.querySelector("[data-thumbs]");
    this.plain = form.querySelector("#files");
    this.wrong = this.plain.closest(".field").querySelector(".wrong");
    // A script sends them from memory: the plain input, which cannot keep them over a lost network, goes.
    const early = [...this.plain.files];
    this.plain.value = "";
    this.plain.hidden = true;
    this.plain.removeAttribute("name");
    form.querySelector("[data-file-ways]").hidden = false;
    for (const input of form.querySelectorAll("[data-camera], [data-album]")) {
      input.addEventListener("change", () => {
        [...input.files].forEach((file) => this.add(file));
        input.value = "";
      });
    }
    early.forEach((file) => this.add(file));
  }

  // A recording tells what happened as well as words do.
  get isSpoken() {
    return this.list.some(({ blob }) => blob.type.startsWith("audio/"));
  }

  say(text = "") {
    this.wrong.textContent = text;
    this.wrong.hidden = !text;
  }

  add(blob, name = blob.name) {
    this.say();
    const kind = blob.type.split("/")[0];
    const total = this.list.reduce((sum, file) => sum + file.blob.size, blob.size);
    if (!TAKEN.test(blob.type.split(";")[0])) this.say(word("file_kind", { name }));
    else if (blob.size > MOST[kind]) this.say(word("file_large", { name }));
    else if (this.list.length >= this.most) this.say(word("files_most", { most: this.most }));
    else if (total > TOTAL) this.say(word("files_total"));
    else {
      this.list.push({ blob, name });
      this.draw();
      this.changed();
    }
  }

  set(list) {
    this.list.forEach(forget);
    this.list = list;
    this.draw();
  }

  draw() {
    this.box.replaceChildren(...this.list.map((file, number) => this.row(file, number)));
  }

  row(file, number) {
    const item = document.createElement("li");
    const kind = file.blob.type.split("/")[0];
    if (kind === "image") {
      const shown = document.createElement("img");
      if (!shownAt.has(file.blob)) shownAt.set(file.blob, URL.createObjectURL(file.blob));
      shown.src = shownAt.get(file.blob);
      shown.alt = "";
      item.append(shown);
    } else {
      const told = document.createElement("span");
      told.textContent = file.name;
      item.append(told);
    }
    const away = document.createElement("button");
    away.type = "button";
    away.className = "thumb-away";
    away.textContent = "×";
    away.setAttribute("aria-label", word("file_remove", { n: number + 1 }));
    away.addEventListener("click", () => {
      this.list = this.list.filter((each) => each !== file);
      forget(file);
      this.say();
      this.draw();
      this.changed();
    });
    item.append(away);
    return item;
  }
}
