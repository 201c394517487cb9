// Plays one camera: hls.js comes only when it is needed; a still is taken from the picture that is shown.
const box = document.querySelector("[data-player]");
const video = box.querySelector("video");
const note = box.querySelector("[data-player-note]");
const shoot = document.querySelector("[data-shoot]");
const form = document.querySelector("[data-finding]");

function fail() {
  note.textContent = box.dataset.failed;
  note.hidden = false;
  shoot.disabled = true;
}

async function play() {
  video.addEventListener("playing", () => {
    note.hidden = true;
    shoot.disabled = false;
  });
  const { default: Hls } = await import("../vendor/hls/hls.js");
  if (Hls.isSupported()) {
    // A worker would be made of a blob, which the policy of our pages refuses.
    const player = new Hls({ enableWorker: false, liveSyncDurationCount: 2 });
    player.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) player.recoverMediaError();
      else fail();
    });
    player.on(Hls.Events.MANIFEST_PARSED, () => video.play().catch(() => (note.hidden = true)));
    player.loadSource(box.dataset.stream);
    player.attachMedia(video);
  } else if (video.canPlayType("application/vnd.apple.mpegurl")) {
    video.crossOrigin = "anonymous";
    video.src = box.dataset.stream;
    video.addEventListener("error", fail);
    video.play().catch(() => (note.hidden = true));
  } else fail();
}

async function take() {
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (!blob) return fail();
  const moment = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  const files = new DataTransfer();
  files.items.add(new File([blob], `${box.dataset.name}-${moment}.jpg`, { type: "image/jpeg" }));
  form.elements.file.files = files.files;
  form.elements.taken_at.value = moment;
  const still = form.querySelector("[data-still]");
  if (still.src) URL.revokeObjectURL(still.src);
  still.src = URL.createObjectURL(blob);
  still.hidden = false;
  form.scrollIntoView({ block: "nearest", behavior: "smooth" });
  form.elements.title.focus({ preventScroll: true });
}

shoot?.addEventListener("click", take);
play().catch(fail);
