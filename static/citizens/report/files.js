// Pictures, films and voice of a report: chosen, shown, counted before anything is sent.
import { word } from "../../core/words.js";

const MEGABYTE = 1024 * 1024;
const MOST = { image: 10 * MEGABYTE, video: 50 * MEGABYTE, audio: 10 * MEGABYTE };
const TOTAL = 60 * MEGABYTE;
const TAKEN = /^(image\/(jpeg|png|webp)|video\/(mp4|quicktime)|audio\/(mpeg|mp4|x-m4a|wav|x-wav|wave|ogg))$/;

const shownAt = new WeakMap();
const lengths = new WeakMap();

function addressOf({ blob }) {
  if (!shownAt.has(blob)) shownAt.set(blob, URL.createObjectURL(blob));
  return shownAt.get(blob);
}

// Seconds of a recording, looked up once; 0 where the browser cannot tell.
function secondsOf({ blob }) {
  if (!lengths.has(blob)) {
    const context = new OfflineAudioContext(1, 1, 16000);
    lengths.set(blob, blob.arrayBuffer().then((data) => context.decodeAudioData(data)).then(({ duration }) => Math.max(1, Math.round(duration)), () => 0));
  }
  return lengths.get(blob);
}

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
        this.addAll([...input.files]);
        input.value = "";
      });
    }
    this.addAll(early);
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
    this.addAll([blob], name);
  }

  // Of each that is left out it is said which, and why.
  addAll(blobs, name = "") {
    const why = blobs.map((blob) => this.take(blob, name || blob.name)).filter(Boolean);
    this.say(why.join("；"));
    this.draw();
    if (why.length < blobs.length) this.changed();
  }

  // Add it to the list, or tell why not.
  take(blob, name) {
    const kind = blob.type.split("/")[0];
    const total = this.list.reduce((sum, file) => sum + file.blob.size, blob.size);
    if (!TAKEN.test(blob.type.split(";")[0])) return word("file_kind", { name });
    if (blob.size > MOST[kind]) return word("file_large", { name });
    if (this.list.length >= this.most) return word("files_most", { most: this.most, name });
    if (total > TOTAL) return word("files_total", { name });
    this.list.push({ blob, name });
    return "";
  }

  remove(file, why = "") {
    this.list = this.list.filter((each) => each !== file);
    forget(file);
    this.say(why);
    this.draw();
    this.changed();
  }

  // What only calls itself a picture or a recording cannot be opened: said now, not after it was sent.
  broken(file) {
    if (this.list.includes(file)) this.remove(file, word("file_kind", { name: file.name }));
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
      shown.onerror = () => this.broken(file);
      shown.src = addressOf(file);
      shown.alt = "";
      item.append(shown);
    } else {
      const told = document.createElement("span");
      told.textContent = kind === "audio" ? word("file_sound") : file.name;
      told.title = file.name;
      if (kind === "audio") secondsOf(file).then((n) => n && (told.textContent = word("file_sound_of", { n })));
      item.append(told);
    }
    const away = document.createElement("button");
    away.type = "button";
    away.className = "thumb-away";
    away.textContent = "×";
    away.setAttribute("aria-label", word("file_remove", { n: number + 1 }));
    away.addEventListener("click", () => this.remove(file));
    item.append(away);
    return item;
  }
}
