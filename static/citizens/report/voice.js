// A spoken report. What the recorder of a browser makes and we do not take becomes plain WAV, 16 kHz, one channel.
import { word } from "../../core/words.js";

const TYPES = ["audio/mp4", "audio/ogg;codecs=opus", "audio/webm;codecs=opus", ""];
const LONGEST = 120; // Seconds.
const RATE = 16000;

async function wav(blob) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const heard = await context.decodeAudioData(await blob.arrayBuffer());
  const mixer = new OfflineAudioContext(1, Math.ceil(heard.duration * RATE), RATE);
  const source = mixer.createBufferSource();
  source.buffer = heard;
  source.connect(mixer.destination);
  source.start();
  const samples = (await mixer.startRendering()).getChannelData(0);
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, RATE, 4], [28, RATE * 2, 4], [32, 2, 2], [34, 16, 2]].forEach(([at, value, bytes]) =>
    bytes === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true));
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true));
  return new Blob([view], { type: "audio/wav" });
}

export function bindVoice(form, files) {
  const button = form.querySelector("[data-voice]");
  if (!globalThis.MediaRecorder || !navigator.mediaDevices?.getUserMedia) return;
  const name = button.querySelector("[data-voice-name]");
  let recorder = null;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      files.say(word("voice_refused"));
      return;
    }
    const mimeType = TYPES.find((type) => !type || MediaRecorder.isTypeSupported(type));
    const parts = [];
    const began = Date.now();
    recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const tick = setInterval(() => {
      const seconds = Math.round((Date.now() - began) / 1000);
      name.textContent = word("voice_stop", { n: seconds });
      if (seconds >= LONGEST) recorder?.stop();
    }, 500);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = async () => {
      clearInterval(tick);
      stream.getTracks().forEach((track) => track.stop());
      const type = recorder.mimeType.split(";")[0];
      recorder = null;
      button.setAttribute("aria-pressed", "false");
      name.textContent = word("voice_start");
      const made = new Blob(parts, { type });
      const heard = type === "audio/mp4" || type === "audio/ogg" ? made : await wav(made);
      files.add(heard, word("file_sound_of", { n: Math.max(1, Math.round((Date.now() - began) / 1000)) }));
    };
    recorder.start();
    button.setAttribute("aria-pressed", "true");
    name.textContent = word("voice_stop", { n: 0 });
  });
}
