/** Rectangles drawn on a picture: what the pointer draws stands in the fields, and the other way round. */

const SVG = "http://www.w3.org/2000/svg";
const NAMES = ["left", "top", "width", "height"];
const LEAST = 5;

/** The rows of fields as numbers; rows that are not whole numbers are left out. */
function rectangles(form) {
  return [...form.querySelectorAll(".blur-row")].map((row) => {
    const values = NAMES.map((name) => row.querySelector(`[name=${name}]`).value.trim());
    return values.every((value) => /^\d{1,4}$/.test(value)) ? values.map(Number) : null;
  });
}

function draw(layer, form) {
  layer.replaceChildren(
    ...rectangles(form).filter(Boolean).map(([left, top, width, height]) => {
      const shape = document.createElementNS(SVG, "rect");
      for (const [name, value] of Object.entries({ x: left, y: top, width, height })) shape.setAttribute(name, value);
      return shape;
    }),
  );
}

const isEmpty = (row) => [...row.querySelectorAll("input")].every((field) => !field.value.trim());

/** A row for one more: the first that is empty, else a new one. It is seen from now on. */
function freeRow(form) {
  const rows = [...form.querySelectorAll(".blur-row")];
  let row = rows.find(isEmpty);
  if (!row) {
    row = rows.at(-1).cloneNode(true);
    for (const field of row.querySelectorAll("input")) field.value = "";
    rows.at(-1).after(row);
  }
  row.hidden = false;
  return row;
}

/** Rows are seen once they hold a rectangle; without a script all of them are. */
function fold(form) {
  for (const row of form.querySelectorAll(".blur-row")) row.hidden = isEmpty(row);
}

function begin(picture, form) {
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("viewBox", "0 0 1000 1000");
  layer.setAttribute("preserveAspectRatio", "none");
  layer.setAttribute("aria-hidden", "true");
  picture.append(layer);
  form.addEventListener("input", () => draw(layer, form));
  // Who draws with no pointer asks for a row.
  const more = form.querySelector("[data-blur-more]");
  more.hidden = false;
  more.addEventListener("click", () => freeRow(form).querySelector("input").focus());
  fold(form);
  draw(layer, form);

  const at = (event) => {
    const box = picture.getBoundingClientRect();
    const share = (value, whole) => Math.round(Math.min(1, Math.max(0, value / whole)) * 1000);
    return [share(event.clientX - box.left, box.width), share(event.clientY - box.top, box.height)];
  };
  let from = null;
  let row = null;
  const fill = (event) => {
    const to = at(event);
    const low = [0, 1].map((axis) => Math.min(from[axis], to[axis]));
    const size = [0, 1].map((axis) => Math.abs(from[axis] - to[axis]));
    [...low, ...size].forEach((value, index) => { row.querySelector(`[name=${NAMES[index]}]`).value = value; });
    draw(layer, form);
    return size;
  };
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    from = at(event);
    row = freeRow(form);
  });
  picture.addEventListener("pointermove", (event) => { if (from) fill(event); });
  const end = (event) => {
    if (!from) return;
    const size = fill(event);
    // A tap is no rectangle.
    if (size.some((side) => side < LEAST)) {
      for (const field of row.querySelectorAll("input")) field.value = "";
      row.hidden = true;
    }
    from = null;
    draw(layer, form);
  };
  picture.addEventListener("pointerup", end);
  picture.addEventListener("pointercancel", end);
}

for (const picture of document.querySelectorAll("[data-blur]")) {
  const form = document.querySelector(`[data-blur-form="${picture.dataset.blur}"]`);
  if (form) begin(picture, form);
}
