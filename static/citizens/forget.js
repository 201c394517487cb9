// Nobody is signed in here any more: what was begun and not sent by who was is not for whoever comes next.
import "./report/queue.js";

const isKept = async () => !indexedDB.databases || (await indexedDB.databases()).some(({ name }) => name === "lianqin-citizen");

isKept().then((is) => is && self.lianqinQueue.forgetOthers()).catch(() => {});
